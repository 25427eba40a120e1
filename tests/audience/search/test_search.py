"""Contacts are found by the beginning of a word, by digits of their number, by their address."""

import pytest

from herald.audience.composition import audience
from herald.audience.consent.model import ConsentState
from herald.audience.contacts.details import ContactDetails
from herald.audience.contacts.model import ContactFilter
from herald.audience.search.service import ContactSearch
from tests.support.contacts import BY_API, OTHER_TENANT, TENANT, create, follow_contacts
from tests.support.stream import TableStream

EVERYBODY = ContactFilter()


@pytest.fixture
def search(cloud: None) -> ContactSearch:
    return audience().contact_search


def found(search: ContactSearch, words: str, wanted: ContactFilter = EVERYBODY, *, tenant_id: str = TENANT) -> set[str]:
    page = search.page(tenant_id, words, wanted, size=100)
    assert page.total == len(page.contacts)
    return {contact.name for contact in page.contacts}


@pytest.mark.parametrize(
    "words",
    ["asha", "ASH", "mush", "mushi asha", "Áshà", "asha@example", "ash.m", "255700000001", "+255 700 000",
     "0700 000 001", "000001", "700", "EMP-7"],
)  # fmt: skip
def test_somebody_is_found_by_what_people_type(search: ContactSearch, words: str) -> None:
    create(ContactDetails(phone="+255700000001", email="ash.m@example.com", name="Asha Mushi", external_id="emp-7"))
    create(ContactDetails(phone="+12025550143", name="Bola Ade"))
    follow_contacts()
    expected = set() if words == "asha@example" else {"Asha Mushi"}

    assert found(search, words) == expected


@pytest.mark.parametrize("words", ["sha", "mushi bola", "zz", "@", "...", "9999"])
def test_nobody_is_found_by_what_they_do_not_have(search: ContactSearch, words: str) -> None:
    create(ContactDetails(phone="+255700000001", name="Asha Mushi"))
    follow_contacts()

    assert found(search, words) == set()


def test_names_of_every_script_are_found(search: ContactSearch) -> None:
    for number, name in enumerate(["कमला देवी", "王小明", "Мария", "አበበ", "ก้อง"]):
        create(ContactDetails(phone=f"+25570000000{number}", name=name))
    follow_contacts()

    assert [found(search, word) for word in ("कमला", "王小", "мар", "አበ", "ก้")] == [
        {"कमला देवी"}, {"王小明"}, {"Мария"}, {"አበበ"}, {"ก้อง"},
    ]  # fmt: skip


def test_somebody_with_two_words_alike_is_found_once(search: ContactSearch) -> None:
    create(ContactDetails(phone="+255700000001", name="Ann Anna Annabel Annan"))
    follow_contacts()

    assert [search.page(TENANT, word, EVERYBODY, size=5).total for word in ("a", "ann", "anna", "annab", "annan")] == [
        1
    ] * 5


def test_a_new_name_is_found_and_the_old_one_no_more(search: ContactSearch) -> None:
    stream = TableStream("AUDIENCE_TABLE")
    asha = create(ContactDetails(phone="+255700000001", name="Asha Mushi"))
    follow_contacts(stream)
    audience().contacts.update(TENANT, asha.contact_id, ContactDetails(name="Asha Said"), BY_API)
    follow_contacts(stream)

    assert (found(search, "mushi"), found(search, "said"), found(search, "asha")) == (
        set(),
        {"Asha Said"},
        {"Asha Said"},
    )
    audience().contacts.delete(TENANT, asha.contact_id)
    follow_contacts(stream)
    assert found(search, "asha") == set()


def test_filters_and_a_search_go_together(search: ContactSearch) -> None:
    create(ContactDetails(phone="+255700000001", name="Asha A", tags=("vip",), consent_state=ConsentState.OPT_IN))
    create(ContactDetails(phone="+255700000002", name="Asha B", tags=("vip",)))
    create(ContactDetails(phone="+255700000003", name="Asha C", active=False))
    follow_contacts()

    assert found(search, "asha", ContactFilter(tags=("vip",))) == {"Asha A", "Asha B"}
    assert found(search, "asha", ContactFilter(opted_in=True)) == {"Asha A"}
    assert found(search, "asha", ContactFilter(active=False)) == {"Asha C"}


def test_pages_are_whole_from_the_first_to_the_last(search: ContactSearch) -> None:
    for number in range(23):
        create(ContactDetails(phone=f"+2557000000{number:02}", name=f"Same {number:02}"))
    follow_contacts()

    pages = [search.page(TENANT, "same", EVERYBODY, size=5, number=number) for number in range(1, 7)]

    assert [len(page.contacts) for page in pages] == [5, 5, 5, 5, 3, 0]
    assert {page.total for page in pages} == {23}
    assert len({contact.contact_id for page in pages for contact in page.contacts}) == 23


def test_another_tenant_finds_nobody(search: ContactSearch) -> None:
    create(ContactDetails(phone="+255700000001", name="Asha"))
    follow_contacts()

    assert found(search, "asha", tenant_id=OTHER_TENANT) == set()
