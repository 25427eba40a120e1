"""Sign-up and sign-in at ``/api/v1/auth``: PyTake's and ResultFlow's door, with the union of their fields."""

from pydantic import BaseModel, ConfigDict, Field

from herald.http import composition
from herald.http.access import open_to_everyone
from herald.http.composition import compose_accounts, compose_api
from herald.identity.model import User
from herald.identity.service import SignedIn

api = compose_api()
accounts = compose_accounts()
sign_in_limit = composition.sign_in_limit()
handler = api.handle


class Registration(BaseModel):
    """Who wants to begin."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(max_length=254, examples=["user@example.com"])
    password: str = Field(max_length=256, examples=["securePassword123"])
    name: str = Field(min_length=1, max_length=200, examples=["John Doe"])


class Credentials(BaseModel):
    """Who wants to come in."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(max_length=254)
    password: str = Field(max_length=256)


class RefreshRequest(BaseModel):
    """Who wants to stay."""

    model_config = ConfigDict(defer_build=True)

    refresh_token: str = Field(max_length=512)


class UserView(BaseModel):
    """A user as others see them."""

    model_config = ConfigDict(defer_build=True)

    id: str
    email: str
    name: str
    roles: list[str]
    tenant_id: str

    @classmethod
    def of(cls, user: User) -> "UserView":
        """The view of a user."""
        return cls(
            id=user.user_id,
            email=user.person.email,
            name=user.person.name,
            roles=[user.role.lower()],
            tenant_id=user.tenant_id,
        )


class SignedInView(BaseModel):
    """A session: ``token`` for the Authorization header, ``refresh_token`` for the next one."""

    model_config = ConfigDict(defer_build=True)

    token: str
    token_type: str = "Bearer"
    refresh_token: str
    expires_in: int = Field(description="Seconds until the token expires.")
    user: UserView

    @classmethod
    def of(cls, signed_in: SignedIn) -> "SignedInView":
        """The view of a session."""
        return cls(
            token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            expires_in=signed_in.expires_in,
            user=UserView.of(signed_in.user),
        )


class Message(BaseModel):
    """A sentence to the caller."""

    model_config = ConfigDict(defer_build=True)

    message: str


@api.post("/api/v1/auth/register", status_code=201, summary="Register a new user", tags=["Authentication"])
@open_to_everyone(limit=sign_in_limit)
def register(registration: Registration) -> SignedInView:
    """A new organisation with this person as its administrator, signed in at once."""
    return SignedInView.of(
        accounts.register(email=registration.email, password=registration.password, name=registration.name)
    )


@api.post("/api/v1/auth/login", summary="Sign in", tags=["Authentication"])
@open_to_everyone(limit=sign_in_limit)
def sign_in(credentials: Credentials) -> SignedInView:
    """A session for whoever knows the password."""
    return SignedInView.of(accounts.sign_in(login=credentials.email, password=credentials.password))


@api.post("/api/v1/auth/refresh", summary="Renew a session", tags=["Authentication"])
@open_to_everyone(limit=sign_in_limit)
def refresh(request: RefreshRequest) -> SignedInView:
    """New tokens for a refresh token that was not used before."""
    return SignedInView.of(accounts.refresh(request.refresh_token))


@api.post("/api/v1/auth/logout", summary="Sign out", tags=["Authentication"])
def sign_out() -> Message:
    """Ends this session: neither of its tokens is good from now on."""
    accounts.sign_out(api.caller)
    return Message(message="You are signed out.")


@api.get("/api/v1/auth/me", summary="The signed-in user", tags=["Authentication"])
def current_user() -> UserView:
    """Who the token says is asking."""
    return UserView.of(accounts.current_user(api.caller))
