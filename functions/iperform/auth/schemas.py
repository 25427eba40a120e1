"""What iPerform's sign-in endpoints take and show."""

from typing import Literal

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, View


class UserCredentials(RequestBody):
    """Who wants to come in; iPerform calls the password encrypted, and means by TLS."""

    username: str = Field(max_length=254, description="An e-mail address or a user name.")
    password: str = Field(max_length=256)
    user_agent: str = Field(default="", max_length=500)
    authflow: Literal["jwt"] = "jwt"


class ExtractorCredentials(RequestBody):
    """Who wants to come in, at which company."""

    username: str = Field(max_length=254, description="An e-mail address or a user name.")
    password: str = Field(max_length=256)
    company_id: int = Field(ge=1)


class CompanySession(View):
    """A session: send ``token`` in the Authorization header."""

    status: int = 200
    token: str = Field(validation_alias="access_token")
    user_id: int = Field(validation_alias=AliasPath("user", "membership", "number"))
    role: str = Field(validation_alias=AliasPath("user", "role"))
    company_id: int
    expires_in: int = Field(description="Seconds until the token expires.")
    refresh_token: str
