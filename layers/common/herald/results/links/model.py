"""Links that lead one person to one report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LINK_LIFETIME = timedelta(hours=24)
"""ResultFlow: customer "Token lifetime: 24 hours"; it begins with the sending."""
LINKS_KEPT_AFTER_EXPIRY = timedelta(days=7)
"""So that an old link is told to be expired, not unknown."""
WRONG_PASSWORDS_ALLOWED = 5


class LinkState(StrEnum):
    """What somebody with a link is told; ``wrong`` never says whether it is the token or the password."""

    OPEN = "open"
    WRONG = "wrong"
    EXPIRED = "expired"
    LOCKED = "locked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Link:
    """Leads one person to one report for a day; only a hash of its secret is kept."""

    tenant_id: str
    link_id: str
    batch_id: str
    row: int
    report_id: str
    ends_at: datetime
    wrong_passwords: int = 0
    generation: int = 0
    """The report's `link_generation` when it was made; once that has grown, the link leads nowhere."""

    @property
    def locked(self) -> bool:
        """Whether too many wrong passwords were tried."""
        return self.wrong_passwords >= WRONG_PASSWORDS_ALLOWED
