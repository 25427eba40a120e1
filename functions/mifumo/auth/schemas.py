"""What Mifumo's account endpoints take and show."""

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.values.email import LONGEST_EMAIL

_LONGEST_TOKEN = 100


class SignUp(RequestBody):
    """Who wants to begin."""

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    password: str = Field(max_length=LONGEST_PASSWORD)
    name: str = Field(default="", max_length=200, description="Or first_name and last_name.")
    first_name: str = Field(default="", max_length=100)
    last_name: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=40)
    tenant_name: str = Field(
        default="", max_length=200, description="The organisation; named after the person if empty."
    )

    @property
    def full_name(self) -> str:
        """The name, in one piece."""
        return self.name.strip() or f"{self.first_name} {self.last_name}".strip()


class Login(RequestBody):
    """Who wants to come in."""

    email: str = Field(max_length=LONGEST_EMAIL, description="Or a user name.", examples=["user@example.com"])
    password: str = Field(max_length=LONGEST_PASSWORD)


class TokenRefresh(RequestBody):
    """Who wants to stay."""

    refresh: str = Field(max_length=512)


class PasswordChange(RequestBody):
    """Another password."""

    old_password: str = Field(max_length=LONGEST_PASSWORD)
    new_password: str = Field(max_length=LONGEST_PASSWORD)


class Address(RequestBody):
    """Whose account it is about."""

    email: str = Field(min_length=1, max_length=LONGEST_EMAIL, examples=["user@example.com"])


class PasswordReset(RequestBody):
    """A new password, and the token that was sent by e-mail."""

    token: str = Field(max_length=_LONGEST_TOKEN)
    new_password: str = Field(max_length=LONGEST_PASSWORD)


class Verification(RequestBody):
    """The token that was sent by e-mail."""

    token: str = Field(max_length=_LONGEST_TOKEN)


class Profile(View):
    """Somebody as they see themselves."""

    id: str = Field(validation_alias="user_id")
    email: str = Field(validation_alias=AliasPath("person", "email"))
    username: str = Field(validation_alias=AliasPath("person", "username"))
    name: str = Field(validation_alias=AliasPath("person", "name"))
    phone: str = Field(validation_alias=AliasPath("person", "phone"))
    is_verified: bool = Field(
        validation_alias=AliasPath("person", "is_verified"), description="Whether the e-mail address was confirmed."
    )
    role: str
    tenant_id: str
    created_at: Timestamp = Field(validation_alias=AliasPath("person", "created_at"))


class ProfileChanges(RequestBody):
    """What is to change of oneself; what is left out stays."""

    shown_by = Profile

    name: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=40)


class Tokens(View):
    """``access`` for the Authorization header, ``refresh`` for the next pair."""

    access: str = Field(validation_alias="access_token")
    refresh: str = Field(validation_alias="refresh_token")
    expires_in: int = Field(description="Seconds until the access token expires.")


class SignedInProfile(Tokens):
    """A session, and whose it is."""

    user: Profile


class Message(View):
    """A sentence to the caller."""

    message: str
