"""What the customer's JSON endpoints take and show."""

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, Timestamp, View


class TokenRequest(RequestBody):
    """The token of a link."""

    token: str = Field(max_length=100)


class TokenView(View):
    """That a link can be opened, and until when."""

    valid: bool
    expires_at: Timestamp


class AuthenticateRequest(RequestBody):
    """A link's token and its password."""

    token: str = Field(max_length=100)
    password: str = Field(max_length=128)


class Authenticated(View):
    """What opens the report: send ``access_token`` in the Authorization header."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="Seconds until the link expires.")


class CustomerReport(View):
    """A report as the person it is for sees it."""

    id: str = Field(validation_alias="report_id")
    name: str = Field(validation_alias=AliasPath("recipient", "name"))
    status: str
    created_at: Timestamp
    pdf_url: str


class DownloadRecorded(View):
    """That a download was counted."""

    recorded: bool = True
