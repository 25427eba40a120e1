"""An address that is asked to join an organisation.

There is at most one invitation per organisation and address; inviting again renews it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from herald.errors import RateLimited
from herald.identity.model import Role
from herald.values.ids import derived_id

MOST_UNANSWERED = 200
"""Of one organisation, open, ended or expired, within thirty days: nobody mails strangers by the thousand."""
MOST_MAILS = 5
"""To one address about one organisation, until its last invitation is forgotten: an invitation is not for teasing."""
KEPT_FOR = timedelta(days=30)


class InvitationStatus(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An address that may join a tenant in a role, until a moment; asked by mail ``mails`` times so far."""

    invitation_id: str
    tenant_id: str
    email: str
    role: Role
    status: InvitationStatus
    invited_by: str
    created_at: datetime
    ends_at: datetime
    mails: int = 1

    def at(self, now: datetime) -> "Invitation":
        """The same, as it stands at a moment."""
        over = self.status is InvitationStatus.OPEN and self.ends_at <= now
        return replace(self, status=InvitationStatus.EXPIRED) if over else self


def derive_invitation_id(tenant_id: str, email: str) -> str:
    """The id of the one invitation of an address to a tenant."""
    return derived_id(tenant_id, f"invitation of {email}")


def count_mail(before: Invitation | None, now: datetime) -> int:
    """How many mails there are with another one, after those about the invitation before.

    Raises:
        RateLimited: there were too many.
    """
    if before is None:
        return 1
    if before.mails >= MOST_MAILS:
        wait = before.created_at + KEPT_FOR - now
        raise RateLimited(
            "This address was invited too often; wait until they answer.", retry_after=int(wait.total_seconds()) + 1
        )
    return before.mails + 1
