"""Sign-ins and how long they last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SESSION_LIFETIME = timedelta(hours=24)
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"."""
REFRESH_LIFETIME = timedelta(days=30)


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
