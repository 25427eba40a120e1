"""What somebody says of a contact: which is checked, brought into its usual form, and laid over what is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from herald.audience.consent.model import ConsentState
from herald.audience.contacts.model import (
    LONGEST_CONTACT_NAME,
    LONGEST_EXTERNAL_ID,
    Contact,
    checked_attributes,
    checked_language,
    checked_time_zone,
    normal_tags,
)
from herald.errors import Invalid
from herald.values.email import normal_email
from herald.values.phone import parse_phone

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """What is said of a contact; ``None`` says nothing, an empty text takes away.

    An attribute that is ``None`` is taken away; those that are not named stay.
    """

    phone: str | None = None
    email: str | None = None
    external_id: str | None = None
    whatsapp_id: str | None = None
    name: str | None = None
    attributes: Mapping[str, object] | None = None
    tags: tuple[str, ...] | None = None
    language: str | None = None
    time_zone: str | None = None
    active: bool | None = None
    consent_state: ConsentState | None = None
    """Of SMS."""
    opted_in: bool | None = None
    """Of SMS: true wants ``OPT_IN``; false ends one, and leaves what is no ``OPT_IN`` as it is."""


def normalized(details: ContactDetails, *, default_region: str = "") -> ContactDetails:
    """Details in the forms in which they are kept and compared; those of normalized details are the same.

    Args:
        details: as they were written.
        default_region: where a phone number without a country code is dialled (ISO 3166); empty for nowhere.

    Raises:
        Invalid: with the reason under each field that is wrong.
    """
    faults = _Faults()
    normal = replace(
        details,
        phone=faults.kept(details.phone, lambda text: _phone(text, default_region)),
        email=faults.kept(details.email, normal_email),
        external_id=faults.kept(details.external_id, lambda text: _bounded(text, "external_id", LONGEST_EXTERNAL_ID)),
        whatsapp_id=faults.kept(details.whatsapp_id, lambda text: _bounded(text, "whatsapp_id", LONGEST_EXTERNAL_ID)),
        name=faults.kept(details.name, lambda text: _bounded(text, "name", LONGEST_CONTACT_NAME)),
        attributes=faults.kept(details.attributes, _checked_changes),
        tags=faults.kept(details.tags, normal_tags),
        language=faults.kept(details.language, checked_language),
        time_zone=faults.kept(details.time_zone, checked_time_zone),
    )
    faults.complain()
    return normal


def with_details(contact: Contact, details: ContactDetails, *, at: datetime) -> Contact:
    """A contact with what is said of it, but for its consent (see `herald.audience.contacts.service`).

    Raises:
        Invalid: it would have too many attributes.
    """
    attributes = {**contact.attributes, **(details.attributes or {})}
    after = replace(
        contact,
        phone=_said(details.phone, contact.phone),
        email=_said(details.email, contact.email),
        external_id=_said(details.external_id, contact.external_id),
        whatsapp_id=_said(details.whatsapp_id, contact.whatsapp_id),
        name=_said(details.name, contact.name),
        attributes=checked_attributes({name: value for name, value in attributes.items() if value is not None}),
        tags=_said(details.tags, contact.tags),
        language=_said(details.language, contact.language),
        time_zone=_said(details.time_zone, contact.time_zone),
        active=_said(details.active, contact.active),
    )
    return contact if after == contact else replace(after, updated_at=at)


def _said(value: Kept | None, known: Kept) -> Kept:
    return known if value is None else value


@dataclass(slots=True)
class _Faults:
    """What is wrong with several fields, to be told at once."""

    fields: dict[str, object] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)

    def kept(self, value: Kept | None, normal: Callable[[Kept], Kept]) -> Kept | None:
        """A value in its usual form; what says nothing or takes away stays as it is, and so does one with a fault."""
        if isinstance(value, str):
            value = value.strip()  # type: ignore[assignment]  # a text stays a text
        if not value:
            return value
        try:
            return normal(value)
        except Invalid as fault:
            self.fields.update(fault.fields)
            self.sentences.append(fault.message)
            return value

    def complain(self) -> None:
        """Raises what was wrong: one sentence, and each field."""
        if self.fields:
            raise Invalid(self.sentences[0], fields=self.fields)


def _phone(text: str, default_region: str) -> str:
    try:
        return parse_phone(text, default_region=default_region or None)
    except Invalid as fault:
        raise Invalid(fault.message, fields={"phone_e164": fault.fields["phone"]}) from fault


def _checked_changes(attributes: Mapping[str, object]) -> dict[str, object]:
    given = checked_attributes({name: value for name, value in attributes.items() if value is not None})
    removed = {name.strip(): None for name, value in attributes.items() if value is None}
    return {**given, **removed}


def _bounded(text: str, field_name: str, most: int) -> str:
    if len(text) > most:
        reason = f"at most {most} characters"
        raise Invalid(f"This is too long: {reason}.", fields={field_name: reason})
    return text
