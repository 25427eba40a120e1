"""What contacts, and addresses that are no contact's, allow on a channel."""

from dataclasses import replace

from herald.audience.consent.model import Channel, Consent, ConsentState, Evidence, changed
from herald.audience.contacts.addresses import Address
from herald.audience.contacts.model import Contact, IdentifierKind
from herald.audience.contacts.refusals import present
from herald.audience.contacts.store import ContactStore
from herald.audience.contacts.writing import ContactWriter, ledger_entry, persistently


class ContactConsents:
    """The use cases of consent; each change is a line of the ledger."""

    def __init__(self, contacts: ContactStore, writer: ContactWriter) -> None:
        self._contacts = contacts
        self._writer = writer

    def set_state(
        self, tenant_id: str, contact_id: str, channel: Channel, state: ConsentState, evidence: Evidence
    ) -> Contact:
        """A contact whose consent on a channel is another; a ledger entry tells of it.

        Raises:
            NotFound: there is no such contact.
            Unprocessable: ``consent_stopped``; only the person lifts a STOP.
        """

        def try_once() -> Contact | None:
            before = present(self._contacts.find(tenant_id, contact_id))
            return self._writer.commit(before, before, {channel: state}, evidence)

        return persistently(try_once)

    def opt_out(self, tenant_id: str, contact_id: str, channel: Channel, evidence: Evidence) -> Contact:
        """A contact that is not opted in on a channel; one that is not, and one that has stopped it, stays as it is.

        Raises:
            NotFound: there is no such contact.
        """

        def try_once() -> Contact | None:
            before = present(self._contacts.find(tenant_id, contact_id))
            consent = before.consents.get(channel)
            if consent is not None and consent.state is not ConsentState.OPT_IN:
                return before
            return self._writer.commit(before, before, {channel: ConsentState.OPT_OUT}, evidence)

        return persistently(try_once)

    def stop(self, tenant_id: str, kind: IdentifierKind, value: str, channel: Channel, evidence: Evidence) -> None:
        """Stops a channel at an address, whether or not it is a contact's; stopping it again changes nothing."""
        self._say(tenant_id, (kind, value), channel, ConsentState.STOP, evidence)

    def allow(self, tenant_id: str, kind: IdentifierKind, value: str, channel: Channel, evidence: Evidence) -> None:
        """Opts in what the person at an address allows themselves again, and lifts a STOP there.

        Raises:
            Unprocessable: ``consent_stopped``; the evidence is not the person's own.
        """
        self._say(tenant_id, (kind, value), channel, ConsentState.OPT_IN, evidence)

    def stops_at(self, tenant_id: str, kind: IdentifierKind, value: str) -> frozenset[Channel]:
        """The channels that are stopped at an address."""
        return frozenset(self._contacts.addresses(tenant_id, {kind: value})[kind].stops)

    def _say(
        self,
        tenant_id: str,
        identifier: tuple[IdentifierKind, str],
        channel: Channel,
        state: ConsentState,
        evidence: Evidence,
    ) -> None:
        kind, value = identifier

        def try_once() -> bool | None:
            address = self._contacts.addresses(tenant_id, {kind: value})[kind]
            contact = self._contacts.find(tenant_id, address.contact_id)
            if contact is not None:
                return self._writer.commit(contact, contact, {channel: state}, evidence) is not None or None
            current = address.stops.get(channel)
            consent = changed(current.state if current else None, state, evidence, self._writer.now())
            if consent is None or (current is None and state is not ConsentState.STOP):
                return True  # what is not stopped needs no word of it where there is no contact to remember it
            stops = {**address.stops, channel: consent} if state is ConsentState.STOP else _without(address, channel)
            entry = ledger_entry(tenant_id, address.key, channel, consent, evidence)
            return self._contacts.write_address(address, replace(address, stops=stops), [entry]) or None

        persistently(try_once)


def _without(address: Address, channel: Channel) -> dict[Channel, Consent]:
    return {other: stop for other, stop in address.stops.items() if other is not channel}
