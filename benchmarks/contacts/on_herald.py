"""Contacts as a function of Herald's."""

from benchmarks.contacts.models import (
    PATH,
    SIGNING_KEY,
    Contact,
    Contacts,
    NewContact,
    contact_of,
    stored_contacts,
)
from herald.http.authentication import Doorkeeper
from herald.http.resolver import HttpApi
from herald.identity.admissions.store import AdmissionStore
from herald.identity.sessions.tokens import AccessTokens

tokens = AccessTokens(lambda: {"signing_key": SIGNING_KEY})
api = HttpApi(Doorkeeper(tokens, AdmissionStore()))
handler = api.handle


@api.post(PATH, status_code=201)
def create_contact(contact: NewContact) -> Contact:
    return contact_of(contact)


@api.get(PATH)
def list_contacts() -> Contacts:
    return stored_contacts()
