"""Writing a contact together with its addresses and what is said of its consent."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from herald.audience.consent.model import Channel, Consent, ConsentEntry, ConsentState, Evidence, changed
from herald.audience.contacts.addresses import CHANNELS_OF, Address, with_stops
from herald.audience.contacts.model import Contact, IdentifierKind
from herald.audience.contacts.store import ContactChange, ContactStore
from herald.errors import Unavailable
from herald.values.clock import Clock, from_text, to_text, utc_now
from herald.values.ids import new_id

Outcome = TypeVar("Outcome")
_TRIES = 12
"""Fifty who create the same contact at once come through with fewer."""


class ContactWriter:
    """Makes one change of one contact, where what was read before is not outdated."""

    def __init__(self, contacts: ContactStore, *, clock: Clock = utc_now) -> None:
        self._contacts = contacts
        self._clock = clock

    def now(self) -> datetime:
        """The present moment as it is stored, so that what a change gives is what is read later."""
        return from_text(to_text(self._clock()))

    def commit(
        self,
        before: Contact | None,
        after: Contact,
        wanted: Mapping[Channel, ConsentState],
        evidence: Evidence,
    ) -> Contact | None:
        """Writes a contact with its addresses; ``None`` where what was read is outdated."""
        had = before.identifiers() if before and before.deleted_at is None else {}
        has, tenant_id = after.identifiers(), after.tenant_id
        gone = {kind: value for kind, value in had.items() if has.get(kind) != value}
        come = {kind: value for kind, value in has.items() if had.get(kind) != value}
        arriving = self._contacts.addresses(tenant_id, come) if come else {}
        if any(address.contact_id for address in arriving.values()):
            return None
        after = replace(after, consents=with_stops(after.consents, list(arriving.values())))
        said = self._said(after, wanted, evidence)
        after = replace(after, consents={**after.consents, **said})
        if after == before:
            return before
        leaving = self._contacts.addresses(tenant_id, gone) if gone else {}
        staying = self._staying(after, said, had, come)
        moves = [
            *((address, address.released()) for address in leaving.values()),
            *((address, address.taken_by(after)) for address in arriving.values()),
            *((address, address.stopped_in(after.consents)) for address in staying),
        ]
        entries = [ledger_entry(tenant_id, after.contact_id, channel, said[channel], evidence) for channel in said]
        after = replace(after, updated_at=self.now())
        return self._contacts.write(ContactChange(before, after, moves, entries))

    def _said(
        self, contact: Contact, wanted: Mapping[Channel, ConsentState], evidence: Evidence
    ) -> dict[Channel, Consent]:
        now = self.now()
        said: dict[Channel, Consent] = {}
        for channel, state in wanted.items():
            current = contact.consents.get(channel)
            consent = changed(current.state if current else None, state, evidence, now)
            if consent is not None:
                said[channel] = consent
        return said

    def _staying(
        self,
        after: Contact,
        said: Iterable[Channel],
        had: Mapping[IdentifierKind, str],
        come: Mapping[IdentifierKind, str],
    ) -> list[Address]:
        """The addresses that the contact keeps, and whose stops its words may change."""
        channels = set(said)
        kept = {kind: value for kind, value in had.items() if kind not in come and channels & set(CHANNELS_OF[kind])}
        addresses = self._contacts.addresses(after.tenant_id, kept).values() if kept else ()
        return [address for address in addresses if address.stopped_in(after.consents) != address]


def ledger_entry(tenant_id: str, subject: str, channel: Channel, consent: Consent, evidence: Evidence) -> ConsentEntry:
    return ConsentEntry(
        tenant_id=tenant_id,
        subject=subject,
        entry_id=new_id(),
        channel=channel,
        state=consent.state,
        at=consent.changed_at,
        source=evidence.source,
        reason=evidence.reason,
        actor=evidence.actor,
        reference=evidence.reference,
    )


def persistently(try_once: Callable[[], Outcome | None]) -> Outcome:
    """Tries until what was read is not outdated when it is written."""
    from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

    attempts = Retrying(
        retry=retry_if_result(lambda outcome: outcome is None),
        stop=stop_after_attempt(_TRIES),
        wait=wait_random_exponential(multiplier=0.02, max=1),
    )
    try:
        outcome = attempts(try_once)
    except RetryError as error:
        raise Unavailable("Too many change this contact at once; try again.", code="database_busy") from error
    assert outcome is not None  # noqa: S101 - else it would be tried again
    return outcome
