"""One contact per person: created, changed, deleted and brought back, whoever else does so at that moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from herald.audience.composition import AudienceContainer, audience
from herald.audience.consent.model import Channel, ConsentState
from herald.audience.contacts.details import ContactDetails, normalized
from herald.audience.contacts.model import RESTORABLE_FOR, IdentifierKind
from herald.audience.contacts.service import Contacts
from herald.errors import Conflict, Invalid, NotFound, Unprocessable
from herald.settings import settings
from herald.values.ids import new_id
from tests.support.clock import FakeClock
from tests.support.contacts import BY_API, BY_KEYWORD, OTHER_PHONE, OTHER_TENANT, PHONE, TENANT, create


@pytest.fixture
def contacts(cloud: None) -> Contacts:
    return audience().contacts


def test_a_contact_is_found_by_each_of_its_identifiers(contacts: Contacts) -> None:
    asha = create(
        ContactDetails(phone=PHONE, email="asha@example.com", external_id="E-7", whatsapp_id="TZ.13491208655302741918")
    )

    found = {kind: contacts.get_by(TENANT, kind, value) for kind, value in asha.identifiers().items()}

    assert list(found) == list(IdentifierKind)
    assert all(contact == asha for contact in found.values())


def test_what_is_stored_is_what_was_said(contacts: Contacts) -> None:
    details = ContactDetails(
        phone=PHONE,
        name="Asha",
        attributes={"age": 41, "share": 0.25, "vip": True, "city": "Dar es Salaam", "note": ""},
        tags=(" VIP", "vip", "New  York"),
        language="sw_tz",
        time_zone="Africa/Nairobi",
    )
    stored = contacts.get(TENANT, create(details).contact_id)

    assert stored.attributes == {"age": 41, "share": 0.25, "vip": True, "city": "Dar es Salaam", "note": ""}
    assert stored.attributes["vip"] is True
    assert (stored.tags, stored.language, stored.time_zone) == (("vip", "new york"), "sw-TZ", "Africa/Nairobi")


def test_of_fifty_who_create_one_phone_at_once_one_succeeds(contacts: Contacts) -> None:
    def attempt(_: int) -> str:
        try:
            return create(ContactDetails(phone=PHONE)).contact_id
        except Conflict:
            return ""

    with ThreadPoolExecutor(10) as pool:
        outcomes = [contact_id for contact_id in pool.map(attempt, range(50)) if contact_id]

    assert outcomes == [contacts.get_by(TENANT, IdentifierKind.PHONE, PHONE).contact_id]


def test_fifty_who_upsert_one_phone_at_once_make_one_contact_with_what_all_said(contacts: Contacts) -> None:
    def attempt(number: int) -> str:
        details = ContactDetails(phone=PHONE, tags=(f"tag-{number % 5}",))
        return contacts.upsert(TENANT, details, BY_API, contact_id=new_id()).contact.contact_id

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(attempt, range(50)))) == 1
    assert len(contacts.get_by(TENANT, IdentifierKind.PHONE, PHONE).tags) == 5


def test_phone_and_address_of_two_different_contacts_are_refused_with_both_named(contacts: Contacts) -> None:
    first, second = create(ContactDetails(phone=PHONE)), create(ContactDetails(email="b@example.com"))

    with pytest.raises(Conflict) as refused:
        contacts.upsert(TENANT, ContactDetails(phone=PHONE, email="b@example.com"), BY_API, contact_id=new_id())

    assert refused.value.code == "contacts_differ"
    assert refused.value.fields == {"contact_ids": sorted([first.contact_id, second.contact_id])}


def test_the_same_upsert_again_changes_nothing(contacts: Contacts) -> None:
    details = ContactDetails(phone=PHONE, name="Asha", tags=("vip",), consent_state=ConsentState.OPT_IN)
    first = contacts.upsert(TENANT, details, BY_API, contact_id=new_id())
    again = contacts.upsert(TENANT, details, BY_API, contact_id=new_id())

    assert (first.existed, again.existed) == (False, True)
    assert again.contact == first.contact


def test_an_attribute_is_taken_away_by_null_and_others_stay(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE, attributes={"city": "Arusha", "tier": "gold"}))

    after = contacts.update(TENANT, asha.contact_id, ContactDetails(attributes={"tier": None, "age": 3}), BY_API)

    assert after.attributes == {"city": "Arusha", "age": 3}


def test_a_phone_that_somebody_gave_up_is_free(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE))
    contacts.update(TENANT, asha.contact_id, ContactDetails(phone=OTHER_PHONE), BY_API)

    assert create(ContactDetails(phone=PHONE)).contact_id != asha.contact_id
    with pytest.raises(Conflict):
        contacts.update(TENANT, asha.contact_id, ContactDetails(phone=PHONE), BY_API)


def test_the_last_identifier_cannot_be_taken_away(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE))

    with pytest.raises(Invalid):
        contacts.update(TENANT, asha.contact_id, ContactDetails(phone=""), BY_API)


def test_a_deleted_contact_is_gone_until_it_is_restored(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE, name="Asha"))
    contacts.delete(TENANT, asha.contact_id)

    with pytest.raises(NotFound):
        contacts.get(TENANT, asha.contact_id)
    with pytest.raises(NotFound):
        contacts.get_by(TENANT, IdentifierKind.PHONE, PHONE)

    assert contacts.restore(TENANT, asha.contact_id, BY_API).name == "Asha"
    assert contacts.get_by(TENANT, IdentifierKind.PHONE, PHONE).contact_id == asha.contact_id


def test_a_contact_whose_phone_is_somebody_elses_by_now_is_not_restored(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE))
    contacts.delete(TENANT, asha.contact_id)
    create(ContactDetails(phone=PHONE))

    with pytest.raises(Conflict):
        contacts.restore(TENANT, asha.contact_id, BY_API)


def test_after_thirty_days_nothing_is_restored(cloud: None) -> None:
    clock = FakeClock()
    contacts = AudienceContainer(settings(), clock=clock).contacts
    asha = contacts.create(TENANT, ContactDetails(phone=PHONE), BY_API, contact_id=new_id())
    contacts.delete(TENANT, asha.contact_id)
    clock.advance(RESTORABLE_FOR.total_seconds() + 1)

    with pytest.raises(NotFound):
        contacts.restore(TENANT, asha.contact_id, BY_API)


def test_two_tenants_may_know_the_same_person_apart(contacts: Contacts) -> None:
    ours, theirs = create(ContactDetails(phone=PHONE)), create(ContactDetails(phone=PHONE), tenant_id=OTHER_TENANT)
    audience().contact_consents.stop(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)

    assert contacts.get(TENANT, ours.contact_id).sms_consent is ConsentState.STOP
    assert contacts.get(OTHER_TENANT, theirs.contact_id).sms_consent is ConsentState.OPT_OUT
    with pytest.raises(NotFound):
        contacts.get(OTHER_TENANT, ours.contact_id)


def test_a_stop_is_lifted_by_no_api_call(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE, consent_state=ConsentState.OPT_IN))
    audience().contact_consents.stop(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)

    for state in (ConsentState.OPT_IN, ConsentState.OPT_OUT):
        with pytest.raises(Unprocessable) as refused:
            contacts.update(TENANT, asha.contact_id, ContactDetails(consent_state=state), BY_API)
        assert refused.value.code == "consent_stopped"
        with pytest.raises(Unprocessable):
            audience().contact_consents.set_state(TENANT, asha.contact_id, Channel.SMS, state, BY_API)


def test_a_stop_outlives_deletion_a_new_phone_and_being_nobodys(contacts: Contacts) -> None:
    audience().contact_consents.stop(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)
    first = create(ContactDetails(phone=PHONE))
    assert first.sms_consent is ConsentState.STOP

    contacts.delete(TENANT, first.contact_id)
    second = create(ContactDetails(phone=PHONE))
    assert second.sms_consent is ConsentState.STOP

    contacts.update(TENANT, second.contact_id, ContactDetails(phone=OTHER_PHONE), BY_API)
    contacts.delete(TENANT, second.contact_id)
    assert create(ContactDetails(phone=OTHER_PHONE)).sms_consent is ConsentState.STOP
    with pytest.raises(Unprocessable):
        create(ContactDetails(phone=PHONE, consent_state=ConsentState.OPT_IN))


def test_only_the_person_lifts_their_stop(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE))
    audience().contact_consents.stop(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)
    audience().contact_consents.allow(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)

    assert contacts.get(TENANT, asha.contact_id).sms_consent is ConsentState.OPT_IN
    assert audience().contact_consents.stops_at(TENANT, IdentifierKind.PHONE, PHONE) == frozenset()


def test_the_ledger_tells_every_change_of_a_consent(contacts: Contacts) -> None:
    asha = create(ContactDetails(phone=PHONE, consent_state=ConsentState.OPT_IN))
    audience().contact_consents.set_state(TENANT, asha.contact_id, Channel.SMS, ConsentState.OPT_OUT, BY_API)
    audience().contact_consents.stop(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)
    audience().contact_consents.stop(TENANT, IdentifierKind.PHONE, PHONE, Channel.SMS, BY_KEYWORD)

    entries = audience().consent_ledger.page(TENANT, asha.contact_id, size=10).items

    assert [(entry.state, entry.source.value, entry.reference) for entry in entries] == [
        (ConsentState.OPT_IN, "api", ""),
        (ConsentState.OPT_OUT, "api", ""),
        (ConsentState.STOP, "keyword", "SM1"),
    ]


def test_details_that_are_wrong_are_all_named_at_once() -> None:
    details = ContactDetails(phone="12", email="nobody", attributes={"a": [1]}, time_zone="Mars")

    with pytest.raises(Invalid) as refused:
        normalized(details)

    assert set(refused.value.fields) == {"phone_e164", "email", "attributes.a", "time_zone"}
