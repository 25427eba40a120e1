"""What iPerform's company endpoints take and show."""

from pydantic import Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.tenants.model import LONGEST_NAME


class CompanyView(View):
    """A company as others see it."""

    id: int = Field(validation_alias="number")
    company_name: str = Field(validation_alias="name")
    gst_number: str = Field(validation_alias="tax_number")
    website: str
    industry: str
    is_active: bool = Field(validation_alias="active")
    created_on: Timestamp = Field(validation_alias="created_at")


class CompanyRequest(RequestBody):
    """A company that is going to be."""

    shown_by = CompanyView

    company_name: str = Field(min_length=1, max_length=LONGEST_NAME)
    gst_number: str = Field(default="", max_length=30)
    website: str = Field(default="", max_length=300)
    industry: str = Field(default="", max_length=100)
