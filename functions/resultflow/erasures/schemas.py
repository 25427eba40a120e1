"""What the erasure endpoints take and show."""

from pydantic import Field

from herald.http.schemas import RequestBody, Timestamp, View


class ErasureRequest(RequestBody):
    """Whose data are to be erased: one of the two."""

    phone: str = Field(default="", max_length=40, description="With its country code.")
    email: str = Field(default="", max_length=254)


class ErasureView(View):
    """How far the erasure of a person's data has come. It does not say whose."""

    id: str = Field(validation_alias="erasure_id")
    status: str = Field(description="`running` or `completed`.")
    reports: int = Field(description="How many reports were deleted so far.")
    created_at: Timestamp
    finished_at: Timestamp | None
