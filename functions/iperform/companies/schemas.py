"""What iPerform's company endpoints take and show."""

from pydantic import Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.tenants.model import LONGEST_NAME


class CompanyView(View):
    """A company as others see it."""

    id: int = Field(validation_alias="number")
    """The company's number, which no other company of this installation has."""
    company_name: str = Field(validation_alias="name")
    """What it is called; texts and pages say so to recipients."""
    gst_number: str = Field(validation_alias="tax_number")
    """Its tax number as it was written; empty for none."""
    website: str
    """As its administrators wrote it; empty for none."""
    industry: str
    """As its administrators wrote it; empty for none."""
    is_active: bool = Field(validation_alias="at_work")
    """Whether the company is at work."""
    created_on: Timestamp = Field(validation_alias="created_at")
    """When it was created."""


class CompanyRequest(RequestBody):
    """A company that is going to be."""

    shown_by = CompanyView

    company_name: str = Field(min_length=1, max_length=LONGEST_NAME)
    gst_number: str = Field(default="", max_length=30)
    website: str = Field(default="", max_length=300)
    industry: str = Field(default="", max_length=100)
