"""What Mifumo's account endpoints take and show."""

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.identity.model import Role
from herald.values.email import LONGEST_EMAIL

_LONGEST_TOKEN = 100


class SignUp(RequestBody):
    """Who wants to begin."""

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    """By which the person signs in at every contract, and to which a mail goes that confirms it. An address that is
    taken answers 409 `EMAIL_TAKEN`."""
    password: str = Field(max_length=LONGEST_PASSWORD)
    """8 to 256 characters; what others would guess is refused with advice."""
    name: str = Field(default="", max_length=200)
    """The person's name in one piece; or send `first_name` and `last_name`."""
    first_name: str = Field(default="", max_length=100)
    """Without effect beside a `name`."""
    last_name: str = Field(default="", max_length=100)
    """Without effect beside a `name`."""
    phone: str = Field(default="", max_length=40)
    """The person's phone number, kept as it is written."""
    tenant_name: str = Field(default="", max_length=200)
    """What the new organisation is called; empty for the person's own name."""

    @property
    def full_name(self) -> str:
        """The name, in one piece."""
        return self.name.strip() or f"{self.first_name} {self.last_name}".strip()


class Login(RequestBody):
    """Who wants to come in."""

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    """The e-mail address, or the user name where there is one."""
    password: str = Field(max_length=LONGEST_PASSWORD)
    """The account's password. Five wrong ones are free; then each costs a longer wait."""


class TokenRefresh(RequestBody):
    """Who wants to stay."""

    refresh: str = Field(max_length=512)
    """The newest one of the session: each is good once, and an older one ends the session."""


class PasswordChange(RequestBody):
    """Another password."""

    old_password: str = Field(max_length=LONGEST_PASSWORD)
    """The present one."""
    new_password: str = Field(max_length=LONGEST_PASSWORD)
    """8 to 256 characters; what others would guess is refused with advice."""


class Address(RequestBody):
    """Whose account it is about."""

    email: str = Field(min_length=1, max_length=LONGEST_EMAIL, examples=["user@example.com"])
    """The address of the account."""


class PasswordReset(RequestBody):
    """A new password, and the token that was sent by e-mail."""

    token: str = Field(max_length=_LONGEST_TOKEN)
    """What stands behind `token=` in the link of the mail; good for an hour, once."""
    new_password: str = Field(max_length=LONGEST_PASSWORD)
    """8 to 256 characters; what others would guess is refused with advice."""


class Verification(RequestBody):
    """The token that was sent by e-mail."""

    token: str = Field(max_length=_LONGEST_TOKEN)
    """What stands behind `token=` in the link of the mail; good for seven days, once."""


class Profile(View):
    """Somebody as they see themselves."""

    id: str = Field(validation_alias="user_id")
    """UUID of the person, the same in each of their organisations."""
    email: str = Field(validation_alias=AliasPath("person", "email"))
    """The e-mail address, in the form in which it is stored."""
    username: str = Field(validation_alias=AliasPath("person", "username"))
    """By which the person may sign in beside the e-mail address; empty where there is none."""
    name: str = Field(validation_alias=AliasPath("person", "name"))
    """What the person is called, as they said themselves."""
    phone: str = Field(validation_alias=AliasPath("person", "phone"))
    """The person's phone number as they wrote it; empty for none."""
    is_verified: bool = Field(validation_alias=AliasPath("person", "is_verified"))
    """Whether the e-mail address was confirmed."""
    role: Role
    """What the person is in this organisation, which says what they may do."""
    tenant_id: str
    """UUID of the organisation that the session is in."""
    created_at: Timestamp = Field(validation_alias=AliasPath("person", "created_at"))
    """When the person signed up, or was invited and came."""


class ProfileChanges(RequestBody):
    """What is to change of oneself; what is left out stays."""

    shown_by = Profile

    name: str | None = Field(default=None, max_length=200)
    """Another name, the same in each of one's organisations."""
    phone: str | None = Field(default=None, max_length=40)
    """Another phone number, kept as it is written; an empty text removes it."""


class Tokens(View):
    """``access`` for the Authorization header, ``refresh`` for the next pair."""

    access: str = Field(validation_alias="access_token")
    """The access token: send it as `Authorization: Bearer <access>`, at every contract."""
    refresh: str = Field(validation_alias="refresh_token")
    """For the next pair of tokens: good once, within 30 days."""
    expires_in: int
    """Seconds until the access token expires."""


class SignedInProfile(Tokens):
    """A session, and whose it is."""

    user: Profile
    """Who is signed in."""


class Message(View):
    """A sentence to the caller."""

    message: str
    """What was done, in a sentence in English for people."""
