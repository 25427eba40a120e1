"""What iPerform's sign-in endpoints take and show."""

from typing import Literal

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, View
from herald.identity.model import Role


class UserCredentials(RequestBody):
    """Who wants to come in; iPerform calls the password encrypted, and means by TLS."""

    username: str = Field(max_length=254)
    """The e-mail address, or the user name where there is one."""
    password: str = Field(max_length=256)
    """The account's password as it is typed; iPerform calls it encrypted, and means by TLS."""
    user_agent: str = Field(default="", max_length=500)
    """What signs in, to be recognised by in the list of sessions."""
    authflow: Literal["jwt"] = "jwt"
    """There is this one way to sign in."""


class ExtractorCredentials(RequestBody):
    """Who wants to come in, at which company."""

    username: str = Field(max_length=254)
    """The e-mail address, or the user name where there is one."""
    password: str = Field(max_length=256)
    """The account's password as it is typed."""
    company_id: int = Field(ge=1)
    """The number of one of the person's companies."""


class CompanySession(View):
    """A session: send ``token`` in the Authorization header."""

    status: Literal[200] = 200
    """The HTTP status once more."""
    token: str = Field(validation_alias="access_token")
    """The access token: send it as `Authorization: Bearer <token>`, at every contract."""
    user_id: int = Field(validation_alias=AliasPath("user", "membership", "number"))
    """The person's number in this company."""
    role: Role = Field(validation_alias=AliasPath("user", "role"))
    """What the person is in this company, which says what they may do."""
    company_id: int
    """The company's number."""
    expires_in: int
    """Seconds until the token expires."""
    refresh_token: str
    """For the next pair of tokens, from `POST /api/v1/auth/refresh`: good once, within 30 days."""
