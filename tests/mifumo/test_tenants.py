"""Mifumo's tenants: seen, begun, renamed, and changed between."""

from uuid import UUID

import pytest

from herald.identity.model import Role
from tests.support.cloud import stored_items
from tests.support.people import SignedUp, hire, invite, joined, sign_in, sign_up, visitor

FIELDS = {"id", "name", "website", "industry", "role", "is_active", "is_current", "created_at"}


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def test_a_new_tenant_has_its_maker_as_administrator(admin: SignedUp) -> None:
    desk = admin.at("mifumo/tenants")

    answer = desk.post("/api/tenants/", {"name": "Greenfield", "website": "https://greenfield.example"})

    assert (answer.status, answer.body["success"], answer.body["status"]) == (201, True, 201)
    tenant = answer.body["data"]
    assert set(tenant) == FIELDS
    assert str(UUID(tenant["id"])) == tenant["id"]
    assert (tenant["name"], tenant["role"], tenant["is_current"]) == ("Greenfield", "ADMIN", False)
    assert desk.get(f"/api/tenants/{tenant['id']}/").body["data"] == tenant


def test_the_tenants_of_a_person_are_listed_in_the_order_of_joining(admin: SignedUp) -> None:
    other = sign_up("omar@example.com", name="Omar")
    admin.at("mifumo/tenants").post("/api/tenants", {"name": "Unseen"})
    here = joined(admin, other.email, Role.VIEWER)

    listed = here.at("mifumo/tenants").get("/api/tenants").body["data"]

    assert (listed["count"], listed["next"], listed["previous"]) == (2, None, None)
    assert [(tenant["name"], tenant["role"], tenant["is_current"]) for tenant in listed["results"]] == [
        ("Omar", "ADMIN", False),
        ("Amina Otieno", "VIEWER", True),
    ]


def test_a_tenant_is_changed_in_part(admin: SignedUp) -> None:
    path = f"/api/tenants/{admin.tenant_id}"

    changed = admin.at("mifumo/tenants").put(path, {"industry": "Health"})

    assert changed.status == 200
    assert (changed.body["data"]["name"], changed.body["data"]["industry"]) == ("Amina Otieno", "Health")
    assert admin.at("mifumo/tenants").get(path).body == changed.body


def test_switching_gives_a_token_for_the_other_and_keeps_this_one(admin: SignedUp) -> None:
    other = admin.at("mifumo/tenants").post("/api/tenants", {"name": "Other"}).body["data"]["id"]

    answer = admin.at("mifumo/tenants").post("/api/tenants/switch/", {"tenant_id": other})

    assert answer.status == 200
    assert set(answer.body["data"]) == {"access", "refresh", "expires_in", "tenant_id", "role"}
    there = visitor("platform/auth").with_token(answer.body["data"]["access"]).get("/api/v1/auth/me").body
    assert (there["id"], there["tenant_id"]) == (admin.user_id, other)
    assert admin.is_signed_in()
    assert sign_in(admin.email).tenant_id == other


def test_a_person_changes_any_tenant_that_they_administer_without_switching(admin: SignedUp) -> None:
    desk = admin.at("mifumo/tenants")
    other = desk.post("/api/tenants", {"name": "Other"}).body["data"]["id"]

    changed = desk.put(f"/api/tenants/{other}/", {"name": "Renamed"})

    assert (changed.status, changed.body["data"]["name"]) == (200, "Renamed")
    assert desk.get(f"/api/tenants/{other}").body == changed.body


def test_a_role_in_one_tenant_changes_nothing_in_another(admin: SignedUp) -> None:
    other = sign_up("omar@example.com")  # an administrator, of another tenant
    joined(admin, other.email, Role.VIEWER)

    refused = other.at("mifumo/tenants").put(f"/api/tenants/{admin.tenant_id}", {"name": "Mine"})

    assert (refused.status, refused.body["error_code"]) == (403, "PERMISSION_DENIED")


def test_a_token_for_one_tenant_does_not_manage_the_people_of_another(admin: SignedUp) -> None:
    desk = admin.at("mifumo/tenants")
    other = desk.post("/api/tenants", {"name": "Other"}).body["data"]["id"]

    assert desk.get(f"/api/tenants/{other}/invitations").status == 404


@pytest.mark.parametrize("let_go", [False, True])
def test_a_tenant_that_one_does_not_belong_to_is_not_there(let_go: bool, admin: SignedUp) -> None:  # noqa: FBT001 - a table of two
    other = sign_up("omar@example.com")
    if let_go:
        here = joined(admin, other.email)
        admin.at("platform/users").delete(f"/api/v1/users/{here.number}")
    desk = other.at("mifumo/tenants")

    refused = [
        desk.get(f"/api/tenants/{admin.tenant_id}"),
        desk.put(f"/api/tenants/{admin.tenant_id}", {"name": "Mine"}),
        desk.post("/api/tenants/switch", {"tenant_id": admin.tenant_id}),
        desk.get("/api/tenants/00000000-0000-0000-0000-000000000000"),
    ]

    assert [answer.status for answer in refused] == [404] * 4
    assert {answer.body["error_code"] for answer in refused} == {"NOT_FOUND"}
    assert [tenant["id"] for tenant in desk.get("/api/tenants").body["data"]["results"]] == [other.tenant_id]


def test_tokens_of_a_switch_are_not_kept_for_a_repeated_request(admin: SignedUp) -> None:
    desk, body = admin.at("mifumo/tenants"), {"tenant_id": admin.tenant_id}

    first = desk.post("/api/tenants/switch", body, idempotency_key="once")
    again = desk.post("/api/tenants/switch", body, idempotency_key="once")

    assert (first.status, again.status) == (200, 200)
    assert first.body["data"]["access"] not in str(stored_items("IDEMPOTENCY_TABLE"))


def test_an_invitation_is_sent_listed_and_revoked(admin: SignedUp) -> None:
    desk, path = admin.at("mifumo/tenants"), f"/api/tenants/{admin.tenant_id}/invitations"
    hire(admin, "amina@example.com")

    sent = desk.post(f"{path}/", {"email": " Bola@Example.com", "role": "MANAGER"})
    listed = desk.get(path)
    revoked = desk.delete(f"{path}/{sent.body['data']['id']}")

    assert sent.status == 201
    invitation = sent.body["data"]
    assert set(invitation) == {"id", "email", "role", "status", "invited_by", "created_at", "expires_at"}
    assert (invitation["email"], invitation["role"], invitation["status"]) == ("bola@example.com", "MANAGER", "open")
    assert listed.body["data"]["results"] == [invitation]
    assert (revoked.status, revoked.body["data"]) == (200, {"id": invitation["id"], "revoked": True})
    assert desk.get(path).body["data"]["results"][0]["status"] == "revoked"
    assert desk.delete(f"{path}/{invitation['id']}").status == 200


def test_an_accepted_invitation_cannot_be_revoked(admin: SignedUp) -> None:
    joined(admin, "bola@example.com")
    desk, path = admin.at("mifumo/tenants"), f"/api/tenants/{admin.tenant_id}/invitations"
    [invitation] = desk.get(path).body["data"]["results"]

    refused = desk.delete(f"{path}/{invitation['id']}")

    assert (refused.status, refused.body["error_code"]) == (409, "ACCEPTED_ALREADY")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"email": "nobody", "role": "AGENT"}, "email"), ({"email": "a@example.com", "role": "OWNER"}, "role")],
)
def test_an_invitation_that_will_not_do_names_the_field(body: dict[str, str], field: str, admin: SignedUp) -> None:
    answer = admin.at("mifumo/tenants").post(f"/api/tenants/{admin.tenant_id}/invitations", body)

    assert (answer.status, set(answer.body["errors"])) == (400, {field})


def test_a_stranger_accepts_without_signing_in_and_sees_the_tenant_then(admin: SignedUp) -> None:
    token = invite(admin, "bola@example.com")
    body = {"token": token, "name": "Bola", "password": "three brown otters"}

    answer = visitor("mifumo/tenants").post("/api/invitations/accept/", body)

    access = answer.body["data"]["access"]
    listed = visitor("mifumo/tenants").with_token(access).get("/api/tenants").body["data"]["results"]
    assert [tenant["id"] for tenant in listed] == [admin.tenant_id]
