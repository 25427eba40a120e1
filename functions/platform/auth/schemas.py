"""What the sign-in endpoints of PyTake and ResultFlow take and show."""

from typing import Annotated

from pydantic import AliasPath, BeforeValidator, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.values.email import LONGEST_EMAIL


class Registration(RequestBody):
    """Who wants to begin."""

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    password: str = Field(max_length=LONGEST_PASSWORD, examples=["securePassword123"])
    name: str = Field(min_length=1, max_length=200, examples=["John Doe"])


class Credentials(RequestBody):
    """Who wants to come in."""

    email: str = Field(max_length=LONGEST_EMAIL, description="Or a user name.")
    password: str = Field(max_length=LONGEST_PASSWORD)


class RefreshRequest(RequestBody):
    """Who wants to stay."""

    refresh_token: str = Field(max_length=512)


class UserView(View):
    """A user as others see them."""

    id: str = Field(validation_alias="user_id")
    email: str = Field(validation_alias=AliasPath("person", "email"))
    name: str = Field(validation_alias=AliasPath("person", "name"))
    roles: Annotated[list[str], BeforeValidator(lambda role: [role.lower()])] = Field(validation_alias="role")
    tenant_id: str


class SignedInView(View):
    """A session: ``token`` for the Authorization header, ``refresh_token`` for the next one."""

    token: str = Field(validation_alias="access_token")
    token_type: str = "Bearer"
    refresh_token: str
    expires_in: int = Field(description="Seconds until the token expires.")
    user: UserView


class SessionView(View):
    """One sign-in, and where it came from."""

    id: str = Field(validation_alias="session_id")
    tenant_id: str
    address: str
    user_agent: str
    created_at: Timestamp
    last_used_at: Timestamp = Field(description="When its tokens were renewed last.")
    expires_at: Timestamp
    is_current: bool = Field(description="Whether it is the one that asks.")


class SessionList(View):
    """Where somebody is signed in."""

    sessions: list[SessionView]


class Message(View):
    """A sentence to the caller."""

    message: str
