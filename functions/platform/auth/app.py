"""Sign-up and sign-in at ``/api/v1/auth``: PyTake's and ResultFlow's endpoints, with the union of their fields.

``/api/v1/auth-db`` is the same: PyTake's "in-memory" and "database" accounts are one here.
"""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from herald.http.access import SIGN_IN, also_while_closed, for_renewals, open_to_everyone, requires
from herald.http.composition import compose_api
from herald.http.contracts.shared_sign_in import SHARED_SIGN_IN
from herald.http.failures import fails_with
from herald.identity.composition import identity
from herald.identity.permissions import Permission

from .schemas import (
    AccountDeletionRequest,
    Credentials,
    Message,
    RefreshRequest,
    Registration,
    SessionList,
    SessionView,
    SignedInView,
    UserView,
)

api = compose_api(SHARED_SIGN_IN)
accounts = identity().accounts
sessions = identity().sessions
handler = api.handle


@api.post("/api/v1/auth-db/register", status_code=201, summary="Register a new user", tags=["Authentication"])
@api.post("/api/v1/auth/register", status_code=201, summary="Register a new user", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def register(registration: Registration) -> SignedInView:
    """A new organisation with this person as its administrator, signed in at once."""
    return SignedInView.of(
        accounts.register(
            email=registration.email, password=registration.password, name=registration.name, origin=api.origin
        )
    )


@api.post("/api/v1/auth-db/login", summary="Sign in", tags=["Authentication"])
@api.post("/api/v1/auth/login", summary="Sign in", tags=["Authentication"])
@fails_with(HTTPStatus.FORBIDDEN)
@open_to_everyone(limit=SIGN_IN)
def sign_in(credentials: Credentials) -> SignedInView:
    """A session for whoever knows the password."""
    return SignedInView.of(accounts.sign_in(login=credentials.email, password=credentials.password, origin=api.origin))


@api.post("/api/v1/auth/refresh", summary="Renew a session", tags=["Authentication"])
@for_renewals()
def refresh(request: RefreshRequest) -> SignedInView:
    """New tokens for a refresh token that was not used before."""
    return SignedInView.of(sessions.renew(request.refresh_token, count=api.count_session))


@api.post("/api/v1/auth-db/logout", summary="Sign out", tags=["Authentication"])
@api.post("/api/v1/auth/logout", summary="Sign out", tags=["Authentication"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Message:
    """Ends this session: neither of its tokens is good from now on."""
    sessions.end(api.caller)
    return Message(message="You are signed out.")


@api.get("/api/v1/auth-db/me", summary="The signed-in user", tags=["Authentication"])
@api.get("/api/v1/auth/me", summary="The signed-in user", tags=["Authentication"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def current_user() -> UserView:
    """Who the token says is asking."""
    return UserView.of(accounts.current_user(api.caller))


@api.post("/api/v1/auth/me/deletion", summary="Delete one's own account", tags=["Authentication"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def delete_own_account(request: AccountDeletionRequest) -> Message:
    """Removes the account everywhere, at once; organisations that nobody else belongs to are erased with it."""
    # Made when somebody asks for it: no sign-in should wait for what hardly anybody does.
    identity().account_deletion.delete_own(api.caller, password=request.password, address=api.source_ip)
    return Message(message="Your account is deleted.")


@api.get("/api/v1/auth/sessions", summary="List one's own sessions", tags=["Authentication"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def list_sessions() -> SessionList:
    """Where the caller is signed in, the newest sign-in first, in all of their organisations."""
    current = api.caller.session_id
    return SessionList(
        sessions=[SessionView.of(one, is_current=one.session_id == current) for one in sessions.of_person(api.caller)]
    )


@api.delete("/api/v1/auth/sessions/<session_id>", summary="End a session", tags=["Authentication"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def end_session(session_id: Annotated[str, Path(description="UUID of one of the caller's sessions.")]) -> Message:
    """Ends one of the caller's sessions at once: neither of its tokens is good from now on."""
    sessions.end_one(api.caller, session_id)
    return Message(message="The session has ended.")
