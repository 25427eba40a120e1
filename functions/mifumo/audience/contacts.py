"""Mifumo's contacts: listed, created or updated in one, changed, deleted, opted in and out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from herald.audience.composition import audience
from herald.audience.consent.model import Channel, ConsentState
from herald.audience.contacts.details import normalized
from herald.audience.contacts.model import RESTORABLE_FOR, Contact, ContactFilter, normal_tags
from herald.http.access import requires
from herald.http.contracts.mifumo import Envelope, MessageEnvelope, Results
from herald.http.failures import fails_with
from herald.http.parameters import PageNumber, PageSize
from herald.identity.permissions import Permission
from herald.settings import settings
from herald.values.page import DEFAULT_PAGE_SIZE

from .api import api, by_caller, default_region
from .contact_schemas import (
    ConsentRequest,
    ContactChanges,
    ContactView,
    DeletedView,
    NewContact,
    OptedInView,
    OptedOutView,
    OptOutRequest,
    UpsertedView,
    opted_in_at,
)

_PATH = "/api/messaging/contacts"
_LONGEST_SEARCH = 200
_ABOUT_SEARCH = "The beginning of words of a name, of an address, or of a group of digits in a number; all of them."

ContactId = Annotated[str, Path(description="UUID of the contact.")]


@api.get(_PATH, summary="List contacts", tags=["Contacts"])
@requires(Permission.AUDIENCE_READ)
def list_contacts(
    search: Annotated[str, Query(max_length=_LONGEST_SEARCH, description=_ABOUT_SEARCH)] = "",
    is_active: Annotated[bool | None, Query(description="Only contacts that are, or are not.")] = None,
    is_opted_in: Annotated[bool | None, Query(description="Only contacts that are, or are not, by SMS.")] = None,
    tag: Annotated[list[str] | None, Query(description="Repeated, each of them is asked for.")] = None,
    page: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE_SIZE,
) -> Envelope[Results[ContactView]]:
    """The contacts of the caller's organisation, the newest first; those of a search in the order of its words."""
    wanted = ContactFilter(active=is_active, opted_in=is_opted_in, tags=normal_tags(tag or ()))
    tenant_id = api.caller.tenant_id
    found = (
        audience().contact_search.page(tenant_id, search, wanted, size=page_size, number=page)
        if search.strip()
        else audience().contact_listing.page(tenant_id, wanted, size=page_size, number=page)
    )
    asked = {
        "search": search or None,
        "is_active": is_active,
        "is_opted_in": is_opted_in,
        "tag": wanted.tags,
        "page_size": page_size,
    }
    results = Results[ContactView].page(
        [ContactView.of_contact(contact) for contact in found.contacts],
        count=found.total,
        number=page,
        size=page_size,
        url=_list_url(asked),
    )
    return Envelope[Results[ContactView]](data=results)


@api.post(_PATH, status_code=201, summary="Create or update a contact", tags=["Contacts"])
@fails_with(HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
@requires(Permission.AUDIENCE_WRITE)
def create_contact(request: NewContact) -> Response[Envelope[UpsertedView]]:
    """A new contact; where the phone number or the address is somebody's, what is sent is added to that contact."""
    details = normalized(request.details(), default_region=default_region())
    upserted = audience().contacts.upsert(api.caller.tenant_id, details, by_caller(), contact_id=api.creation_id())
    contact, status = upserted.contact, HTTPStatus.OK if upserted.existed else HTTPStatus.CREATED
    view = UpsertedView.of(contact, opt_in_at=opted_in_at(contact), upserted=upserted.existed)
    return Response(status, "application/json", Envelope[UpsertedView](status=status, data=view))


@api.get(f"{_PATH}/<contact_id>", summary="One contact", tags=["Contacts"])
@requires(Permission.AUDIENCE_READ)
def get_contact(contact_id: ContactId) -> Envelope[ContactView]:
    """Everything that is known of a contact."""
    contact = audience().contacts.get(api.caller.tenant_id, contact_id)
    return Envelope[ContactView](data=ContactView.of_contact(contact))


@api.put(f"{_PATH}/<contact_id>", summary="Update a contact", tags=["Contacts"])
@fails_with(HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
@requires(Permission.AUDIENCE_WRITE)
def update_contact(contact_id: ContactId, changes: ContactChanges) -> Envelope[ContactView]:
    """Changes a contact. Attributes that are not named stay, one that is null goes; tags are replaced."""
    details = normalized(changes.details(), default_region=default_region())
    contact = audience().contacts.update(api.caller.tenant_id, contact_id, details, by_caller())
    return Envelope[ContactView](data=ContactView.of_contact(contact))


@api.delete(f"{_PATH}/<contact_id>", summary="Delete a contact", tags=["Contacts"])
@requires(Permission.AUDIENCE_WRITE)
def delete_contact(contact_id: ContactId) -> MessageEnvelope[DeletedView]:
    """Deletes a contact; for thirty days it can be restored. A STOP of theirs stays."""
    contact = audience().contacts.delete(api.caller.tenant_id, contact_id)
    assert contact.deleted_at is not None  # noqa: S101 - it has just been deleted
    deleted = DeletedView(id=contact_id, restorable_until=contact.deleted_at + RESTORABLE_FOR)
    return MessageEnvelope[DeletedView](message="Contact deleted successfully", data=deleted)


@api.post(f"{_PATH}/<contact_id>/restore", summary="Restore a deleted contact", tags=["Contacts"])
@fails_with(HTTPStatus.CONFLICT)
@requires(Permission.AUDIENCE_WRITE)
def restore_contact(contact_id: ContactId) -> Envelope[ContactView]:
    """Brings a contact back that was deleted less than thirty days ago."""
    contact = audience().contacts.restore(api.caller.tenant_id, contact_id, by_caller())
    return Envelope[ContactView](data=ContactView.of_contact(contact))


@api.post(f"{_PATH}/<contact_id>/opt-in", summary="Opt a contact in", tags=["Contacts"])
@fails_with(HTTPStatus.UNPROCESSABLE_ENTITY)
@requires(Permission.AUDIENCE_WRITE)
def opt_in(contact_id: ContactId, request: ConsentRequest | None = None) -> MessageEnvelope[OptedInView]:
    """Records that somebody wants messages on a channel, SMS if none is named. A STOP only the person lifts."""
    channel = request.channel if request else Channel.SMS
    contact = audience().contact_consents.set_state(
        api.caller.tenant_id, contact_id, channel, ConsentState.OPT_IN, by_caller()
    )
    view = OptedInView(id=contact_id, is_opted_in=True, opt_in_at=opted_in_at(contact, channel))
    return MessageEnvelope[OptedInView](message="Contact opted in successfully", data=view)


@api.post(f"{_PATH}/<contact_id>/opt-out", summary="Opt a contact out", tags=["Contacts"])
@requires(Permission.AUDIENCE_WRITE)
def opt_out(contact_id: ContactId, request: OptOutRequest | None = None) -> MessageEnvelope[OptedOutView]:
    """Records that somebody wants no marketing on a channel any more, and why."""
    asked = request or OptOutRequest()
    contact = audience().contact_consents.opt_out(
        api.caller.tenant_id, contact_id, asked.channel, by_caller(asked.reason)
    )
    return MessageEnvelope[OptedOutView](
        message="Contact opted out successfully", data=_opted_out(contact, asked.channel)
    )


def _opted_out(contact: Contact, channel: Channel) -> OptedOutView:
    consent = contact.consents[channel]
    return OptedOutView.of(
        consent, id=contact.contact_id, is_opted_in=False, opt_out_reason=consent.reason, opt_out_at=consent.changed_at
    )


def _list_url(asked: Mapping[str, object]) -> str:
    given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}
    query = urlencode({name: value for name, value in given.items() if value is not None}, doseq=True)
    return f"{settings().public_url}{_PATH}/?{query}"
