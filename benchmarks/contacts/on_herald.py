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
from herald.http.api import HttpApi
from herald.http.authentication import Authenticator
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens

tokens = AccessTokens(lambda: {"signing_key": SIGNING_KEY})
api = HttpApi(Authenticator(tokens, RateLimitStore()), RESULTFLOW)
handler = api.handle


@api.post(PATH, status_code=201)
def create_contact(contact: NewContact) -> Contact:
    return contact_of(contact)


@api.get(PATH)
def list_contacts() -> Contacts:
    return stored_contacts()
