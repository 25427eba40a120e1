"""The audit log: who did what to which record, when and from where.

It knows that something was done and by whom, not what was in it: no bodies, no queries, no secrets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Self

from herald.errors import Invalid
from herald.identity.model import Principal
from herald.values.clock import to_text

KEPT_FOR = timedelta(days=731)
"""Two years, whichever of them has the 29th of February."""
SIGN_IN = "sign_in"
PASSWORD_RESET = "password_reset"  # noqa: S105 - names what was done
_LONGEST_TEXT = 256
_MOST_IDS = 8


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What somebody did in a tenant."""

    tenant_id: str
    actor: str
    """The id of a person or of an API key."""
    role: str
    """What the actor was there at that moment; empty where it was not looked up."""
    action: str
    """A method and the pattern of its route, e.g. ``DELETE /api/v1/admin/reports/<report_id>``, or `SIGN_IN` ..."""
    record: tuple[str, ...] = ()
    """The ids that stand in the path, in its order, and that of what was made."""
    address: str = ""
    status: int | None = None

    @classmethod
    def of(
        cls,
        principal: Principal,
        action: str,
        *,
        record: tuple[str, ...] = (),
        address: str = "",
        status: int | None = None,
    ) -> Self:
        """What a signed-in caller did."""
        return cls(principal.tenant_id, principal.user_id, principal.role.value, action, record, address, status)

    def bounded(self) -> Self:
        """The same, however much its actor sent."""
        return replace(
            self,
            actor=self.actor[:_LONGEST_TEXT],
            action=self.action[:_LONGEST_TEXT],
            record=tuple(identifier[:_LONGEST_TEXT] for identifier in self.record[:_MOST_IDS]),
            address=self.address[:_LONGEST_TEXT],
        )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An event, when it was done, and in which request."""

    entry_id: str
    at: datetime
    request_id: str
    event: AuditEvent

    @property
    def position(self) -> str:
        """Where the entry stands among its tenant's: by time."""
        return f"{to_text(self.at)}#{self.entry_id}"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted: ``action`` is how it begins, ``record`` one of its ids, ``until`` is excluded."""

    actor: str = ""
    action: str = ""
    record: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def positions(self) -> tuple[str, str]:
        """The first and the last position that an entry may have.

        Raises:
            Invalid: the time ends before it begins.
        """
        first, last = _edge(self.since) if self.since else "0", _edge(self.until) if self.until else "~"
        if first > last:
            raise Invalid("The time ends before it begins.", fields={"to": "must be after from"})
        return first, last


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, and the position up to which they were looked for; ``None`` at the end."""

    entries: Sequence[AuditEntry]
    reached: str | None


def _edge(moment: datetime) -> str:
    # The first and the last year may be left by a change of zone, and no entry is from either.
    return f"{moment.year:04}" if moment.year in {MINYEAR, MAXYEAR} else to_text(moment)
