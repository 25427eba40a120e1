"""Mifumo's accounts: signing up and in, one's own profile, passwords and the e-mail address."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import SIGN_IN, open_to_everyone, requires, with_a_secret_in_its_answer
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO, Envelope
from herald.identity.accounts.model import LONGEST_EMAIL, LONGEST_PASSWORD
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.sessions.model import Origin, SignedIn
from herald.identity.staff.model import User
from herald.values.clock import to_text

api = compose_api(MIFUMO)
accounts = identity().accounts
sessions = identity().sessions
recovery = identity().recovery
handler = api.handle

_LONGEST_TOKEN = 100


class SignUp(BaseModel):
    """Who wants to begin."""

    model_config = ConfigDict(defer_build=True)

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


class Login(BaseModel):
    """Who wants to come in."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(max_length=LONGEST_EMAIL, description="Or a user name.", examples=["user@example.com"])
    password: str = Field(max_length=LONGEST_PASSWORD)


class TokenRefresh(BaseModel):
    """Who wants to stay."""

    model_config = ConfigDict(defer_build=True)

    refresh: str = Field(max_length=512)


class ProfileChanges(BaseModel):
    """What is to change of oneself; what is left out stays."""

    model_config = ConfigDict(defer_build=True)

    name: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=40)


class PasswordChange(BaseModel):
    """Another password."""

    model_config = ConfigDict(defer_build=True)

    old_password: str = Field(max_length=LONGEST_PASSWORD)
    new_password: str = Field(max_length=LONGEST_PASSWORD)


class Address(BaseModel):
    """Whose account it is about."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(min_length=1, max_length=LONGEST_EMAIL, examples=["user@example.com"])


class PasswordReset(BaseModel):
    """A new password, and the token that was sent by e-mail."""

    model_config = ConfigDict(defer_build=True)

    token: str = Field(max_length=_LONGEST_TOKEN)
    new_password: str = Field(max_length=LONGEST_PASSWORD)


class Verification(BaseModel):
    """The token that was sent by e-mail."""

    model_config = ConfigDict(defer_build=True)

    token: str = Field(max_length=_LONGEST_TOKEN)


class Profile(BaseModel):
    """Somebody as they see themselves."""

    model_config = ConfigDict(defer_build=True)

    id: str
    email: str
    username: str
    name: str
    phone: str
    is_verified: bool = Field(description="Whether the e-mail address was confirmed.")
    role: str
    tenant_id: str
    created_at: str

    @classmethod
    def of(cls, user: User) -> Self:
        """The view of a user."""
        return cls(
            id=user.user_id,
            email=user.person.email,
            username=user.person.username,
            name=user.person.name,
            phone=user.person.phone,
            is_verified=user.person.is_verified,
            role=user.role.value,
            tenant_id=user.tenant_id,
            created_at=to_text(user.person.created_at),
        )


class Tokens(BaseModel):
    """``access`` for the Authorization header, ``refresh`` for the next pair."""

    model_config = ConfigDict(defer_build=True)

    access: str
    refresh: str
    expires_in: int = Field(description="Seconds until the access token expires.")

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        """The tokens of a session."""
        return cls(access=signed_in.access_token, refresh=signed_in.refresh_token, expires_in=signed_in.expires_in)


class SignedInProfile(Tokens):
    """A session, and whose it is."""

    user: Profile

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        """The view of a session."""
        return cls(
            access=signed_in.access_token,
            refresh=signed_in.refresh_token,
            expires_in=signed_in.expires_in,
            user=Profile.of(signed_in.user),
        )


class Message(BaseModel):
    """A sentence to the caller."""

    model_config = ConfigDict(defer_build=True)

    message: str


@api.post("/api/auth/register", status_code=201, summary="Register", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def register(registration: SignUp) -> Envelope[SignedInProfile]:
    """A new organisation with this person as its administrator, signed in at once."""
    signed_in = accounts.register(
        email=registration.email,
        password=registration.password,
        name=registration.full_name,
        phone=registration.phone,
        tenant_name=registration.tenant_name,
        origin=_origin(),
    )
    return Envelope[SignedInProfile](status=201, data=SignedInProfile.of(signed_in))


@api.post("/api/auth/login", summary="Sign in", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def sign_in(credentials: Login) -> Envelope[SignedInProfile]:
    """A session for whoever knows the password."""
    signed_in = accounts.sign_in(login=credentials.email, password=credentials.password, origin=_origin())
    return Envelope[SignedInProfile](data=SignedInProfile.of(signed_in))


@api.post("/api/auth/token/refresh", summary="Renew a session", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def refresh(request: TokenRefresh) -> Envelope[Tokens]:
    """New tokens for a refresh token that was not used before."""
    return Envelope[Tokens](data=Tokens.of(sessions.renew(request.refresh)))


@api.get("/api/auth/profile", summary="One's own profile", tags=["Profile"])
@requires(Permission.OWN_ACCOUNT)
def get_profile() -> Envelope[Profile]:
    """Who the token says is asking."""
    return Envelope[Profile](data=Profile.of(accounts.current_user(api.caller)))


@api.put("/api/auth/profile", summary="Update one's own profile", tags=["Profile"])
@requires(Permission.OWN_ACCOUNT)
def update_profile(changes: ProfileChanges) -> Envelope[Profile]:
    """Another name or phone number, the same in each of one's organisations."""
    accounts.rename(api.caller, name=changes.name, phone=changes.phone)
    return get_profile()


@api.post("/api/auth/password/change", summary="Change one's password", tags=["Profile"])
@with_a_secret_in_its_answer
@requires(Permission.OWN_ACCOUNT)
def change_password(change: PasswordChange) -> Envelope[SignedInProfile]:
    """Ends every session, this one too, and gives a new one."""
    user = accounts.current_user(api.caller)
    recovery.change_password(api.caller, old=change.old_password, new=change.new_password, address=api.source_ip)
    return Envelope[SignedInProfile](data=SignedInProfile.of(sessions.open(user, _origin())))


@api.post("/api/auth/password/reset", summary="Ask for a password reset", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def ask_for_reset(address: Address) -> Envelope[Message]:
    """A mail to whoever has this address; the answer is the same where nobody has it."""
    recovery.ask_for_reset(address.email)
    return _message("If there is such an account, a message is on its way to its e-mail address.")


@api.post("/api/auth/password/reset/confirm", summary="Set a new password", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def reset_password(reset: PasswordReset) -> Envelope[Message]:
    """A new password for whoever got the mail; every session ends."""
    recovery.reset(reset.token, reset.new_password, address=api.source_ip)
    return _message("The new password is set. Sign in with it.")


@api.post("/api/auth/verify-email", summary="Verify an e-mail address", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def verify_email(verification: Verification) -> Envelope[Message]:
    """Confirms the address of whoever got the mail."""
    recovery.verify_email(verification.token)
    return _message("The e-mail address is confirmed.")


@api.post("/api/auth/verify-email/resend", summary="Ask for another verification", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def ask_for_verification(address: Address) -> Envelope[Message]:
    """A mail to whoever has this address and did not confirm it yet; the answer is the same for everybody."""
    recovery.ask_for_verification(address.email)
    return _message("If this address is still to be confirmed, a message is on its way to it.")


def _message(text: str) -> Envelope[Message]:
    return Envelope[Message](data=Message(message=text))


def _origin() -> Origin:
    return Origin(api.source_ip, api.header("user-agent"))
