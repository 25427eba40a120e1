"""What the sign-in endpoints of PyTake and ResultFlow take and show."""

from typing import Annotated, Literal

from pydantic import AliasPath, BeforeValidator, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.values.email import LONGEST_EMAIL

RoleInLowerCase = Literal["admin", "manager", "agent", "salesperson", "viewer", "integration"]
Roles = Annotated[list[RoleInLowerCase], BeforeValidator(lambda role: [role.lower()])]


class Registration(RequestBody):
    """Who wants to begin."""

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    """By which the person signs in at every contract, and to which a mail goes that confirms it. An address that is
    taken answers 409 `email_taken`."""
    password: str = Field(max_length=LONGEST_PASSWORD, examples=["securePassword123"])
    """8 to 256 characters; what others would guess is refused with advice."""
    name: str = Field(min_length=1, max_length=200, examples=["John Doe"])
    """The person's name; the new organisation is called after it."""


class Credentials(RequestBody):
    """Who wants to come in."""

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    """The e-mail address, or the user name where there is one."""
    password: str = Field(max_length=LONGEST_PASSWORD)
    """The account's password. Five wrong ones are free; then each costs a longer wait."""


class RefreshRequest(RequestBody):
    """Who wants to stay."""

    refresh_token: str = Field(max_length=512)
    """The newest one of the session: each is good once, and an older one ends the session."""


class AccountDeletionRequest(RequestBody):
    """Who wants to be gone, and shows that it is them."""

    password: str = Field(max_length=LONGEST_PASSWORD)
    """The present one."""


class UserView(View):
    """A user as others see them."""

    id: str = Field(validation_alias="user_id")
    """UUID of the person, the same in each of their organisations."""
    email: str = Field(validation_alias=AliasPath("person", "email"))
    """The e-mail address, in the form in which it is stored."""
    name: str = Field(validation_alias=AliasPath("person", "name"))
    """What the person is called, as they said themselves."""
    roles: Roles = Field(validation_alias="role")
    """The one role of the person in this organisation, in lower case."""
    tenant_id: str
    """UUID of the organisation that the session is in."""


class SignedInView(View):
    """A session: ``token`` for the Authorization header, ``refresh_token`` for the next one."""

    token: str = Field(validation_alias="access_token")
    """The access token: send it as `Authorization: Bearer <token>`, at every contract."""
    token_type: Literal["Bearer"] = "Bearer"
    """How to send the token."""
    refresh_token: str
    """For the next pair of tokens: good once, within 30 days."""
    expires_in: int
    """Seconds until the token expires."""
    user: UserView
    """Who is signed in."""


class SessionView(View):
    """One sign-in, and where it came from."""

    id: str = Field(validation_alias="session_id")
    """UUID of the session: end it by it."""
    tenant_id: str
    """UUID of the organisation that it is in."""
    address: str
    """The IP address that signed in; empty where it is not known."""
    user_agent: str
    """What the browser or program that signed in calls itself; empty where it did not say."""
    created_at: Timestamp
    """When somebody signed in."""
    last_used_at: Timestamp
    """When its tokens were renewed last."""
    expires_at: Timestamp
    """When it ends unless its tokens are renewed before."""
    is_current: bool
    """Whether it is the one that asks."""


class SessionList(View):
    """Where somebody is signed in."""

    sessions: list[SessionView]
    """The newest sign-in first."""


class Message(View):
    """A sentence to the caller."""

    message: str
    """What was done, in a sentence in English for people."""
