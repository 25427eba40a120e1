"""A contact: somebody whom an organisation may reach, and the rules for what is known of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from herald.audience.consent.model import Channel, Consents, ConsentState, state_of
from herald.errors import Invalid

AttributeScalar = str | int | float | bool
"""Mifumo, "Attribute Validation": "flat JSON object with string/number/boolean values"."""
Attributes = Mapping[str, AttributeScalar]

MOST_ATTRIBUTES = 100
LONGEST_ATTRIBUTE_NAME = 100
LONGEST_ATTRIBUTE = 1000
MOST_TAGS = 40
LONGEST_TAG = 50
LONGEST_CONTACT_NAME = 200
LONGEST_EXTERNAL_ID = 200
RESTORABLE_FOR = timedelta(days=30)
"""How long a deleted contact can be brought back; then it is gone for good."""
_LARGEST_NUMBER = 1e38
"""DynamoDB keeps 38 digits."""


class IdentifierKind(StrEnum):
    """What tells one contact of an organisation from all others."""

    PHONE = "phone"
    EMAIL = "email"
    EXTERNAL_ID = "external_id"
    WHATSAPP_ID = "whatsapp_id"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of an organisation's audience.

    Attributes:
        phone: in E.164; empty where none is known, like all texts here.
        external_id: the organisation's own id for this person.
        whatsapp_id: the business-scoped id by which WhatsApp knows somebody whose number it does not tell.
        attributes: what else is known, by name; numbers and booleans stay what they are.
        tags: in lower case, each once.
        language: BCP 47, for example ``sw``.
        time_zone: IANA, for example ``Africa/Nairobi``.
        revision: counts the changes, so that none is lost where two happen at once.
        deleted_at: when it was deleted; ``None`` where it was not.
    """

    tenant_id: str
    contact_id: str
    created_at: datetime
    updated_at: datetime
    phone: str = ""
    email: str = ""
    external_id: str = ""
    whatsapp_id: str = ""
    name: str = ""
    attributes: Attributes = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    language: str = ""
    time_zone: str = ""
    active: bool = True
    consents: Consents = field(default_factory=dict)
    last_contacted_at: datetime | None = None
    last_message_received_at: datetime | None = None
    revision: int = 1
    deleted_at: datetime | None = None

    @property
    def sms_consent(self) -> ConsentState:
        """Event Stream's ``consent_state``; ``OPT_IN`` is Mifumo's ``is_opted_in``."""
        return state_of(self.consents, Channel.SMS)

    @property
    def is_opted_in(self) -> bool:
        return self.sms_consent is ConsentState.OPT_IN

    def identifiers(self) -> dict[IdentifierKind, str]:
        """What this contact is told by, by kind; only what it has."""
        known = {
            IdentifierKind.PHONE: self.phone,
            IdentifierKind.EMAIL: self.email,
            IdentifierKind.EXTERNAL_ID: self.external_id,
            IdentifierKind.WHATSAPP_ID: self.whatsapp_id,
        }
        return {kind: value for kind, value in known.items() if value}

    def address(self, channel: Channel) -> str:
        """Where a channel reaches this contact; empty where it does not."""
        if channel is Channel.EMAIL:
            return self.email
        return self.phone or (self.whatsapp_id if channel is Channel.WHATSAPP else "")


@dataclass(frozen=True, slots=True)
class ContactWrite:
    """One write to a contact, as the stream tells it.

    ``source`` is its partition within its tenant, ``sequence`` the write's number there; a contact that is not there
    before or after it is ``None``.
    """

    tenant_id: str
    source: str
    sequence: int
    before: Contact | None
    after: Contact | None


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts a list shows; what is ``None`` or empty lets all through."""

    consent_state: ConsentState | None = None
    active: bool | None = None
    opted_in: bool | None = None
    tags: tuple[str, ...] = ()
    """All of them."""

    @property
    def is_open(self) -> bool:
        """Whether it lets everybody through."""
        return self == ContactFilter()

    def admits(self, contact: Contact) -> bool:
        """Whether it lets a contact through."""
        return (
            self.consent_state in {None, contact.sms_consent}
            and self.active in {None, contact.active}
            and self.opted_in in {None, contact.is_opted_in}
            and set(self.tags) <= set(contact.tags)
        )


def checked_attributes(attributes: Mapping[str, object]) -> dict[str, AttributeScalar]:
    """Attributes as they are kept.

    Raises:
        Invalid: too many, or one of them is not flat, too long or no number; it is named as ``attributes.<name>``.
    """
    if len(attributes) > MOST_ATTRIBUTES:
        reason = f"at most {MOST_ATTRIBUTES} attributes"
        raise Invalid(f"A contact has {reason}; this one has {len(attributes)}.", fields={"attributes": reason})
    faults = {f"attributes.{name}": fault for name, value in attributes.items() if (fault := _fault(name, value))}
    if faults:
        raise Invalid("Attributes are texts, numbers or booleans under a name each.", fields=faults)
    return {name.strip(): value for name, value in attributes.items() if isinstance(value, str | int | float)}


def normal_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags trimmed, in lower case, each once (Mifumo, "Tag Management").

    Raises:
        Invalid: with the reason under ``tags``.
    """
    normal = tuple(dict.fromkeys(filter(None, (" ".join(tag.split()).casefold() for tag in tags))))
    if len(normal) > MOST_TAGS:
        raise Invalid(f"A contact has at most {MOST_TAGS} tags.", fields={"tags": f"at most {MOST_TAGS}"})
    if any(len(tag) > LONGEST_TAG for tag in normal):
        reason = f"at most {LONGEST_TAG} characters each"
        raise Invalid(f"Tags have {reason}.", fields={"tags": reason})
    return normal


def checked_language(language: str) -> str:
    """A language tag (BCP 47) in its usual form: ``sw``, ``pt-BR``.

    Raises:
        Invalid: with the reason under ``language``.
    """
    parts = language.strip().replace("_", "-").split("-")
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts) or not parts[0].isalpha():  # noqa: PLR2004 - BCP 47
        raise Invalid('Write the language as its code, for example "sw" or "pt-BR".', fields={"language": "BCP 47"})
    region = [part.upper() if len(part) == 2 else part for part in parts[1:]]  # noqa: PLR2004 - a region has two letters
    return "-".join([parts[0].lower(), *region])


def checked_time_zone(time_zone: str) -> str:
    """The name of a time zone (IANA).

    Raises:
        Invalid: with the reason under ``time_zone``.
    """
    from zoneinfo import available_timezones

    name = time_zone.strip()
    if name not in available_timezones():
        raise Invalid(
            'Write the time zone by its IANA name, for example "Africa/Nairobi".', fields={"time_zone": "unknown"}
        )
    return name


def _fault(name: str, value: object) -> str:
    """What is wrong with an attribute; empty where nothing is."""
    if not name.strip() or len(name) > LONGEST_ATTRIBUTE_NAME:
        return f"a name of 1 to {LONGEST_ATTRIBUTE_NAME} characters"
    if isinstance(value, str):
        return f"at most {LONGEST_ATTRIBUTE} characters" if len(value) > LONGEST_ATTRIBUTE else ""
    if not isinstance(value, bool | int | float):
        return "a text, a number, true or false; no list or object"
    if not math.isfinite(value) or abs(value) >= _LARGEST_NUMBER:
        return "too large a number"
    return ""
