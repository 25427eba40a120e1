"""Sign-ins and how long they last."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from herald.errors import Unauthenticated
from herald.identity.model import Principal
from herald.identity.staff.model import User

SESSION_LIFETIME = timedelta(hours=24)
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"."""
REFRESH_LIFETIME = timedelta(days=30)
_SECRET_BYTES = 32
_SEAL = "~"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in came from, to be recognised in a list of sessions."""

    address: str = ""
    user_agent: str = ""


UNKNOWN_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, in one tenant. Only the newest refresh secret is good, and only its hash is kept.

    Each secret carries a seal of the session's ``seal_key``: so an older one is told from one that never was.
    """

    session_id: str
    user_id: str
    tenant_id: str
    refresh_hash: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    user_agent: str = ""
    address: str = ""
    seal_key: str = ""

    def was_given(self, secret: str) -> bool:
        """Whether a refresh secret is one that this session gave, now or before."""
        nonce, _, seal = secret.partition(_SEAL)
        return bool(self.seal_key) and hmac.compare_digest(_seal_of(nonce, self.seal_key).encode(), seal.encode())


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


def new_seal_key() -> str:
    """A key of a session's own. Whoever read it could end the session by it, and no more."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def new_refresh_secret(seal_key: str) -> str:
    """A secret, and the seal that says whose it is."""
    nonce = secrets.token_urlsafe(_SECRET_BYTES)
    return f"{nonce}{_SEAL}{_seal_of(nonce, seal_key)}"


def _seal_of(nonce: str, seal_key: str) -> str:
    return hmac.new(seal_key.encode(), nonce.encode(), hashlib.sha256).hexdigest()


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
