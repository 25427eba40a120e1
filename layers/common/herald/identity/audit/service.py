"""The audit log, written to, read, and never changed."""

import re
import secrets

from herald.identity.audit.model import AuditEntry, AuditEvent, AuditFilter
from herald.identity.audit.store import AuditStore
from herald.invocations import present_invocation, present_request_id, stack_of
from herald.values.clock import Clock, utc_now
from herald.values.page import Page, decode_cursor, encode_cursor, unknown_cursor

_ID_BYTES = 8
"""Enough among the entries of one tenant in one millisecond."""
_MOST_QUERIES = 20
_POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f]{16}")


class AuditLog:
    def __init__(self, store: AuditStore, *, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock

    def record(self, event: AuditEvent) -> None:
        """Records what was done.

        What was done is done: where the entry cannot be written, the invocation goes on, and its log line says
        ``audit: lost``, with the reason, as an error (docs/decisions/0014-audit.md).
        """
        entry = AuditEntry(secrets.token_hex(_ID_BYTES), self._clock(), present_request_id(), event.bounded())
        try:
            self._store.add(entry)
        except Exception as error:
            invocation = present_invocation()
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
            page = self._store.page(tenant_id, wanted, after=reached, size=size - len(found))
            found += page.entries
            reached = page.reached
            if reached is None or len(found) == size:
                break
        return Page(found, encode_cursor(reached) if reached else None)


def _position_of(cursor: str, wanted: AuditFilter) -> str:
    position = decode_cursor(cursor)
    first, last = wanted.positions()
    if not _POSITION.fullmatch(position) or not first <= position <= last:
        raise unknown_cursor()
    return position
