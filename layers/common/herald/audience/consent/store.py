"""The ledger of consent in DynamoDB, under ``{tenant}#consent#{subject}``, oldest first. It only grows."""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from herald.audience.consent.model import Channel, ConsentEntry, ConsentSource, ConsentState
from herald.audience.store import AudienceRow
from herald.storage import EnumAttribute, OptionalTextAttribute, TimestampAttribute, Transaction
from herald.values.clock import to_text
from herald.values.page import Page, decode_cursor, encode_cursor


class ConsentEntryRow(AudienceRow):
    """A line of the ledger."""

    tenant_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    entry_id = UnicodeAttribute()
    channel = EnumAttribute(Channel)
    state = EnumAttribute(ConsentState)
    at = TimestampAttribute(attr_name="happened_at")
    source = EnumAttribute(ConsentSource)
    reason = OptionalTextAttribute()
    actor = OptionalTextAttribute()
    reference = OptionalTextAttribute()


class ConsentLedger:
    """Reads what was ever said of a subject: a contact, or the hash of an address."""

    def page(self, tenant_id: str, subject: str, *, size: int, cursor: str | None = None) -> Page[ConsentEntry]:
        """Entries, oldest first."""
        found = ConsentEntryRow.query(
            _partition(tenant_id, subject),
            ConsentEntryRow.sort > decode_cursor(cursor) if cursor else None,
            limit=size,
            consistent_read=True,
        )
        rows = list(found)
        next_cursor = encode_cursor(rows[-1].sort) if len(rows) == size else None
        return Page([row.to_entity(ConsentEntry) for row in rows], next_cursor)


def add_entries(writes: Transaction, entries: Iterable[ConsentEntry]) -> None:
    """Adds lines of the ledger to a transaction."""
    for entry in entries:
        partition, sort = _partition(entry.tenant_id, entry.subject), f"{to_text(entry.at)}#{entry.entry_id}"
        writes.save(
            ConsentEntryRow.from_entity(entry, partition, sort), condition=ConsentEntryRow.partition.does_not_exist()
        )


def _partition(tenant_id: str, subject: str) -> str:
    return f"{tenant_id}#consent#{subject}"
