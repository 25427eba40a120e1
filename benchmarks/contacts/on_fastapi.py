"""Contacts on FastAPI and Mangum, with `def` routes: what blocks (the database) runs in FastAPI's thread pool."""

from typing import Annotated

from fastapi import Depends, FastAPI
from mangum import Mangum

from benchmarks.contacts.admission import Credentials, User, admitted_user
from benchmarks.contacts.models import PATH, Contact, Contacts, NewContact, contact_of, stored_contacts

app = FastAPI()
handler = Mangum(app, lifespan="off")


def signed_in(credentials: Credentials) -> User:
    return admitted_user(credentials.credentials)


@app.post(PATH, status_code=201)
def create_contact(contact: NewContact, _user: Annotated[User, Depends(signed_in)]) -> Contact:
    return contact_of(contact)


@app.get(PATH)
def list_contacts(_user: Annotated[User, Depends(signed_in)]) -> Contacts:
    return stored_contacts()
