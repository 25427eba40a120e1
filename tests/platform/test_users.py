"""``/api/v1/users``: iPerform's staff, at a path that Event Stream's audience shares."""

from typing import Any

import pytest

from herald.identity.model import Role
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, PASSWORD, SignedUp, accept, hire, sign_up, try_to_sign_in, visitor

FIELDS = {
    "id",
    "username",
    "email",
    "name",
    "phone",
    "role",
    "role_id",
    "company_id",
    "is_active",
    "created_on",
}
SHARED_ERROR = {"status", "details", "error", "message", "timestamp", "request_id"}


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def documented(company_id: int, **changed: object) -> dict[str, Any]:
    """iPerform's example of a new user."""
    return {
        "username": "john.smith",
        "email": "john.smith@example.com",
        "company_id": company_id,
        "role_id": 3,
        "password": PASSWORD,
    } | changed


def test_a_user_is_created_as_documented(admin: SignedUp) -> None:
    answer = admin.at("platform/users").post("/api/v1/users", documented(admin.company_id))

    assert answer.status == 201
    assert set(answer.body) == {"status", "message", "data", "timestamp"}
    assert answer.body["status"] == 201
    user = answer.body["data"]
    assert set(user) == FIELDS
    assert (user["id"], user["role"], user["role_id"]) == (2, "SALESPERSON", 3)
    assert (user["company_id"], user["is_active"]) == (admin.company_id, True)


def test_a_created_user_comes_by_the_mail_and_signs_in_by_either_name(admin: SignedUp) -> None:
    admin.at("platform/users").post("/api/v1/users", documented(admin.company_id))

    [mail] = [mail for mail in deliver_mails() if mail.to == "john.smith@example.com"]
    assert accept(mail.token, password=BETTER).status == 200

    for login in ("john.smith", "john.smith@example.com"):
        credentials = {"username": login, "password": BETTER}
        signed_in = visitor("iperform/auth").post("/api/v1/i_auth", credentials).body
        assert (signed_in["user_id"], signed_in["role"]) == (2, "SALESPERSON")


@pytest.mark.parametrize(
    ("role_id", "role"),
    [(1, "ADMIN"), (2, "MANAGER"), (3, "SALESPERSON"), (4, "AGENT"), (5, "VIEWER"), (6, "INTEGRATION")],
)
def test_each_role_has_a_number_and_a_name(role_id: int, role: str, admin: SignedUp) -> None:
    by_number = admin.at("platform/users").post("/api/v1/users", documented(admin.company_id, role_id=role_id))
    body = documented(admin.company_id, username="jane", email="jane@example.com", role=role)
    del body["role_id"]
    by_name = admin.at("platform/users").post("/api/v1/users", body)

    for answer in (by_number, by_name):
        assert (answer.body["data"]["role"], answer.body["data"]["role_id"]) == (role, role_id)


def test_the_staff_is_listed_a_page_at_a_time(admin: SignedUp) -> None:
    for number in range(4):
        hire(admin, f"agent-{number}@example.com")

    answer = admin.at("platform/users").get(f"/api/v1/users?company_id={admin.company_id}&page=2&limit=2")

    assert answer.status == 200
    body = answer.body
    assert {name: body[name] for name in ("status", "count", "page", "limit", "total")} == {
        "status": 200,
        "count": 2,
        "page": 2,
        "limit": 2,
        "total": 5,
    }
    assert [user["id"] for user in body["data"]] == [3, 4]
    assert set(body["data"][0]) == FIELDS
    assert (answer.headers["x-total-count"], answer.headers["x-page-count"]) == ("5", "3")
    assert answer.headers["content-type"] == "application/json"


def test_the_staff_is_listed_by_role_and_activity(admin: SignedUp) -> None:
    agent, viewer = hire(admin, "a@example.com", Role.AGENT), hire(admin, "v@example.com", Role.VIEWER)
    admin.at("platform/users").delete(f"/api/v1/users/{viewer.number}")

    def listed(query: str) -> list[int]:
        return [user["id"] for user in admin.at("platform/users").get(f"/api/v1/users?{query}").body["data"]]

    assert listed("role=AGENT") == [agent.number]
    assert listed("active=1") == [admin.number, agent.number]
    assert listed("active=0") == [viewer.number]
    assert listed("role=AGENT&active=0") == []


def test_a_user_is_changed_in_part_and_the_rest_stays(admin: SignedUp) -> None:
    agent = hire(admin, "amina@example.com")
    path = f"/api/v1/users/{agent.number}"

    answer = admin.at("platform/users").put(path, {"role_id": 2, "name": "Amina A.", "email": "amina@example.com"})

    assert answer.status == 200
    assert (answer.body["data"]["role"], answer.body["data"]["name"]) == ("MANAGER", "Amina A.")
    assert answer.body["data"]["is_active"] is True
    assert not agent.is_signed_in()


def test_a_user_is_deactivated_and_activated_again(admin: SignedUp) -> None:
    agent = hire(admin, "amina@example.com")
    path = f"/api/v1/users/{agent.number}"

    gone = admin.at("platform/users").delete(path)

    assert (gone.status, gone.body["status"], gone.body["data"]) == (200, 200, None)
    assert not agent.is_signed_in()
    assert admin.at("platform/users").delete(path).status == 200
    assert admin.at("platform/users").put(path, {"is_active": True}).status == 200
    assert try_to_sign_in(agent.email).status == 200


def test_a_user_updates_themselves_but_neither_their_role_nor_others(admin: SignedUp) -> None:
    agent = hire(admin, "amina@example.com")
    own = agent.at("platform/users").put(f"/api/v1/users/{agent.number}", {"phone": "+14155550100"})
    role = agent.at("platform/users").put(f"/api/v1/users/{agent.number}", {"role_id": 1})
    other = agent.at("platform/users").put(f"/api/v1/users/{admin.number}", {"name": "Renamed"})
    gone = agent.at("platform/users").delete(f"/api/v1/users/{admin.number}")

    assert (own.status, own.body["data"]["phone"]) == (200, "+14155550100")
    for refused in (role, other, gone):
        assert refused.status == 403
        assert set(refused.body) == {"status", "message", "error", "details"}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"role_id": 7}, {"role_id"}),
        ({"role_id": None}, {"role_id"}),
        ({"email": "nobody"}, {"email"}),
        ({"email": ""}, {"email"}),
        ({"password": "short"}, {"password"}),
        ({"password": "john.smith"}, {"password"}),
        ({"username": "no spaces"}, {"username"}),
        ({"username": "", "password": ""}, {"username", "password"}),
    ],
)
def test_a_new_user_that_will_not_do_names_the_fields(
    changed: dict[str, object], fields: set[str], admin: SignedUp
) -> None:
    answer = admin.at("platform/users").post("/api/v1/users", documented(admin.company_id, **changed))

    assert answer.status == 400
    assert set(answer.body["details"]) == fields
    assert set(answer.body) - {"field"} == SHARED_ERROR


@pytest.mark.parametrize("changes", [{"email": "new@example.com"}, {"username": "new.name"}, {"password": PASSWORD}])
def test_logins_and_passwords_are_not_changed_by_others(changes: dict[str, str], admin: SignedUp) -> None:
    agent = hire(admin, "amina@example.com")

    answer = admin.at("platform/users").put(f"/api/v1/users/{agent.number}", changes)

    assert (answer.status, set(answer.body["details"])) == (400, set(changes))


def test_another_company_is_nobodys(admin: SignedUp) -> None:
    stranger = sign_up("omar@example.com")
    agent = hire(admin, "amina@example.com")
    desk = stranger.at("platform/users")

    assert desk.get(f"/api/v1/users?company_id={admin.company_id}").status == 404
    assert desk.post("/api/v1/users", documented(admin.company_id)).status == 404
    assert desk.put(f"/api/v1/users/{agent.number}", {"name": "Renamed"}).status == 404
    assert desk.delete(f"/api/v1/users/{agent.number}").status == 404
    own = desk.get("/api/v1/users?active=1").body["data"]
    assert [user["email"] for user in own] == ["omar@example.com"]


@pytest.mark.parametrize("user_id", ["0", "99", "x", "1x", "٣", "9" * 11, "-1"])
def test_what_is_no_number_of_a_user_is_nobody_in_iperforms_words(user_id: str, admin: SignedUp) -> None:
    answer = admin.at("platform/users").delete(f"/api/v1/users/{user_id}")

    assert answer.status == 404
    assert set(answer.body) == {"status", "message", "error", "details"}


@pytest.mark.parametrize("phone", ["+14155551234", "%2B14155551234", "%2b14155551234"])
def test_somebody_by_phone_number_is_of_the_audience_which_is_not_served_yet(phone: str, admin: SignedUp) -> None:
    for answer in (
        admin.at("platform/users").put(f"/api/v1/users/{phone}", {"name": "A"}),
        admin.at("platform/users").delete(f"/api/v1/users/{phone}"),
        admin.at("platform/users").get(f"/api/v1/users/{phone}"),
    ):
        assert answer.status == 404
        assert set(answer.body) - {"details"} == {"error", "message", "timestamp", "request_id"}
        assert answer.body["error"] == "not_found"


def test_a_plain_list_and_a_phone_number_are_the_audiences_too(admin: SignedUp) -> None:
    desk = admin.at("platform/users")

    for answer in (desk.get("/api/v1/users"), desk.post("/api/v1/users", {"phone_e164": "+14155551234"})):
        assert answer.status == 404
        assert set(answer.body) == SHARED_ERROR
        assert (answer.body["status"], answer.body["error"]) == (404, "not_found")


def test_a_stranger_signs_in_first(cloud: None) -> None:
    answer = visitor("platform/users").get("/api/v1/users?active=1")

    assert (answer.status, answer.body["error"], answer.body["status"]) == (401, "auth_required", 401)


def test_the_same_key_creates_one_user(admin: SignedUp) -> None:
    desk, body = admin.at("platform/users"), documented(admin.company_id)

    first = desk.post("/api/v1/users", body, idempotency_key="once")
    again = desk.post("/api/v1/users", body, idempotency_key="once")

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
