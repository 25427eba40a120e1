"""Sign-ins and how long they last."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from herald.errors import Unauthenticated
from herald.identity.model import Principal
from herald.identity.staff.model import User

SESSION_LIFETIME = timedelta(hours=24)
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"."""
REFRESH_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in came from, to be recognised in a list of sessions."""

    address: str = ""
    user_agent: str = ""


UNKNOWN_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, in one tenant. Only the newest refresh secret is good, and only its hash is kept."""

    session_id: str
    user_id: str
    tenant_id: str
    refresh_hash: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    user_agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What signing in gives: who it is, an access token (good for ``expires_in`` seconds) and a refresh token."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


def principal_of(user: User, session_id: str) -> Principal:
    """A user at work in a session."""
    verified = user.person.is_verified
    return Principal(user.user_id, user.tenant_id, user.role, session_id, email_verified=verified)


def hash_of(secret: str) -> str:
    """What is kept of a refresh secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split_refresh_token(refresh_token: str) -> tuple[str, str, str]:
    """The person's id, the session's id and the secret of a refresh token.

    Raises:
        Unauthenticated: it is none of ours.
    """
    parts = refresh_token.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - person, session, secret
        raise invalid_refresh_token()
    return parts[0], parts[1], parts[2]


def invalid_refresh_token() -> Unauthenticated:
    return Unauthenticated("The refresh token is not valid; sign in again.")
