"""What both functions take and answer, and what they do in between: nothing, so that only the way there is measured."""

from pydantic import BaseModel, Field

PATH = "/api/v1/admin/contacts"
SIGNING_KEY = "a signing key for benchmarks, long enough"
ADMISSIONS_TABLE = "admissions"
_STORED = {"contacts": [
    {"id": f"c{number}", "name": f"Name {number}", "phone": "+14155550100", "tags": ["a", "b"], "age": number}
    for number in range(50)
]}  # fmt: skip


class NewContact(BaseModel):
    name: str = Field(max_length=200)
    phone: str = Field(max_length=16)
    email: str | None = None
    tags: list[str] = []
    age: int = Field(ge=0)


class Contact(BaseModel):
    id: str
    name: str
    phone: str
    tags: list[str]
    age: int


class Contacts(BaseModel):
    contacts: list[Contact]


def contact_of(new: NewContact) -> Contact:
    return Contact(id="c1", name=new.name, phone=new.phone, tags=new.tags, age=new.age)


def stored_contacts() -> Contacts:
    return Contacts.model_validate(_STORED)
