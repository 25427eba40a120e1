"""The audit log: who did what to which record, when and from where. Written to, read, and never changed.

It knows that something was done and by whom, not what was in it: no bodies, no queries, no secrets.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Protocol, Self

from herald.errors import Invalid
from herald.identity.model import Principal
from herald.invocations import present_invocation, stack_of
from herald.values.clock import Clock, to_text, utc_now
from herald.values.page import Page, decode_cursor, encode_cursor, unknown_cursor

KEPT_FOR = timedelta(days=731)
"""Two years, whichever of them has the 29th of February."""
SIGN_IN = "sign_in"
PASSWORD_RESET = "password_reset"  # noqa: S105 - names what was done
_ID_BYTES = 8
"""Enough among the entries of one tenant in one millisecond."""
_MOST_QUERIES = 20
_POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Act:
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


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An act, when it was done, and in which request."""

    entry_id: str
    at: datetime
    request_id: str
    act: Act

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
class Part:
    """Some entries, and the position up to which they were looked for; ``None`` at the end."""

    entries: Sequence[AuditEntry]
    reached: str | None


class AuditTrail(Protocol):
    """Where acts are recorded."""

    def record(self, act: Act) -> None:
        """Records what was done."""
        ...


class AuditRecords(Protocol):
    """Where entries are kept."""

    def add(self, entry: AuditEntry) -> None:
        """Stores an entry, and never another one in its place."""
        ...

    def part(self, tenant_id: str, wanted: AuditFilter, *, after: str | None, size: int) -> Part:
        """The first entries after a position, latest first, that a filter lets through: one query's worth."""
        ...


class AuditLog:
    """The use cases of the log (it is an `AuditTrail`)."""

    def __init__(self, records: AuditRecords, *, clock: Clock = utc_now) -> None:
        self._records = records
        self._clock = clock

    def record(self, act: Act) -> None:
        """Records what was done.

        What was done is done: where the entry cannot be written, the invocation goes on, and its log line says
        ``audit: lost``, with the reason, as an error (docs/decisions/0014-audit.md).
        """
        invocation = present_invocation()
        request_id = invocation.request_id if invocation else ""
        try:
            self._records.add(AuditEntry(secrets.token_hex(_ID_BYTES), self._clock(), request_id, act))
        except Exception as error:
            if invocation is None:  # nobody would ever learn of it
                raise
            invocation.facts |= {"audit": "lost", "stack": stack_of(error)}

    def page(self, tenant_id: str, wanted: AuditFilter, *, size: int, cursor: str | None) -> Page[AuditEntry]:
        """A tenant's entries, latest first. A page may be short, even empty, and yet have a cursor.

        Raises:
            Invalid: the cursor is not one of this list's, or the time ends before it begins.
        """
        reached = _position_of(cursor, wanted) if cursor else None
        found: list[AuditEntry] = []
        for _ in range(_MOST_QUERIES):
            part = self._records.part(tenant_id, wanted, after=reached, size=size - len(found))
            found += part.entries
            reached = part.reached
            if reached is None or len(found) == size:
                break
        return Page(found, encode_cursor(reached) if reached else None)


def _position_of(cursor: str, wanted: AuditFilter) -> str:
    position = decode_cursor(cursor)
    first, last = wanted.positions()
    if not _POSITION.fullmatch(position) or not first <= position <= last:
        raise unknown_cursor()
    return position


def _edge(moment: datetime) -> str:
    # The first and the last year may be left by a change of zone, and no entry is from either.
    return f"{moment.year:04}" if moment.year in {MINYEAR, MAXYEAR} else to_text(moment)
