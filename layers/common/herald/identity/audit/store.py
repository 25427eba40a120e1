"""The audit log in DynamoDB: ``{tenant}#audit``, one item per entry, sorted by time; goes by itself after two years."""

from functools import reduce
from operator import and_

from pynamodb.attributes import ListAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from herald.identity.audit.model import KEPT_FOR, AuditEntry, AuditEvent, AuditFilter, AuditPage
from herald.identity.store import IdentityRow
from herald.storage import IntegerAttribute, TimestampAttribute

_ENTRIES_PER_QUERY = 250
"""How many entries one query holds against a filter."""


class AuditRow(IdentityRow):
    """What somebody did."""

    entry_id = UnicodeAttribute()
    at = TimestampAttribute()
    request_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    actor = UnicodeAttribute()
    role = UnicodeAttribute()
    action = UnicodeAttribute()
    record: ListAttribute[str] = ListAttribute()
    address = UnicodeAttribute()
    status = IntegerAttribute(null=True)


class AuditStore:
    """Entries, in the partition of their tenant's."""

    def __init__(self, *, entries_per_query: int = _ENTRIES_PER_QUERY) -> None:
        self._entries_per_query = entries_per_query

    def add(self, entry: AuditEntry) -> None:
        """Stores an entry, and never another one in its place."""
        row = AuditRow.from_entity(
            entry, _partition(entry.event.tenant_id), entry.position, expires_at=entry.at + KEPT_FOR
        )
        # An entry's id is drawn for it alone: what stands there is this one, sent before by the client's own retry.
        row.save_if(AuditRow.partition.does_not_exist())

    def page(self, tenant_id: str, wanted: AuditFilter, *, after: str | None, size: int) -> AuditPage:
        """The first entries after a position, latest first, that a filter lets through: one query's worth.

        Raises:
            Invalid: the time that is wanted ends before it begins.
        """
        condition = _condition(wanted)
        pages = AuditRow.query(
            _partition(tenant_id),
            AuditRow.sort.between(*wanted.positions()),
            condition,
            page_size=size if condition is None else self._entries_per_query,
            scan_index_forward=False,
            consistent_read=True,
            last_evaluated_key=_key(tenant_id, after) if after is not None else None,
        ).page_iter
        entries = [_entry(tenant_id, AuditRow.from_raw_data(item)) for item in next(pages)["Items"]]
        if len(entries) > size:
            return AuditPage(entries[:size], entries[size - 1].position)
        last = pages.last_evaluated_key
        return AuditPage(entries, last["sk"]["S"] if last else None)

    def forget_addresses(self, tenant_id: str, actor: str, *, after: str | None) -> str | None:
        """Empties the addresses of somebody's entries, one query's worth, from a position on; gives where to go on."""
        pages = AuditRow.query(
            _partition(tenant_id),
            filter_condition=AuditRow.actor == actor,
            page_size=self._entries_per_query,
            consistent_read=True,
            last_evaluated_key=_key(tenant_id, after) if after is not None else None,
        ).page_iter
        for item in next(pages)["Items"]:
            row = AuditRow.from_raw_data(item)
            row.update_if([AuditRow.address.set("")], AuditRow.partition.exists())
        last = pages.last_evaluated_key
        return last["sk"]["S"] if last else None


def _condition(wanted: AuditFilter) -> Condition | None:
    conditions: list[Condition] = []
    if wanted.actor:
        conditions.append(AuditRow.actor == wanted.actor)
    if wanted.action:
        conditions.append(AuditRow.action.startswith(wanted.action))
    if wanted.record:
        conditions.append(AuditRow.record.contains(wanted.record))
    return reduce(and_, conditions) if conditions else None


def _entry(tenant_id: str, row: AuditRow) -> AuditEntry:
    # Entries from before the attribute have their tenant's id in their key alone.
    return row.to_entity(AuditEntry, event=row.to_entity(AuditEvent, tenant_id=tenant_id, record=tuple(row.record)))


def _key(tenant_id: str, position: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": _partition(tenant_id)}, "sk": {"S": position}}


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#audit"
