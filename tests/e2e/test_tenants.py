"""A second tenant reaches nothing of the first, by any operation of the API's document that names something by id."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from herald.values.ids import new_id
from local.stack.running import ROOT, RunningStack
from tests.support.carrier import CarrierControls
from tests.support.clinic import PASSWORD, Clinic, new_person
from tests.support.customer import Customer
from tests.support.engine import Engine

pytestmark = pytest.mark.stack

_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Operation:
    """One operation of the API, and the smallest body that its schema lets through."""

    method: str
    path: str
    body: Any

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations_on_what_belongs_to_a_tenant() -> list[Operation]:
    """Every operation for staff that names something by an id in its path."""
    document = json.loads((ROOT / "openapi" / "herald.json").read_text())
    return [
        Operation(method, path, _smallest_body(operations[method], document["components"]["schemas"]))
        for path, operations in document["paths"].items()
        for method in _METHODS
        if _PARAMETER.search(path) and {"staff": []} in operations.get(method, {}).get("security", [])
    ]


def _smallest_body(operation: dict[str, Any], schemas: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _smallest(content["schema"], schemas) if content else None


def _smallest(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _smallest(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema or "allOf" in schema:
        return _smallest((schema.get("anyOf") or schema["allOf"])[0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _smallest(schema["properties"][name], schemas) for name in schema.get("required", [])}
    return {"integer": 1, "number": 1, "boolean": False, "array": []}.get(schema.get("type", ""), "someone@example.org")


@dataclass(frozen=True)
class Possessions:
    """What the first tenant has: an id for each kind of path parameter, and somebody who got a report."""

    ids: dict[str, str]
    customer: Customer


@pytest.fixture(scope="module")
def first(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Possessions:
    clinic = Clinic(stack, tmp_path_factory.mktemp("first"))
    person = new_person()
    batch = clinic.finished_batch([person])
    clinic.send_batch(batch["id"])
    [report] = clinic.wait_for_deliveries(batch["id"])
    customer = Customer(stack.api_url, CarrierControls(stack.carrier_url).one_text_to(person.phone))
    Engine(stack).forget_requests_of_this_address()
    customer.open(person.password)
    colleague = {"username": new_name(), "email": f"{new_name()}@example.org", "password": PASSWORD, "role": "AGENT"}
    invited = {"email": f"{new_name()}@example.org", "role": "AGENT"}
    invitation = clinic.post(f"/api/tenants/{clinic.tenant_id}/invitations", invited)["data"]
    ids = {
        "batch_id": batch["id"],
        "report_id": report["id"],
        "template_id": batch["template_id"],
        "tenant_id": clinic.tenant_id,
        "user_id": str(clinic.post("/api/v1/users", colleague)["data"]["id"]),
        "invitation_id": invitation["id"],
        "erasure_id": clinic.post("/api/v1/admin/erasures", {"email": "nobody@example.org"})["id"],
        "contact_id": clinic.post("/api/messaging/contacts/", {"phone_e164": "+255700000001"})["data"]["id"],
        "session_id": clinic.get("/api/v1/auth/sessions")["sessions"][0]["id"],
    }
    return Possessions(ids, customer)


def new_name() -> str:
    """A name that nobody has."""
    return f"person-{new_id()}"


@pytest.fixture(scope="module")
def second(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return Clinic(stack, tmp_path_factory.mktemp("second"))


def filled(path: str, ids: dict[str, str]) -> str:
    """A path with its parameters; a new kind of parameter must be taught to `first`."""
    return _PARAMETER.sub(lambda parameter: ids[parameter[1]], path)


def in_words_of_code(text: str) -> str:
    """An answer in which a sentence such as iPerform's "Not found" reads like the code of the other contracts."""
    return text.lower().replace("not found", "not_found")


@pytest.mark.parametrize("operation", operations_on_what_belongs_to_a_tenant(), ids=str)
def test_what_another_tenant_has_does_not_exist(operation: Operation, first: Possessions, second: Clinic) -> None:
    answer = second.http.request(operation.method, filled(operation.path, first.ids), json=operation.body)

    assert answer.status_code == 404, answer.text
    assert "not_found" in in_words_of_code(answer.text)


@pytest.mark.parametrize("operation", operations_on_what_belongs_to_a_tenant(), ids=str)
def test_a_customer_reaches_nothing_of_the_staff(operation: Operation, first: Possessions) -> None:
    answer = first.customer.http.request(operation.method, filled(operation.path, first.ids), json=operation.body)

    assert answer.status_code == 401, answer.text
    assert {"auth_required", "unauthorized"} & set(re.findall(r"\w+", in_words_of_code(answer.text)))


def test_the_lists_of_another_tenant_are_empty(first: Possessions, second: Clinic) -> None:
    assert second.get("/api/v1/admin/batches") == {"batches": [], "next_cursor": None}
    assert second.get("/api/v1/admin/templates") == {"templates": [], "next_cursor": None}
    assert second.get("/api/v1/admin/reports") == {"reports": [], "next_cursor": None}


def test_the_reports_of_another_tenants_batch_are_not_to_be_found(first: Possessions, second: Clinic) -> None:
    answer = second.http.get("/api/v1/admin/reports", params={"batch_id": first.ids["batch_id"]})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_sums_of_another_tenant_are_nobody_elses(first: Possessions, second: Clinic) -> None:
    answer = second.http.get("/api/v1/admin/delivery/status", params={"batch_id": first.ids["batch_id"]})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert second.get("/api/v1/admin/dashboard/summary")["reports"]["total"] == 0
    assert second.get("/api/v1/admin/status/delivery")["delivered"] == 0
    assert second.get("/api/v1/admin/status/reports")["total"] == 0
    told = second.get("/api/v1/admin/dashboard/activity", limit=100)["activities"]
    assert first.ids["batch_id"] not in {activity["batch_id"] for activity in told}


def test_a_batch_cannot_be_made_from_the_template_of_another_tenant(first: Possessions, second: Clinic) -> None:
    body = {"name": "Stolen", "template_id": first.ids["template_id"]}

    answer = second.http.post("/api/v1/admin/batches", json=body)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_cursor_of_another_tenant_leads_nowhere(stack: RunningStack, second: Clinic, tmp_path: Path) -> None:
    owner = Clinic(stack, tmp_path)
    for _ in range(3):
        owner.upload_template()
    cursor = owner.get("/api/v1/admin/templates", limit=1)["next_cursor"]

    answer = second.http.get("/api/v1/admin/templates", params={"cursor": cursor})

    assert answer.status_code in {200, 400}, answer.text
    assert answer.json().get("templates", []) == []


def test_the_same_idempotency_key_is_another_key_for_another_tenant(
    stack: RunningStack, second: Clinic, tmp_path: Path
) -> None:
    owner = Clinic(stack, tmp_path)
    mine, theirs = owner.upload_template()["id"], second.upload_template()["id"]

    first_batch = owner.post("/api/v1/admin/batches", {"name": "A", "template_id": mine}, Idempotency_Key="november")
    second_batch = second.post(
        "/api/v1/admin/batches", {"name": "B", "template_id": theirs}, Idempotency_Key="november"
    )

    assert first_batch["id"] != second_batch["id"]
    assert (first_batch["name"], second_batch["name"]) == ("A", "B")


def test_staff_do_not_pass_for_customers(second: Clinic) -> None:
    answer = second.http.get("/api/v1/customer/report")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "auth_required"
