"""Totals of lists agree with what there is, whatever happened to it and however the stream told it."""

import random

import pytest

from herald.audience.composition import AudienceContainer, audience
from herald.audience.consent.model import Channel, ConsentState
from herald.audience.contacts.details import ContactDetails
from herald.audience.contacts.model import Contact, ContactFilter, IdentifierKind
from herald.audience.lists.store import ContactLists, ContactSums
from herald.settings import settings
from tests.support.contacts import BY_API, BY_KEYWORD, TENANT, create
from tests.support.functions import invoke
from tests.support.soak import seeds
from tests.support.stream import TableStream

FILTERS = [
    ContactFilter(),
    *(ContactFilter(consent_state=state) for state in ConsentState),
    *(ContactFilter(active=active) for active in (True, False)),
    *(ContactFilter(opted_in=opted_in) for opted_in in (True, False)),
    *(ContactFilter(tags=(tag,)) for tag in ("vip", "new", "nobody")),
]


def busy_history(chance: random.Random) -> list[Contact]:
    """Contacts that were created, changed, stopped, deleted and restored."""
    container = audience()
    contacts = [create(ContactDetails(phone=f"+2557000000{number:02}", tags=("vip",))) for number in range(20)]
    for contact in contacts:
        match chance.randrange(6):
            case 0:
                container.contacts.delete(TENANT, contact.contact_id)
            case 1:
                details = ContactDetails(active=False, tags=("new",))
                container.contacts.update(TENANT, contact.contact_id, details, BY_API)
            case 2:
                container.contact_consents.stop(TENANT, IdentifierKind.PHONE, contact.phone, Channel.SMS, BY_KEYWORD)
            case 3:
                container.contacts.delete(TENANT, contact.contact_id)
                container.contacts.restore(TENANT, contact.contact_id, BY_API)
            case _:
                state = ConsentState.OPT_IN
                container.contact_consents.set_state(TENANT, contact.contact_id, Channel.SMS, state, BY_API)
    return contacts


@pytest.mark.parametrize("seed", seeds(10))
def test_sums_equal_an_independent_count_when_the_stream_repeats_itself(cloud: None, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    stream = TableStream("AUDIENCE_TABLE")
    records = stream.new_records()
    busy_history(chance)
    records = [*records, *stream.new_records()]

    for _ in range(2):
        first = 0
        while first < len(records):
            size = chance.randint(1, 9)
            invoke("workers/follow_contacts", {"Records": records[max(0, first - 2) : first + size]})
            first += size

    lists, sums = ContactLists(), ContactSums()
    assert [sums.total(TENANT, wanted) for wanted in FILTERS] == [lists.count(TENANT, wanted) for wanted in FILTERS]


def test_what_no_sum_says_is_counted(cloud: None) -> None:
    for number in range(6):
        create(ContactDetails(phone=f"+25570000000{number}", tags=("vip", "new") if number % 2 else ("vip",)))
    listing = AudienceContainer(settings()).contact_listing

    page = listing.page(TENANT, ContactFilter(tags=("vip", "new"), active=True), size=2)

    assert (len(page.contacts), page.total) == (2, 3)


def test_a_cursor_goes_through_everybody_once_the_newest_first(cloud: None) -> None:
    ids = [create(ContactDetails(phone=f"+2557000000{number:02}")).contact_id for number in range(25)]
    listing, seen, cursor = audience().contact_listing, list[str](), None

    while True:
        page = listing.after(TENANT, ContactFilter(), size=7, cursor=cursor)
        seen.extend(contact.contact_id for contact in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == sorted(ids, reverse=True)
