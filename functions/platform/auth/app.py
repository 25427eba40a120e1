"""Sign-up and sign-in at ``/api/v1/auth``: PyTake's and ResultFlow's door, with the union of their fields.

``/api/v1/auth-db`` is the same: PyTake's "in-memory" and "database" accounts are one here.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import SIGN_IN, open_to_everyone, requires
from herald.http.composition import compose_api
from herald.http.contracts.shared_sign_in import SHARED_SIGN_IN
from herald.identity.accounts.model import LONGEST_EMAIL, LONGEST_PASSWORD
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.sessions.model import Origin, Session, SignedIn
from herald.identity.staff.model import User
from herald.values.clock import to_text

api = compose_api(SHARED_SIGN_IN)
accounts = identity().accounts
sessions = identity().sessions
handler = api.handle


class Registration(BaseModel):
    """Who wants to begin."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(max_length=LONGEST_EMAIL, examples=["user@example.com"])
    password: str = Field(max_length=LONGEST_PASSWORD, examples=["securePassword123"])
    name: str = Field(min_length=1, max_length=200, examples=["John Doe"])


class Credentials(BaseModel):
    """Who wants to come in."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(max_length=LONGEST_EMAIL, description="Or a user name.")
    password: str = Field(max_length=LONGEST_PASSWORD)


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
    def of(cls, user: User) -> Self:
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
    def of(cls, signed_in: SignedIn) -> Self:
        """The view of a session."""
        return cls(
            token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            expires_in=signed_in.expires_in,
            user=UserView.of(signed_in.user),
        )


class SessionView(BaseModel):
    """One sign-in, and where it came from."""

    model_config = ConfigDict(defer_build=True)

    id: str
    tenant_id: str
    address: str
    user_agent: str
    created_at: str
    last_used_at: str = Field(description="When its tokens were renewed last.")
    expires_at: str
    is_current: bool = Field(description="Whether it is the one that asks.")

    @classmethod
    def of(cls, session: Session, *, current: str) -> Self:
        """The view of a session."""
        return cls(
            id=session.session_id,
            tenant_id=session.tenant_id,
            address=session.address,
            user_agent=session.user_agent,
            created_at=to_text(session.created_at),
            last_used_at=to_text(session.last_used_at),
            expires_at=to_text(session.expires_at),
            is_current=session.session_id == current,
        )


class SessionList(BaseModel):
    """Where somebody is signed in."""

    model_config = ConfigDict(defer_build=True)

    sessions: list[SessionView]


class Message(BaseModel):
    """A sentence to the caller."""

    model_config = ConfigDict(defer_build=True)

    message: str


@api.post("/api/v1/auth-db/register", status_code=201, summary="Register a new user", tags=["Authentication"])
@api.post("/api/v1/auth/register", status_code=201, summary="Register a new user", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def register(registration: Registration) -> SignedInView:
    """A new organisation with this person as its administrator, signed in at once."""
    return SignedInView.of(
        accounts.register(
            email=registration.email, password=registration.password, name=registration.name, origin=_origin()
        )
    )


@api.post("/api/v1/auth-db/login", summary="Sign in", tags=["Authentication"])
@api.post("/api/v1/auth/login", summary="Sign in", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def sign_in(credentials: Credentials) -> SignedInView:
    """A session for whoever knows the password."""
    return SignedInView.of(accounts.sign_in(login=credentials.email, password=credentials.password, origin=_origin()))


@api.post("/api/v1/auth/refresh", summary="Renew a session", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def refresh(request: RefreshRequest) -> SignedInView:
    """New tokens for a refresh token that was not used before."""
    return SignedInView.of(sessions.renew(request.refresh_token))


@api.post("/api/v1/auth-db/logout", summary="Sign out", tags=["Authentication"])
@api.post("/api/v1/auth/logout", summary="Sign out", tags=["Authentication"])
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Message:
    """Ends this session: neither of its tokens is good from now on."""
    sessions.end(api.caller)
    return Message(message="You are signed out.")


@api.get("/api/v1/auth-db/me", summary="The signed-in user", tags=["Authentication"])
@api.get("/api/v1/auth/me", summary="The signed-in user", tags=["Authentication"])
@requires(Permission.OWN_ACCOUNT)
def current_user() -> UserView:
    """Who the token says is asking."""
    return UserView.of(accounts.current_user(api.caller))


@api.get("/api/v1/auth/sessions", summary="List one's own sessions", tags=["Authentication"])
@requires(Permission.OWN_ACCOUNT)
def list_sessions() -> SessionList:
    """Where the caller is signed in, the newest sign-in first, in all of their organisations."""
    current = api.caller.session_id
    return SessionList(sessions=[SessionView.of(one, current=current) for one in sessions.of_person(api.caller)])


@api.delete("/api/v1/auth/sessions/<session_id>", summary="End a session", tags=["Authentication"])
@requires(Permission.OWN_ACCOUNT)
def end_session(session_id: str) -> Message:
    """Ends one of the caller's sessions at once: neither of its tokens is good from now on."""
    sessions.end_one(api.caller, session_id)
    return Message(message="The session has ended.")


def _origin() -> Origin:
    return Origin(api.source_ip, api.header("user-agent"))
