"""Consent by channel: what it allows, and who may change it to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from herald.errors import Unprocessable


class Channel(StrEnum):
    """A way to reach somebody."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"


class ConsentState(StrEnum):
    """What somebody allows on a channel; who never said anything is at ``OPT_OUT``."""

    OPT_IN = "OPT_IN"
    OPT_OUT = "OPT_OUT"
    STOP = "STOP"


class ConsentSource(StrEnum):
    """How a consent came to be."""

    API = "api"
    IMPORT = "import"
    KEYWORD = "keyword"
    CARRIER = "carrier"
    """The carrier refused a text because the person had stopped it there (Twilio's error 21610)."""
    LINK = "link"
    """A page behind a link that only the person has."""
    FORM = "form"


class Purpose(StrEnum):
    """What somebody is written to for."""

    MARKETING = "marketing"
    SERVICE = "service"
    """A report, a reply, a single text, a follow-up: about something of the person's own."""


_THE_PERSONS_OWN = frozenset({ConsentSource.KEYWORD, ConsentSource.LINK})
"""What only the person can have done."""
_ALLOWED: Mapping[Purpose, frozenset[ConsentState]] = {
    # Mifumo, "Opt-in Compliance": "Only opted-in contacts receive messages".
    Purpose.MARKETING: frozenset({ConsentState.OPT_IN}),
    Purpose.SERVICE: frozenset({ConsentState.OPT_IN, ConsentState.OPT_OUT}),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who or what changed a consent, and what shows it.

    ``actor`` is the id of the user or key whose request it was; ``reference`` names a message, a file or a request.
    """

    source: ConsentSource
    actor: str = ""
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody allows on one channel, since when, and how that came to be."""

    state: ConsentState
    changed_at: datetime
    source: ConsentSource
    reason: str = ""


Consents = Mapping[Channel, Consent]


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of the ledger, which only grows.

    ``subject`` is the contact's id, or, where the person is no contact, the hash of their address.
    """

    tenant_id: str
    subject: str
    entry_id: str
    channel: Channel
    state: ConsentState
    at: datetime
    source: ConsentSource
    reason: str = ""
    actor: str = ""
    reference: str = ""


def may_send(purpose: Purpose, state: ConsentState) -> bool:
    """Whether somebody whose consent on a channel is this may be written to there."""
    return state in _ALLOWED[purpose]


def state_of(consents: Consents, channel: Channel) -> ConsentState:
    """The state on a channel; ``OPT_OUT`` where nothing was ever said."""
    consent = consents.get(channel)
    return consent.state if consent else ConsentState.OPT_OUT


def changed(current: ConsentState | None, wanted: ConsentState, evidence: Evidence, at: datetime) -> Consent | None:
    """The consent after somebody wants it to be ``wanted``; ``None`` where that changes nothing.

    Args:
        current: what it is, ``None`` where nothing was ever said.
        wanted: what it shall be.
        evidence: who wants it, and how.
        at: when.

    Raises:
        Unprocessable: ``consent_stopped``; a STOP is the person's, and nobody else lifts it.
    """
    if current is wanted:
        return None
    if current is ConsentState.STOP and evidence.source not in _THE_PERSONS_OWN:
        raise consent_stopped()
    return Consent(wanted, at, evidence.source, evidence.reason)


def consent_stopped() -> Unprocessable:
    """What to raise where somebody else than the person would lift a STOP."""
    return Unprocessable(
        "This person has stopped messages. Only they can allow them again: by answering START, or by confirming it "
        "behind a link that they are sent.",
        code="consent_stopped",
        fields={"consent_state": "stopped by the person"},
    )
