"""Contacts and their addresses in DynamoDB.

A contact stands in ``{tenant}#contact#{shard}``, one of sixteen by the last digit of its id, which is random, so that
an import writes to all of them alike. Each of its identifiers is an item of its own, ``{tenant}#address#{hash}``, which
belongs to one contact at most, and keeps what was stopped there. What changes both changes them in one transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from herald.audience.consent.addresses import AddressHash
from herald.audience.consent.model import ConsentEntry
from herald.audience.consent.store import add_entries
from herald.audience.contacts.addresses import Address
from herald.audience.contacts.model import RESTORABLE_FOR, Contact, ContactWrite, IdentifierKind
from herald.audience.store import AudienceRow, ConsentsAttribute
from herald.storage import (
    EnumAttribute,
    IntegerAttribute,
    OptionalTextAttribute,
    ScalarsAttribute,
    TextsAttribute,
    TimestampAttribute,
    Transaction,
    TransactionRefused,
)

SHARDS = "0123456789abcdef"


class ContactRow(AudienceRow):
    """Somebody of an audience."""

    tenant_id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    created_at = TimestampAttribute()
    updated_at = TimestampAttribute()
    phone = OptionalTextAttribute()
    email = OptionalTextAttribute()
    external_id = OptionalTextAttribute()
    whatsapp_id = OptionalTextAttribute()
    name = OptionalTextAttribute(attr_name="contact_name")
    attributes = ScalarsAttribute()
    tags = TextsAttribute()
    language = OptionalTextAttribute()
    time_zone = OptionalTextAttribute()
    active = BooleanAttribute()
    consents = ConsentsAttribute()
    last_contacted_at = TimestampAttribute(null=True)
    last_message_received_at = TimestampAttribute(null=True)
    revision = IntegerAttribute()
    deleted_at = TimestampAttribute(null=True)


class AddressRow(AudienceRow):
    """An identifier, by its hash."""

    tenant_id = UnicodeAttribute()
    key = UnicodeAttribute(attr_name="address_key")
    kind = EnumAttribute(IdentifierKind)
    contact_id = OptionalTextAttribute()
    stops = ConsentsAttribute()
    revision = IntegerAttribute()


@dataclass(frozen=True, slots=True)
class ContactChange:
    """What is written together: a contact, its addresses where they change, and what is said of consent.

    ``before`` is the contact as it was read, ``None`` for a new one; of addresses it is what was read and what becomes.
    """

    before: Contact | None
    after: Contact
    addresses: Sequence[tuple[Address, Address]] = ()
    entries: Sequence[ConsentEntry] = ()


class ContactStore:
    """Contacts, by id and by what tells them apart."""

    def __init__(self, address_hash: AddressHash) -> None:
        self._hash = address_hash

    def find(self, tenant_id: str, contact_id: str) -> Contact | None:
        """A contact as it is at this moment, a deleted one included."""
        if not contact_id:
            return None
        row = ContactRow.find(contact_partition(tenant_id, contact_id), contact_id)
        return row.to_entity(Contact) if row else None

    def find_many(self, tenant_id: str, contact_ids: Iterable[str]) -> dict[str, Contact]:
        """Contacts by their ids; one that does not exist is missing."""
        keys = [(contact_partition(tenant_id, contact_id), contact_id) for contact_id in contact_ids]
        rows = ContactRow.read_many(keys, consistent_read=True)
        return {row.contact_id: row.to_entity(Contact) for row in rows}

    def addresses(self, tenant_id: str, identifiers: Mapping[IdentifierKind, str]) -> dict[IdentifierKind, Address]:
        """What is known of identifiers, by kind; of one that was never seen, that."""
        unseen = {
            kind: Address(tenant_id, self._hash.of(tenant_id, f"{kind.value}:{value}"), kind)
            for kind, value in identifiers.items()
        }
        keys = [_address_key(address) for address in unseen.values()]
        found = {row.kind: row.to_entity(Address) for row in AddressRow.read_many(keys, consistent_read=True)}
        return {**unseen, **found}

    def write(self, change: ContactChange) -> Contact | None:
        """Makes a change; gives the contact as it is since, or ``None``, with nothing written, where it is outdated."""
        after = replace(change.after, revision=change.before.revision + 1 if change.before else 1)
        row, condition = contact_row(after), _is_unchanged(change.before)
        if not change.addresses and not change.entries:
            return after if row.save_if(condition) else None
        try:
            with Transaction() as writes:
                writes.save(row, condition=condition)
                for before, address in change.addresses:
                    write_address(writes, before, address)
                add_entries(writes, change.entries)
        except TransactionRefused:
            return None
        return after

    def write_address(self, before: Address, after: Address, entries: Sequence[ConsentEntry]) -> bool:
        """Changes an address that is nobody's, with what is said of consent; False where it is outdated."""
        try:
            with Transaction() as writes:
                write_address(writes, before, after)
                add_entries(writes, entries)
        except TransactionRefused:
            return False
        return True


def writes_of(records: Iterable[Mapping[str, Any]]) -> Iterator[ContactWrite]:
    """The writes to contacts among a stream's records, in order."""
    for record in records:
        change = record["dynamodb"]
        tenant_id, _, source = change["Keys"]["pk"]["S"].partition("#")
        if source.startswith("contact#"):
            before, after = (_contact(change.get(image)) for image in ("OldImage", "NewImage"))
            yield ContactWrite(tenant_id, source, int(change["SequenceNumber"]), before, after)


def _contact(image: dict[str, Any] | None) -> Contact | None:
    return ContactRow.from_raw_data(image).to_entity(Contact) if image else None


def contact_row(contact: Contact) -> ContactRow:
    """The row of a contact; one that was deleted goes by itself in the end."""
    partition = contact_partition(contact.tenant_id, contact.contact_id)
    ends = contact.deleted_at + RESTORABLE_FOR if contact.deleted_at else None
    return ContactRow.from_entity(contact, partition, contact.contact_id, expires_at=ends)


def contact_partition(tenant_id: str, contact_id: str) -> str:
    """Where a contact stands."""
    return shard_partition(tenant_id, contact_id[-1:])


def shard_partition(tenant_id: str, shard: str) -> str:
    """One sixteenth of a tenant's contacts."""
    return f"{tenant_id}#contact#{shard}"


def write_address(writes: Transaction, before: Address, after: Address) -> None:
    """Adds to a transaction that an address changes; one of which nothing is left to know goes."""
    is_unchanged = AddressRow.revision == before.revision if before.revision else AddressRow.partition.does_not_exist()
    row = AddressRow.from_entity(replace(after, revision=before.revision + 1), *_address_key(after))
    if after.is_empty:
        writes.delete(row, condition=is_unchanged)
    else:
        writes.save(row, condition=is_unchanged)


def _address_key(address: Address) -> tuple[str, str]:
    return f"{address.tenant_id}#address#{address.key}", "address"


def _is_unchanged(before: Contact | None) -> Condition:
    return ContactRow.revision == before.revision if before else ContactRow.partition.does_not_exist()
