"""How many contacts there are of what: sums that the stream keeps, and which of them answers a filter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from herald.audience.consent.model import ConsentState
from herald.audience.contacts.model import Contact, ContactFilter

_ALL = "contacts"
_TAG = "tag#"


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Some contacts and how many there are."""

    contacts: list[Contact]
    total: int
    next_cursor: str | None = None


def counted(contact: Contact | None) -> Counter[str]:
    """What a contact, as it is, adds to the sums; nothing where it is deleted."""
    if contact is None or contact.deleted_at is not None:
        return Counter()
    return Counter([_ALL, _activity(active=contact.active), _consent(contact.sms_consent)])


def counted_tags(contact: Contact | None) -> Counter[str]:
    """The sums of tags that a contact adds to; there may be any number of these."""
    if contact is None or contact.deleted_at is not None:
        return Counter()
    return Counter(tag_sum(tag) for tag in contact.tags)


def tag_sum(tag: str) -> str:
    """The name of the sum of a tag."""
    return f"{_TAG}{tag}"


def total_of(sums: Mapping[str, int], wanted: ContactFilter) -> int | None:
    """How many contacts a filter lets through, by the sums of a tenant; ``None`` where these do not say."""
    if wanted.is_open:
        return sums.get(_ALL, 0)
    if wanted == ContactFilter(consent_state=wanted.consent_state) and wanted.consent_state is not None:
        return sums.get(_consent(wanted.consent_state), 0)
    if wanted == ContactFilter(active=wanted.active) and wanted.active is not None:
        return sums.get(_activity(active=wanted.active), 0)
    if wanted == ContactFilter(opted_in=wanted.opted_in):
        opted_in = sums.get(_consent(ConsentState.OPT_IN), 0)
        return opted_in if wanted.opted_in else sums.get(_ALL, 0) - opted_in
    return None


def _activity(*, active: bool) -> str:
    return "active" if active else "inactive"


def _consent(state: ConsentState) -> str:
    return f"consent.{state.value}"
