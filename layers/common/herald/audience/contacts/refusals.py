"""Why something cannot be done with a contact."""

from collections.abc import Iterable, Mapping

from herald.audience.contacts.model import Contact, IdentifierKind
from herald.errors import Conflict, Invalid, NotFound

_NAMES = {
    IdentifierKind.PHONE: "phone_e164",
    IdentifierKind.EMAIL: "email",
    IdentifierKind.EXTERNAL_ID: "external_id",
    IdentifierKind.WHATSAPP_ID: "whatsapp_id",
}


def no_identifier() -> Invalid:
    return Invalid(
        "A contact needs a phone number, an e-mail address or an id of yours.",
        fields={"phone_e164": "give phone_e164, email or external_id"},
    )


def no_contact() -> NotFound:
    return NotFound("There is no such contact.")


def contact_exists(owners: Mapping[IdentifierKind, str]) -> Conflict:
    named = {_NAMES[kind]: f"belongs to contact {contact_id}" for kind, contact_id in owners.items()}
    return Conflict(
        f"There is a contact with this {' and this '.join(named)} already; update it instead.",
        code="contact_exists",
        fields=named,
    )


def contacts_differ(owners: Iterable[str]) -> Conflict:
    return Conflict(
        "The phone number and the e-mail address belong to different contacts; merge these first, or leave one out.",
        code="contacts_differ",
        fields={"contact_ids": sorted(owners)},
    )


def present(contact: Contact | None) -> Contact:
    """A contact that was found and is not deleted.

    Raises:
        NotFound: else.
    """
    if contact is None or contact.deleted_at is not None:
        raise no_contact()
    return contact
