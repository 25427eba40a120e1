"""Contacts: created, found, changed, deleted and brought back; each phone, address and id belongs to one of them.

What is read before a change may be outdated when it is written: then nothing is, and it begins anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from herald.audience.consent.model import Channel, ConsentState, Evidence
from herald.audience.contacts.details import ContactDetails, with_details
from herald.audience.contacts.model import RESTORABLE_FOR, Contact, IdentifierKind, normal_tags
from herald.audience.contacts.refusals import (
    contact_exists,
    contacts_differ,
    no_contact,
    no_identifier,
    present,
)
from herald.audience.contacts.store import ContactChange, ContactStore
from herald.audience.contacts.writing import ContactWriter, persistently


@dataclass(frozen=True, slots=True)
class Upserted:
    """A contact, and whether there was one already."""

    contact: Contact
    existed: bool


class Contacts:
    """The use cases of one contact at a time. Details are normalized (`herald.audience.contacts.details`)."""

    def __init__(self, contacts: ContactStore, writer: ContactWriter) -> None:
        self._contacts = contacts
        self._writer = writer

    def get(self, tenant_id: str, contact_id: str) -> Contact:
        """A contact.

        Raises:
            NotFound: there is none of this id, or it was deleted.
        """
        return present(self._contacts.find(tenant_id, contact_id))

    def get_by(self, tenant_id: str, kind: IdentifierKind, value: str) -> Contact:
        """The contact that an identifier belongs to.

        Raises:
            NotFound: it belongs to none.
        """
        return present(self.find_by(tenant_id, kind, value))

    def find_by(self, tenant_id: str, kind: IdentifierKind, value: str) -> Contact | None:
        """The contact that an identifier belongs to, if there is one."""
        address = self._contacts.addresses(tenant_id, {kind: value})[kind]
        return self._contacts.find(tenant_id, address.contact_id)

    def create(self, tenant_id: str, details: ContactDetails, evidence: Evidence, *, contact_id: str) -> Contact:
        """A new contact; asking again under the same id gives what the first try created.

        Raises:
            Conflict: ``contact_exists``; one of its identifiers belongs to somebody.
            Invalid: it has no identifier.
            Unprocessable: ``consent_stopped``.
        """
        _require_identifier(details)

        def try_once() -> Contact | None:
            taken = self._owners(tenant_id, _identifiers(details))
            if contact_id in taken.values():
                return self._contacts.find(tenant_id, contact_id)
            if taken:
                raise contact_exists(taken)
            return self._write(None, self._new(tenant_id, contact_id), details, evidence)

        return persistently(try_once)

    def upsert(self, tenant_id: str, details: ContactDetails, evidence: Evidence, *, contact_id: str) -> Upserted:
        """The contact that these identifiers belong to, with what is said of it; a new one where they are nobody's.

        Its attributes and tags are added to.

        Raises:
            Conflict: ``contacts_differ``; the identifiers belong to different contacts, which are named.
            Invalid: there is no identifier.
            Unprocessable: ``consent_stopped``.
        """
        _require_identifier(details)

        def try_once() -> Upserted | None:
            owners = set(self._owners(tenant_id, _identifiers(details)).values())
            if len(owners) > 1:
                raise contacts_differ(owners)
            known = self._contacts.find(tenant_id, next(iter(owners), ""))
            found = known or self._new(tenant_id, contact_id)
            said = replace(details, tags=normal_tags((*found.tags, *(details.tags or ()))))
            written = self._write(known, found, said, evidence)
            return Upserted(written, existed=known is not None and known.contact_id != contact_id) if written else None

        return persistently(try_once)

    def update(self, tenant_id: str, contact_id: str, details: ContactDetails, evidence: Evidence) -> Contact:
        """A contact with what is said of it.

        Raises:
            Conflict: ``contact_exists``; an identifier belongs to somebody else.
            Invalid: no identifier would be left.
            NotFound: there is no such contact.
            Unprocessable: ``consent_stopped``.
        """

        def try_once() -> Contact | None:
            before = self.get(tenant_id, contact_id)
            self._refuse_taken(contact_id, tenant_id, _identifiers(details))
            return self._write(before, before, details, evidence)

        return persistently(try_once)

    def delete(self, tenant_id: str, contact_id: str) -> Contact:
        """Deletes a contact, which frees its identifiers; it can be restored for thirty days.

        Raises:
            NotFound: there is no such contact.
        """

        def try_once() -> Contact | None:
            before = self.get(tenant_id, contact_id)
            addresses = self._contacts.addresses(tenant_id, before.identifiers()).values()
            released = [(address, address.released()) for address in addresses if address.contact_id == contact_id]
            return self._contacts.write(ContactChange(before, replace(before, deleted_at=self._writer.now()), released))

        return persistently(try_once)

    def restore(self, tenant_id: str, contact_id: str, evidence: Evidence) -> Contact:
        """Brings a deleted contact back; one that is not deleted stays as it is.

        Raises:
            Conflict: ``contact_exists``; somebody else has one of its identifiers by now.
            NotFound: there is none, or its thirty days are over.
        """

        def try_once() -> Contact | None:
            before = self._contacts.find(tenant_id, contact_id)
            if before is None or (before.deleted_at and before.deleted_at + RESTORABLE_FOR < self._writer.now()):
                raise no_contact()
            if before.deleted_at is None:
                return before
            self._refuse_taken(contact_id, tenant_id, before.identifiers())
            return self._writer.commit(before, replace(before, deleted_at=None), {}, evidence)

        return persistently(try_once)

    def _new(self, tenant_id: str, contact_id: str) -> Contact:
        now = self._writer.now()
        return Contact(tenant_id, contact_id, created_at=now, updated_at=now)

    def _refuse_taken(self, contact_id: str, tenant_id: str, identifiers: Mapping[IdentifierKind, str]) -> None:
        owners = self._owners(tenant_id, identifiers)
        others = {kind: owner for kind, owner in owners.items() if owner != contact_id}
        if others:
            raise contact_exists(others)

    def _owners(self, tenant_id: str, identifiers: Mapping[IdentifierKind, str]) -> dict[IdentifierKind, str]:
        """Whose identifiers are, by kind; only what is somebody's."""
        addresses = self._contacts.addresses(tenant_id, identifiers) if identifiers else {}
        return {kind: address.contact_id for kind, address in addresses.items() if address.contact_id}

    def _write(
        self, before: Contact | None, contact: Contact, details: ContactDetails, evidence: Evidence
    ) -> Contact | None:
        after = with_details(contact, details, at=self._writer.now())
        if not after.identifiers():
            raise no_identifier()
        return self._writer.commit(before, after, _wanted(after, details), evidence)


def _wanted(contact: Contact, details: ContactDetails) -> dict[Channel, ConsentState]:
    """What details say of the consent of a contact."""
    if details.consent_state:
        return {Channel.SMS: details.consent_state}
    if details.opted_in:
        return {Channel.SMS: ConsentState.OPT_IN}
    return {Channel.SMS: ConsentState.OPT_OUT} if details.opted_in is False and contact.is_opted_in else {}


def _identifiers(details: ContactDetails) -> dict[IdentifierKind, str]:
    named = {
        IdentifierKind.PHONE: details.phone,
        IdentifierKind.EMAIL: details.email,
        IdentifierKind.EXTERNAL_ID: details.external_id,
        IdentifierKind.WHATSAPP_ID: details.whatsapp_id,
    }
    return {kind: value for kind, value in named.items() if value}


def _require_identifier(details: ContactDetails) -> None:
    if not _identifiers(details):
        raise no_identifier()
