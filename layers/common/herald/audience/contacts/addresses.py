"""What an identifier of somebody is known for: whose it is, and what was stopped there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from herald.audience.consent.model import Channel, Consent, Consents, ConsentState
from herald.audience.contacts.model import Contact, IdentifierKind

CHANNELS_OF: Mapping[IdentifierKind, tuple[Channel, ...]] = {
    IdentifierKind.PHONE: (Channel.SMS, Channel.WHATSAPP),
    IdentifierKind.EMAIL: (Channel.EMAIL,),
    IdentifierKind.EXTERNAL_ID: (),
    IdentifierKind.WHATSAPP_ID: (Channel.WHATSAPP,),
}
"""The channels that reach an identifier: a STOP there is one of the identifier, whoever has it."""


@dataclass(frozen=True, slots=True)
class Address:
    """One identifier, known by its hash.

    Attributes:
        key: the hash.
        contact_id: whose it is; empty where it is nobody's.
        stops: what was stopped there, contact or not.
        revision: counts the changes.
    """

    tenant_id: str
    key: str
    kind: IdentifierKind
    contact_id: str = ""
    stops: Consents = field(default_factory=dict)
    revision: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left to know of it."""
        return not self.contact_id and not self.stops

    def released(self) -> "Address":
        """The address when its contact is gone, or has another one: what was stopped stays so."""
        return replace(self, contact_id="")

    def taken_by(self, contact: Contact) -> "Address":
        """The address as that of a contact: a STOP of the contact's holds here from now on."""
        own = {channel: contact.consents[channel] for channel in self._stopped_channels(contact.consents)}
        return replace(self, contact_id=contact.contact_id, stops={**self.stops, **own})

    def stopped_in(self, consents: Consents) -> "Address":
        """The address with the STOPs among its contact's consents, and no others."""
        return replace(self, stops={channel: consents[channel] for channel in self._stopped_channels(consents)})

    def _stopped_channels(self, consents: Consents) -> list[Channel]:
        return [channel for channel in CHANNELS_OF[self.kind] if _is_stopped(consents.get(channel))]


def with_stops(consents: Consents, addresses: list[Address]) -> Consents:
    """Consents with the STOPs of addresses among them, which outrank what a contact's record says."""
    stops: dict[Channel, Consent] = {}
    for address in addresses:
        stops.update(address.stops)
    return {**consents, **{channel: stop for channel, stop in stops.items() if not _is_stopped(consents.get(channel))}}


def _is_stopped(consent: Consent | None) -> bool:
    return consent is not None and consent.state is ConsentState.STOP
