"""An organisation is closed, opened again, and erased: through its real endpoints, with the permissions that it has."""

import json
from datetime import timedelta

import pytest

from herald.identity.closures.model import TenantErasure
from herald.values.clock import to_text, utc_now
from local.stack.running import RunningStack
from tests.support.clinic import PASSWORD, Clinic, new_person
from tests.support.customer import customer_of
from tests.support.engine import Engine
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack

CLOSURE = "/api/v1/admin/organisation/closure"
MEANT = {"name": "Greenfield Clinic", "password": PASSWORD}


def wait_for_status(clinic: Clinic, status: int) -> None:
    """Functions remember for a minute whether an organisation is open."""
    eventually(
        lambda: clinic.http.get("/api/v1/admin/templates").status_code,
        until=lambda answered: answered == status,
        glance_seconds=2,
        seconds=75,
    )


def traces_after_another_round(engine: Engine, clinic: Clinic) -> list[str]:
    """What is left of an organisation; the next round of its erasing, which would come minutes later, begins."""
    left = engine.traces_of(clinic.tenant_id, clinic.email)
    if len(left) > 1:
        engine.put_on_queue("TenantErasuresQueue", TenantErasure(clinic.tenant_id, 2).to_message())
    return left


def test_an_organisation_is_closed_opened_again_and_erased_with_all_that_it_has(
    stack: RunningStack, clinic: Clinic, engine: Engine
) -> None:
    person = new_person()
    customer = customer_of(stack, clinic, person)
    customer.open(person.password)
    [report] = clinic.get("/api/v1/admin/reports")["reports"]
    tomorrow = to_text(utc_now() + timedelta(days=1))
    clinic.post(f"/api/v1/admin/reports/{report['id']}/send", {"schedule_time": tomorrow})
    clinic.post(f"/api/tenants/{clinic.tenant_id}/invitations", {"email": f"x{clinic.email}", "role": "AGENT"})

    assert clinic.post(CLOSURE, MEANT)["status"] == "closed"
    wait_for_status(clinic, 403)
    withdrawn = eventually(
        lambda: customer.http.get("/api/v1/customer/report"),
        until=lambda answer: answer.status_code == 401,
        glance_seconds=4,
        seconds=75,
    )
    assert withdrawn.json()["error"]["code"] == "link_withdrawn"

    assert clinic.http.delete(CLOSURE).json()["status"] == "open"
    wait_for_status(clinic, 200)

    assert clinic.post(CLOSURE, MEANT | {"when": "now"})["status"] == "erasing"
    eventually(
        lambda: engine.traces_of(person.phone, f"{clinic.tenant_id}/"), until=lambda traces: not traces, seconds=90
    )
    [tombstone] = eventually(
        lambda: traces_after_another_round(engine, clinic), until=lambda traces: len(traces) == 1, glance_seconds=8
    )

    assert json.loads(tombstone)["name"] == {"S": ""}
    assert clinic.http.post("/api/v1/auth/login", json={"email": clinic.email, "password": PASSWORD}).status_code == 401


def test_whoever_deletes_their_account_is_gone_and_takes_an_organisation_of_their_own_along(
    clinic: Clinic, engine: Engine
) -> None:
    body = {"password": PASSWORD}

    assert clinic.http.post("/api/v1/auth/me/deletion", json=body).status_code == 200

    assert clinic.http.get("/api/v1/auth/me").status_code == 401
    assert clinic.http.post("/api/v1/auth/login", json={"email": clinic.email} | body).status_code == 401
    eventually(lambda: engine.traces_of(clinic.email), until=lambda traces: not traces, seconds=60)
