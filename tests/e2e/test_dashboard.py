"""The dashboard after a batch: its sums are exact, and it tells what happened."""

import pytest

from local.stack.running import RunningStack
from tests.support.carrier import CarrierControls
from tests.support.clinic import Clinic, Document, new_person
from tests.support.customer import Customer
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack

ADMIN = "/api/v1/admin"


def test_after_a_batch_every_number_is_what_its_reports_say(
    stack: RunningStack, clinic: Clinic, carrier: CarrierControls
) -> None:
    people = [new_person(f"Person {number}") for number in range(30)]
    refused, opener = people[3], people[7]
    batch = clinic.finished_batch([*people, new_person("No phone", phone="+12")])
    with carrier.behaving({"to": refused.phone, "answer": "unsubscribed"}):
        clinic.send_batch(batch["id"])
        reports = clinic.wait_for_deliveries(batch["id"])
    customer = Customer(stack.api_url, carrier.one_text_to(opener.phone))
    customer.open(opener.password)
    customer.http.post("/api/v1/customer/report/download").raise_for_status()

    summary = summary_once(clinic, delivered=29, opened=1)

    assert summary["batches"] == {"total": 1, "pending": 0, "processing": 0, "completed": 1, "failed": 0}
    assert summary["reports"] == {"total": 31, "pending": 0, "ready": 30, "failed": 1}
    by_status = [report["delivery"]["status"] for report in reports if report["status"] == "ready"]
    assert summary["deliveries"] == {name: by_status.count(name) for name in summary["deliveries"]}
    assert (summary["delivery_rate"], summary["opened"], summary["templates"]) == (0.9667, 1, 1)

    statistics = clinic.get(f"{ADMIN}/delivery/status", batch_id=batch["id"])
    assert (statistics["attempted"], statistics["by_status"]) == (30, summary["deliveries"])
    assert statistics["errors"] == [{"error_code": "21610", "reports": 1}]
    assert clinic.get(f"{ADMIN}/status/delivery")["delivered"] == 29
    assert clinic.get(f"{ADMIN}/status/reports")["ready"] == 30
    assert clinic.get(f"{ADMIN}/status/batch/{batch['id']}")["status"] == "completed"
    told = clinic.get(f"{ADMIN}/dashboard/activity")["activities"]
    assert [activity["kind"] for activity in told] == [
        "report_opened",
        "batch_completed",
        "batch_started",
        "batch_created",
        "template_created",
    ]


def summary_once(clinic: Clinic, *, delivered: int, opened: int) -> Document:
    """The summary once it has heard of so many; an exact one does not change after that."""
    return eventually(
        lambda: clinic.get(f"{ADMIN}/dashboard/summary"),
        until=lambda summary: summary["deliveries"]["delivered"] == delivered and summary["opened"] == opened,
        glance_seconds=0.5,
    )
