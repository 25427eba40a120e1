"""What is told of sign-ins that fail: each thing once in an hour, so that nobody floods a log (decision 0014)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from herald.identity.audit.model import AuditEntry, AuditEvent

MOST_NETWORKS = 20
"""Of which an account's organisations are told within an hour, whoever has tried beside them."""
KEPT_FOR = timedelta(days=2)
"""A day longer than a stream waits for its worker, and more than the hour in which a thing is told once."""


class FailureKind(StrEnum):
    """What failed; so it is called in the audit log."""

    WRONG = "failed_sign_in"
    """The password was wrong, for the first time in this hour."""
    LOCKED = "locked_sign_in"
    """After this one, wrong passwords have to wait."""


@dataclass(frozen=True, slots=True)
class FailedSignIn:
    """The first failure of its kind at a login from a network within an hour, whoever's the login is."""

    kind: FailureKind
    login_id: str
    network: str
    """Empty where it is about all networks that the account's owner is not known from."""
    at: datetime
    address: str
    request_id: str

    @property
    def hour(self) -> str:
        """The hour in which it is told once, e.g. ``2026-11-22T12``."""
        return f"{self.at:%Y-%m-%dT%H}"

    def entry(self, tenant_id: str, person_id: str) -> AuditEntry:
        """What the log of a tenant holds of it; the same each time. Nobody knows who did it, only to whose account."""
        fact = f"{self.kind}#{self.login_id}#{self.network}#{self.hour}"
        event = AuditEvent(tenant_id, "", "", self.kind.value, record=(person_id,), address=self.address)
        return AuditEntry(hashlib.sha256(fact.encode()).hexdigest()[:16], self.at, self.request_id, event.bounded())
