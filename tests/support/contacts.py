"""Contacts for tests."""

from herald.audience.composition import audience
from herald.audience.consent.model import ConsentSource, Evidence
from herald.audience.contacts.details import ContactDetails, normalized
from herald.audience.contacts.model import Contact
from herald.values.ids import new_id
from tests.support.functions import invoke
from tests.support.stream import TableStream

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER_TENANT = "22222222-2222-4222-8222-222222222222"
BY_API = Evidence(ConsentSource.API, actor="user-1")
BY_KEYWORD = Evidence(ConsentSource.KEYWORD, reason="STOP", reference="SM1")
PHONE = "+255700000001"
OTHER_PHONE = "+255700000002"


def create(details: ContactDetails, *, tenant_id: str = TENANT) -> Contact:
    return audience().contacts.create(tenant_id, normalized(details), BY_API, contact_id=new_id())


def follow_contacts(stream: TableStream | None = None) -> None:
    """Tells the worker of everything that was written to contacts, or of what was since the last look."""
    records = (stream or TableStream("AUDIENCE_TABLE")).new_records()
    invoke("workers/follow_contacts", {"Records": records})
