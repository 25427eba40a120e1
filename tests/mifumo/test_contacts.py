"""Mifumo's contacts, as its document shows them."""

import pytest

from tests.support.cloud import PUBLIC_URL
from tests.support.contacts import follow_contacts
from tests.support.people import sign_up
from tests.support.requests import Caller

PATH = "/api/messaging/contacts/"
FIELDS = {
    "id", "name", "phone_e164", "email", "is_active", "is_opted_in", "opt_in_at", "last_contacted_at", "attributes",
    "tags", "created_at", "updated_at",
}  # fmt: skip
JANE = {
    "name": "Jane Smith",
    "phone_e164": "+255 787 654 321",
    "email": "Jane@Example.com",
    "attributes": {"company": "Acme Corp", "department": "Marketing"},
    "tags": ["VIP", "marketing", "vip"],
    "is_active": True,
}


@pytest.fixture
def desk(cloud: None) -> Caller:
    return sign_up().at("mifumo/audience")


def test_a_new_contact_is_shown_as_documented(desk: Caller) -> None:
    answer = desk.post(PATH, JANE)

    assert (answer.status, answer.body["success"]) == (201, True)
    contact = answer.body["data"]
    assert FIELDS | {"upserted"} <= set(contact)
    assert contact["phone_e164"] == "+255787654321"
    assert (contact["email"], contact["tags"]) == ("jane@example.com", ["vip", "marketing"])
    assert (contact["is_opted_in"], contact["opt_in_at"], contact["upserted"]) == (False, None, False)
    shown = desk.get(f"{PATH}{contact['id']}/").body["data"]
    assert shown == {name: value for name, value in contact.items() if name != "upserted"}


def test_the_same_phone_again_updates_the_contact(desk: Caller) -> None:
    first = desk.post(PATH, JANE).body["data"]

    again = desk.post(PATH, {"phone_e164": JANE["phone_e164"], "attributes": {"tier": 2}, "tags": ["new"]})

    assert (again.status, again.body["data"]["upserted"]) == (200, True)
    assert again.body["data"]["id"] == first["id"]
    assert again.body["data"]["attributes"] == {**first["attributes"], "tier": 2}
    assert again.body["data"]["tags"] == ["vip", "marketing", "new"]


def test_what_is_wrong_is_told_by_field(desk: Caller) -> None:
    answer = desk.post(PATH, {"phone_e164": "12", "email": "jane", "attributes": {"a": {"b": 1}}})

    assert (answer.status, answer.body["success"]) == (400, False)
    assert set(answer.body["errors"]) == {"phone_e164", "email", "attributes.a"}


def test_a_client_may_send_back_what_it_got(desk: Caller) -> None:
    contact = desk.post(PATH, JANE).body["data"]

    assert desk.put(f"{PATH}{contact['id']}/", contact).body["data"]["updated_at"] == contact["updated_at"]


def test_somebody_opts_in_and_out(desk: Caller) -> None:
    contact = desk.post(PATH, JANE).body["data"]["id"]

    opted_in = desk.post(f"{PATH}{contact}/opt-in/").body
    opted_out = desk.post(f"{PATH}{contact}/opt-out/", {"reason": "User requested"}).body

    assert opted_in["message"] == "Contact opted in successfully"
    assert set(opted_in["data"]) == {"id", "is_opted_in", "opt_in_at"}
    assert opted_in["data"]["is_opted_in"] is True
    assert opted_out["message"] == "Contact opted out successfully"
    assert (opted_out["data"]["is_opted_in"], opted_out["data"]["opt_out_reason"]) == (False, "User requested")
    assert opted_out["data"]["opt_out_at"]


def test_a_list_goes_by_pages_with_what_was_asked_in_the_links(desk: Caller) -> None:
    for number in range(5):
        desk.post(PATH, {"phone_e164": f"+25570000000{number}", "tags": ["vip"] if number % 2 else []})
    follow_contacts()

    first = desk.get(f"{PATH}?page_size=2").body["data"]
    last = desk.get(f"{PATH}?page_size=2&page=3").body["data"]
    tagged = desk.get(f"{PATH}?tag=VIP&is_active=true&page_size=1").body["data"]

    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"] == f"{PUBLIC_URL}{PATH}?page_size=2&page=2"
    assert [contact["phone_e164"] for contact in first["results"]] == ["+255700000004", "+255700000003"]
    assert (last["next"], [contact["phone_e164"] for contact in last["results"]]) == (None, ["+255700000000"])
    assert (tagged["count"], tagged["next"]) == (
        2,
        f"{PUBLIC_URL}{PATH}?is_active=true&tag=vip&page_size=1&page=2",
    )


def test_a_deleted_contact_is_listed_no_more_and_can_come_back(desk: Caller) -> None:
    contact = desk.post(PATH, JANE).body["data"]["id"]

    assert desk.delete(f"{PATH}{contact}/").status == 200
    assert desk.get(f"{PATH}{contact}/").status == 404
    assert desk.get(PATH).body["data"]["count"] == 0
    assert desk.post(f"{PATH}{contact}/restore/").status == 200
    assert desk.get(PATH).body["data"]["count"] == 1
