"""Accounts are deleted: by their owners everywhere, by an administrator in their own organisation."""

import pytest

from herald.identity.composition import identity
from herald.identity.model import Role
from tests.support.cloud import queued_messages
from tests.support.erasing import QUEUE, erase_wholly, follow_departure, where_it_says
from tests.support.people import PASSWORD, SignedUp, accept, hire, invite, joined, sign_in, sign_up, try_to_sign_in
from tests.support.requests import Answer

OTHER = "grace@example.com"


@pytest.fixture
def admin(results_cloud: None) -> SignedUp:
    return sign_up()


def delete_own(account: SignedUp, *, password: str = PASSWORD) -> Answer:
    return account.at("platform/auth").post("/api/v1/auth/me/deletion", {"password": password})


def delete_member(admin: SignedUp, number: int) -> Answer:
    return admin.at("platform/users").delete(f"/api/v1/users/{number}/account")


def addresses_in_log(admin: SignedUp, actor: str) -> set[str]:
    entries = admin.at("platform/audit").get(f"/api/v1/admin/audit?actor={actor}&limit=100").body["entries"]
    return {entry["address"] for entry in entries}


def test_whoever_deletes_their_account_is_gone_at_once_and_everywhere(admin: SignedUp) -> None:
    other = sign_up("boss@example.com", name="Boss")
    member = joined(admin, OTHER)
    accept(invite(other, OTHER))
    key = identity().api_keys.generate(other.principal, key_id="key", name="Shop", scopes=[], days=None)
    identity().recovery.ask_for_reset(OTHER)
    elsewhere = sign_in(OTHER)

    assert delete_own(member).status == 200

    assert not member.is_signed_in()
    assert not elsewhere.is_signed_in()
    assert try_to_sign_in(OTHER).status == 401
    assert where_it_says(OTHER) == []
    assert identity().staff.members(admin.tenant_id)[0].user_id == admin.user_id
    assert len(identity().staff.members(other.tenant_id)) == 1
    assert identity().api_keys.verify(key[1]).owner == other.user_id


def test_the_audit_log_keeps_the_id_and_no_address(admin: SignedUp) -> None:
    member = joined(admin, OTHER)
    assert addresses_in_log(admin, member.user_id) != {""}

    delete_own(member)
    follow_departure(member.user_id, admin.tenant_id)

    assert addresses_in_log(admin, member.user_id) == {""}
    assert addresses_in_log(admin, admin.user_id) != {""}
    kept = [place for place in where_it_says(member.user_id) if place.startswith("IDENTITY")]
    assert all("#audit" in place for place in kept)


def test_the_address_is_free_for_whoever_comes_next(admin: SignedUp) -> None:
    delete_own(joined(admin, OTHER))

    assert sign_up(OTHER).is_signed_in()


def test_the_password_is_asked_for(admin: SignedUp) -> None:
    member = hire(admin, OTHER)

    answer = delete_own(member, password="another one")

    assert (answer.status, answer.body["error"]["details"]) == (400, {"password": "wrong"})
    assert member.is_signed_in()


def test_the_only_administrator_of_others_is_told_of_which_and_goes_once_there_is_another(admin: SignedUp) -> None:
    member = hire(admin, OTHER)

    refused = delete_own(admin)

    assert (refused.status, refused.error) == (409, "last_admin")
    assert refused.body["error"]["details"] == {"organisations": ["Amina Otieno"]}
    assert admin.is_signed_in()
    admin.at("platform/users").put(f"/api/v1/users/{member.number}", {"role": "ADMIN"})
    assert delete_own(admin).status == 200
    assert len(identity().staff.members(admin.tenant_id)) == 1


def test_an_organisation_that_nobody_else_belongs_to_is_erased_with_the_account(admin: SignedUp) -> None:
    assert delete_own(admin).status == 200

    assert [message["tenant_id"] for message in queued_messages(QUEUE)] == [admin.tenant_id]
    erase_wholly(admin.tenant_id)
    assert where_it_says(admin.email, admin.user_id) == []


def test_a_member_whose_only_place_is_here_loses_the_account_with_it(admin: SignedUp) -> None:
    member = hire(admin, OTHER, Role.ADMIN)
    _, key = identity().api_keys.generate(member.principal, key_id="key", name="Shop", scopes=[], days=None)

    assert delete_member(admin, member.number).body["message"] == "User deleted"

    assert not member.is_signed_in()
    assert try_to_sign_in(OTHER).status == 401
    assert where_it_says(OTHER) == []
    assert admin.at("mifumo/keys").get("/api/auth/api-keys/").body["data"] == []
    assert delete_member(admin, 2).status == 404
    assert key


def test_a_member_who_works_elsewhere_loses_this_place_only(admin: SignedUp) -> None:
    other = sign_up(OTHER)
    here = joined(admin, OTHER)

    assert delete_member(admin, here.number).status == 200

    assert not here.is_signed_in()
    assert other.is_signed_in()
    assert [own.tenant.tenant_id for own in identity().tenants.of_person(other.principal)] == [other.tenant_id]
    assert sign_in(OTHER).tenant_id == other.tenant_id
    follow_departure(other.user_id, admin.tenant_id)
    assert other.is_signed_in()


def test_a_place_that_nobody_has_taken_goes_with_its_invitation(admin: SignedUp) -> None:
    body = {"username": "grace.h", "email": OTHER, "role_id": 4, "password": "a Temporary 951 one"}
    created = admin.at("platform/users").post("/api/v1/users", body)
    token = invite(admin, OTHER)

    assert delete_member(admin, created.body["data"]["id"]).status == 200

    assert accept(token, name="Grace").status == 400
    assert where_it_says(OTHER, "grace.h") == []


def test_ones_own_account_is_not_deleted_as_a_members(admin: SignedUp) -> None:
    answer = delete_member(admin, admin.number)

    assert (answer.status, admin.is_signed_in()) == (409, True)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_deletes_a_member(admin: SignedUp, role: Role) -> None:
    assert delete_member(hire(admin, OTHER, role), admin.number).status == 403


def test_what_a_request_left_undone_that_died_is_done_later(admin: SignedUp) -> None:
    member = hire(admin, OTHER)
    identity().membership_store.remove(member.membership)

    follow_departure(member.user_id, admin.tenant_id)

    assert not member.is_signed_in()
    assert where_it_says(OTHER) == []


def test_whoever_did_not_leave_after_all_loses_nothing(admin: SignedUp) -> None:
    member = joined(admin, OTHER)

    follow_departure(member.user_id, admin.tenant_id)

    assert member.is_signed_in()
    assert addresses_in_log(admin, member.user_id) != {""}
