"""What Mifumo's contact endpoints take and show."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from herald.audience.consent.model import Channel, ConsentState
from herald.audience.contacts.details import ContactDetails
from herald.audience.contacts.model import (
    LONGEST_CONTACT_NAME,
    LONGEST_EXTERNAL_ID,
    MOST_ATTRIBUTES,
    MOST_TAGS,
    Contact,
)
from herald.http.schemas import RequestBody, TextOrNull, Timestamp, View
from herald.values.clock import to_text
from herald.values.email import LONGEST_EMAIL

_LONGEST_PHONE = 40
_LONGEST_REASON = 500

AttributeValue = str | int | float | bool
AttributesView = Annotated[dict[str, AttributeValue], BeforeValidator(dict)]


class ContactView(View):
    """Somebody of the audience."""

    id: str = Field(validation_alias="contact_id")
    """UUID of the contact."""
    name: str
    """What they are called; empty where nobody said."""
    phone_e164: TextOrNull = Field(validation_alias="phone")
    """E.164; null where none is known."""
    email: TextOrNull
    """In lower case; null where none is known."""
    external_id: TextOrNull
    """Your own id for this person; null where you gave none."""
    is_active: bool = Field(validation_alias="active")
    """False keeps a contact out of campaigns without deleting it."""
    is_opted_in: bool
    """Whether they want marketing by SMS. Sent as false it ends an opt-in; a STOP stays what it is."""
    opt_in_at: Timestamp | None
    """When they opted in to SMS; null where they are not."""
    consent_state: ConsentState = Field(validation_alias="sms_consent")
    """What they allow by SMS: OPT_IN everything, OPT_OUT no marketing, STOP nothing at all."""
    last_contacted_at: Timestamp | None
    """When they were last written to; null where they never were."""
    attributes: AttributesView
    """What else is known: texts, numbers and booleans by name, at most a hundred."""
    tags: list[str]
    """In lower case, each once."""
    language: TextOrNull
    """BCP 47, for example sw; null for the organisation's."""
    time_zone: TextOrNull
    """IANA, for example Africa/Nairobi; null for that of the phone number's country."""
    created_at: Timestamp
    """When the contact was created."""
    updated_at: Timestamp
    """When it last changed."""

    @classmethod
    def of_contact(cls, contact: Contact) -> "ContactView":
        """A contact as it is shown."""
        return cls.of(contact, opt_in_at=opted_in_at(contact))


class UpsertedView(ContactView):
    """A contact, and whether there was one already."""

    upserted: bool
    """True where the phone number or the address was somebody's already, and that contact was changed."""


class ContactChanges(RequestBody):
    """What is to change of a contact; what is left out stays, and so do attributes that are not named."""

    shown_by = UpsertedView

    name: str | None = Field(default=None, max_length=LONGEST_CONTACT_NAME)
    phone_e164: str | None = Field(default=None, max_length=_LONGEST_PHONE)
    email: str | None = Field(default=None, max_length=LONGEST_EMAIL)
    external_id: str | None = Field(default=None, max_length=LONGEST_EXTERNAL_ID)
    attributes: dict[str, object] | None = Field(default=None, max_length=MOST_ATTRIBUTES)
    tags: list[str] | None = Field(default=None, max_length=MOST_TAGS)
    language: str | None = Field(default=None, max_length=35)
    time_zone: str | None = Field(default=None, max_length=64)
    is_active: bool | None = None
    is_opted_in: bool | None = None

    def details(self) -> ContactDetails:
        """What is said of the contact."""
        return ContactDetails(
            phone=self.phone_e164,
            email=self.email,
            external_id=self.external_id,
            name=self.name,
            attributes=self.attributes,
            tags=None if self.tags is None else tuple(self.tags),
            language=self.language,
            time_zone=self.time_zone,
            active=self.is_active,
            opted_in=self.is_opted_in,
        )


class NewContact(ContactChanges):
    """A contact that is going to be, or whose phone number or address is somebody's already."""


class ConsentRequest(RequestBody):
    """By which channel."""

    channel: Channel = Channel.SMS
    """Which of the ways to reach them is meant."""


class OptOutRequest(ConsentRequest):
    """Why, and by which channel."""

    reason: str = Field(default="", max_length=_LONGEST_REASON)
    """In the person's words or yours; it is kept in the ledger of consent."""


class OptedInView(View):
    """That somebody has opted in."""

    id: str
    """UUID of the contact."""
    is_opted_in: bool
    """Whether they want marketing on this channel."""
    opt_in_at: Timestamp | None
    """When they opted in."""


class OptedOutView(View):
    """That somebody has opted out."""

    id: str
    """UUID of the contact."""
    is_opted_in: bool
    """Whether they want marketing on this channel."""
    opt_out_reason: str
    """Why they opted out; empty where nobody said."""
    opt_out_at: Timestamp | None
    """When they opted out, or stopped messages altogether."""


class DeletedView(View):
    """That a contact is deleted, and until when it can be brought back."""

    id: str
    """UUID of the contact."""
    restorable_until: Timestamp
    """Until when it can be brought back; then it is gone for good."""


def opted_in_at(contact: Contact, channel: Channel = Channel.SMS) -> str | None:
    """When a contact opted in; ``None`` where it is not."""
    consent = contact.consents.get(channel)
    return to_text(consent.changed_at) if consent and consent.state is ConsentState.OPT_IN else None
