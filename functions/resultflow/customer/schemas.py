"""What the customer's JSON endpoints take and show."""

from typing import Literal

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.results.reports.model import ReportStatus


class TokenRequest(RequestBody):
    """The token of a link."""

    token: str = Field(max_length=100)
    """What stands behind `token=` in the link of the text."""


class TokenView(View):
    """That a link can be opened, and until when."""

    valid: Literal[True]
    """True: whatever cannot be opened is answered with 401."""
    expires_at: Timestamp
    """When the link ends: 24 hours after it was sent."""


class AuthenticateRequest(RequestBody):
    """A link's token and its password."""

    token: str = Field(max_length=100)
    """What stands behind `token=` in the link of the text."""
    password: str = Field(max_length=128)
    """The one of the sheet, or the one that was made for the row; capitals count as the sheet has them."""


class Authenticated(View):
    """What opens the report: send ``access_token`` in the Authorization header."""

    access_token: str
    """Opens this one report: send it as `Authorization: Bearer <access_token>`."""
    token_type: Literal["Bearer"] = "Bearer"
    """How to send the token."""
    expires_in: int
    """Seconds until the link expires."""


class CustomerReport(View):
    """A report as the person it is for sees it."""

    id: str = Field(validation_alias="report_id")
    """UUID of the report."""
    name: str = Field(validation_alias=AliasPath("recipient", "name"))
    """Whom it is for, as the sheet says; empty where it says nothing."""
    status: ReportStatus
    """`ready` once the PDF is there; `pending` while it is made anew after a correction, `failed` where that came to
    nothing."""
    created_at: Timestamp
    """When the report's row was read."""
    pdf_url: str
    """The path of `GET /api/v1/customer/report/pdf`, which leads to the PDF."""


class DownloadRecorded(View):
    """That a download was counted."""

    recorded: Literal[True] = True
    """True: the opening was counted."""
