"""iPerform's sign-in: its documented bodies, with HTTP's own statuses."""

from typing import Any

import pytest

from herald.identity.accounts.store import PersonRow
from herald.identity.model import Role
from herald.identity.store import person_partition
from tests.support.people import EMAIL, PASSWORD, SignedUp, hire, joined, sign_up, visitor
from tests.support.requests import Answer

DOCUMENTED = {"status", "token", "user_id", "role", "company_id", "expires_in"}
ERROR = {"status", "message", "error", "details"}


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def i_auth(username: str, *, password: str = PASSWORD, **more: Any) -> Answer:
    body = {"username": username, "password": password, "user_agent": "Mozilla/5.0", "authflow": "jwt"} | more
    return visitor("iperform/auth").post("/api/v1/i_auth", body)


def ex_auth(username: str, company_id: object, *, password: str = PASSWORD) -> Answer:
    body = {"username": username, "password": password, "company_id": company_id}
    return visitor("iperform/auth").post("/api/v1/ex_auth", body)


def test_signing_in_gives_role_and_company(admin: SignedUp) -> None:
    seller = hire(admin, "john@example.com", Role.SALESPERSON)

    answer = i_auth(seller.email)

    assert answer.status == 200
    assert set(answer.body) == DOCUMENTED | {"refresh_token"}
    shown = {name: answer.body[name] for name in ("status", "user_id", "role", "company_id", "expires_in")}
    assert shown == {
        "status": 200,
        "user_id": 2,
        "role": "SALESPERSON",
        "company_id": admin.company_id,
        "expires_in": 86_400,
    }


def test_the_optional_fields_can_be_left_out(admin: SignedUp) -> None:
    answer = visitor("iperform/auth").post("/api/v1/i_auth/", {"username": admin.email, "password": PASSWORD})

    assert answer.status == 200


@pytest.mark.parametrize(
    ("username", "password"), [("nobody@example.com", PASSWORD), ("nobody", PASSWORD), (EMAIL, "wrong")]
)
def test_an_unknown_user_and_a_wrong_password_are_one_answer(username: str, password: str, admin: SignedUp) -> None:
    answer = i_auth(username, password=password)

    assert (answer.status, answer.body["status"]) == (401, 500)
    assert set(answer.body) == ERROR
    assert answer.body["error"] == "The e-mail address or the password is wrong."


def test_an_inactive_user_is_told_500_and_a_suspended_one_505(admin: SignedUp) -> None:
    inactive, suspended = hire(admin, "john@example.com"), hire(admin, "jane@example.com")
    admin.at("platform/users").delete(f"/api/v1/users/{inactive.number}")
    PersonRow(person_partition(suspended.user_id), "person").update(actions=[PersonRow.suspended.set(True)])

    assert (i_auth(inactive.email).status, i_auth(inactive.email).body["status"]) == (401, 500)
    assert (i_auth(suspended.email).status, i_auth(suspended.email).body["status"]) == (401, 505)


def test_whether_an_account_is_suspended_is_told_only_with_its_password(admin: SignedUp) -> None:
    suspended = hire(admin, "jane@example.com")
    PersonRow(person_partition(suspended.user_id), "person").update(actions=[PersonRow.suspended.set(True)])

    assert i_auth(suspended.email, password="wrong").body == i_auth("nobody@example.com").body


def test_an_extractor_enters_the_company_that_it_names(admin: SignedUp) -> None:
    other = sign_up("omar@example.com")
    joined(admin, other.email, Role.INTEGRATION)

    at_home, here = ex_auth(other.email, other.company_id), ex_auth(other.email, admin.company_id)

    assert (at_home.body["company_id"], at_home.body["role"]) == (other.company_id, "ADMIN")
    assert (here.body["company_id"], here.body["role"], here.body["user_id"]) == (admin.company_id, "INTEGRATION", 2)


def test_a_company_of_others_and_none_at_all_look_like_a_wrong_password(admin: SignedUp) -> None:
    other = sign_up("omar@example.com")
    wrong = ex_auth(admin.email, admin.company_id, password="wrong")

    for company_id in (other.company_id, 999):
        answer = ex_auth(admin.email, company_id)
        assert (answer.status, answer.body) == (wrong.status, wrong.body)


@pytest.mark.parametrize("company_id", [None, "x", 0, -1, 10**40])
def test_what_is_no_company_is_refused(company_id: object, admin: SignedUp) -> None:
    answer = ex_auth(admin.email, company_id)

    assert answer.status in {400, 401}
    assert set(answer.body) == ERROR


def test_signing_out_ends_the_session(admin: SignedUp) -> None:
    answer = admin.at("iperform/auth").post("/api/v1/logout")

    assert (answer.status, answer.body["status"]) == (200, 200)
    assert not admin.is_signed_in()


def test_signing_out_needs_a_session(cloud: None) -> None:
    answer = visitor("iperform/auth").post("/api/v1/logout")

    assert (answer.status, answer.body["status"]) == (401, 401)
