"""What the erasure endpoints take and show."""

from pydantic import Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.results.erasure.model import ErasureStatus


class ErasureRequest(RequestBody):
    """Whose data are to be erased: one of the two."""

    phone: str = Field(default="", max_length=40, examples=["+254 712 345678"])
    """Whose reports are to go, with its country code; leave it out where `email` is sent."""
    email: str = Field(default="", max_length=254, examples=["amara@example.org"])
    """Whose reports are to go, as the sheet's e-mail column has it; leave it out where `phone` is sent."""


class ErasureView(View):
    """How far the erasure of a person's data has come. It does not say whose."""

    id: str = Field(validation_alias="erasure_id")
    """UUID of the erasure: ask by it how far it has come."""
    status: ErasureStatus
    """`running` until no report of the person is left, then `completed`."""
    reports: int
    """How many reports were deleted so far."""
    created_at: Timestamp
    """When it was asked for."""
    finished_at: Timestamp | None
    """When it was completed; null while it runs."""
