"""The operators' endpoints: every act of whoever runs the installation."""

import json

import pytest

from herald.adapters.aws.client import aws_client
from herald.settings import settings
from herald.values.ids import new_id
from tests.support.cloud import queued_messages
from tests.support.operators import ARN, operator
from tests.support.people import SignedUp, sign_up, visitor
from tests.support.requests import Caller

TENANTS = "/operator/v1/tenants"
LETTERS = "/operator/v1/dead-letters"


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


@pytest.fixture
def olga(admin: SignedUp) -> Caller:
    """Who runs the installation."""
    return operator()


def test_tenants_are_listed_page_by_page(admin: SignedUp, olga: Caller) -> None:
    other = sign_up("grace@greenfield.example")

    first = olga.get(f"{TENANTS}?limit=1").body
    second = olga.get(f"{TENANTS}?limit=1&cursor={first['next_cursor']}").body

    assert [tenant["id"] for page in (first, second) for tenant in page["tenants"]] == [
        admin.tenant_id,
        other.tenant_id,
    ]
    assert first["tenants"][0].keys() == {"id", "name", "number", "is_active", "created_at"}


def test_a_tenant_is_shown_with_its_limits_and_its_use(admin: SignedUp, olga: Caller) -> None:
    shown = olga.get(f"{TENANTS}/{admin.tenant_id}").body

    assert (shown["id"], shown["is_active"]) == (admin.tenant_id, True)
    assert {"name": "staff", "requests": 100, "published": 100, "seconds": 60, "is_agreed": False} in shown["limits"]
    assert shown["use"] == {"batches": 0, "reports": 0, "texts": 0, "downloads": 0, "updated_at": None}
    assert olga.get(f"{TENANTS}/{new_id()}").status == 404


def test_a_limit_that_was_lowered_holds_for_the_tenants_people(admin: SignedUp, olga: Caller) -> None:
    answer = olga.put(f"{TENANTS}/{admin.tenant_id}/limits", {"limits": {"staff": 2}})

    assert answer.status == 200
    assert {"name": "staff", "requests": 2, "published": 100, "seconds": 60, "is_agreed": True} in answer.body["limits"]
    assert olga.get(f"{TENANTS}/{admin.tenant_id}").body["limits"] == answer.body["limits"]
    audit = admin.at("platform/audit")
    statuses = [audit.get("/api/v1/admin/audit").status for _ in range(4)]
    assert statuses[-1] == 429


@pytest.mark.parametrize("body", [{}, {"limits": {"staff": 0}}, {"limits": {"text": 5}}, {"limits": {"staff": "many"}}])
def test_limits_that_cannot_be_are_refused(admin: SignedUp, olga: Caller, body: object) -> None:
    answer = olga.put(f"{TENANTS}/{admin.tenant_id}/limits", body)

    assert (answer.status, answer.error) == (400, "validation_error")
    assert not any(limit["is_agreed"] for limit in olga.get(f"{TENANTS}/{admin.tenant_id}").body["limits"])


def test_limits_of_a_tenant_that_is_not_there_are_not_set(olga: Caller) -> None:
    assert olga.put(f"{TENANTS}/{new_id()}/limits", {"limits": {"staff": 5}}).status == 404


def test_dead_letters_are_counted_shown_without_persons_and_sent_back(olga: Caller) -> None:
    lost = {"tenant_id": new_id(), "first_row": 2, "phone": "+12025550002", "custom_message": "Amina, look"}
    aws_client("sqs").send_message(QueueUrl=settings().deliveries_dead_letters_url, MessageBody=json.dumps(lost))

    queues = {queue["name"]: queue for queue in olga.get(LETTERS).body["queues"]}
    assert (queues["deliveries"]["depth"], queues["deliveries"]["can_be_replayed"]) == (1, True)
    [letter] = olga.get(f"{LETTERS}/deliveries").body["letters"]
    assert letter["content"] == {"tenant_id": lost["tenant_id"], "first_row": 2}
    assert olga.post(f"{LETTERS}/deliveries/replay", {}).body == {"replayed": 1, "kept": {}, "left": 0}
    assert queued_messages() == [lost]


def test_what_cannot_be_replayed_is_said_so(olga: Caller) -> None:
    refused = olga.post(f"{LETTERS}/follow-results/replay", {})

    assert (refused.status, refused.error) == (422, "not_replayable")
    assert olga.post(f"{LETTERS}/nothing/replay", {}).status == 404
    assert olga.get(f"{LETTERS}/nothing").status == 404
    assert olga.post(f"{LETTERS}/deliveries/replay", {"most": 101}).status == 400


def test_whatever_operators_did_can_be_read_and_reading_it_is_on_record(admin: SignedUp, olga: Caller) -> None:
    olga.put(f"{TENANTS}/{admin.tenant_id}/limits", {"limits": {"staff": 500}})
    olga.post(f"{LETTERS}/mails/replay", {})

    entries = olga.get("/operator/v1/audit?limit=10").body["entries"]

    assert {(entry["action"], *entry["record"]) for entry in entries} == {
        ("PUT /operator/v1/tenants/<tenant_id>/limits", admin.tenant_id),
        ("POST /operator/v1/dead-letters/<queue>/replay", "mails"),
    }
    assert {entry["actor"] for entry in entries} == {ARN}
    assert all(entry["request_id"] and entry["at"] and entry["address"] for entry in entries)
    [reading] = olga.get("/operator/v1/audit?action=GET").body["entries"]
    assert reading["action"] == "GET /operator/v1/audit"
    [change] = olga.get(f"/operator/v1/audit?record={admin.tenant_id}").body["entries"]
    assert change["action"].startswith("PUT")


def test_tenants_do_not_see_what_operators_did(admin: SignedUp, olga: Caller) -> None:
    olga.put(f"{TENANTS}/{admin.tenant_id}/limits", {"limits": {"staff": 500}})

    assert "operator" not in admin.at("platform/audit").get("/api/v1/admin/audit?limit=100").text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", TENANTS),
        ("GET", f"{TENANTS}/x"),
        ("PUT", f"{TENANTS}/x/limits"),
        ("GET", LETTERS),
        ("GET", f"{LETTERS}/mails"),
        ("POST", f"{LETTERS}/mails/replay"),
        ("GET", "/operator/v1/audit"),
    ],
)
def test_an_administrators_token_opens_nothing(admin: SignedUp, method: str, path: str) -> None:
    for caller in (admin.at("platform/operators"), visitor("platform/operators")):
        answer = caller.send(method, path, text="{}")

        assert (answer.status, answer.error) == (403, "not_signed")
