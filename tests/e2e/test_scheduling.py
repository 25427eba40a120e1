"""What is sent at a later time goes out by itself; what was taken back does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.carrier import CarrierControls
from tests.support.clinic import Clinic, new_person

pytestmark = pytest.mark.stack


def test_two_reports_are_scheduled_one_is_taken_back_and_the_other_is_sent_by_itself(
    clinic: Clinic, carrier: CarrierControls
) -> None:
    sent, kept = new_person(), replace(new_person(), password=None)
    batch = clinic.finished_batch([sent, kept])
    [report, other] = clinic.reports(batch["id"])
    soon = {"schedule_time": (datetime.now(UTC) + timedelta(seconds=15)).isoformat()}

    scheduled = clinic.post(f"/api/v1/admin/reports/{report['id']}/send", soon)
    clinic.post(f"/api/v1/admin/reports/{other['id']}/send", soon)
    taken_back = clinic.http.delete(f"/api/v1/admin/reports/{other['id']}/send")

    assert (scheduled["status"], taken_back.status_code) == ("scheduled", 204)
    waiting = clinic.get(f"/api/v1/admin/reports/{report['id']}")["delivery"]
    assert (waiting["status"], waiting["scheduled_for"]) == ("scheduled", scheduled["scheduled_for"])
    assert carrier.texts_to(sent.phone) == []

    first, second = clinic.wait_for_deliveries(batch["id"], {"delivered", "not_sent"})
    assert (first["delivery"]["status"], second["delivery"]["status"]) == ("delivered", "not_sent")
    carrier.one_text_to(sent.phone)
    assert carrier.texts_to(kept.phone) == []


def test_a_batch_without_passwords_is_given_them_and_then_sent_at_its_time(
    clinic: Clinic, carrier: CarrierControls
) -> None:
    people = [replace(new_person(), password=None) for _ in range(2)]
    batch = clinic.finished_batch(people)
    path = f"/api/v1/admin/batches/{batch['id']}"

    made = clinic.post(f"{path}/passwords")["passwords"]
    soon = {"schedule_time": (datetime.now(UTC) + timedelta(seconds=10)).isoformat(), "custom_message": "{{ fee }}"}
    scheduled = clinic.post(f"{path}/send", soon)

    assert [shown["phone"] for shown in made] == [person.phone for person in people]
    assert (scheduled["status"], scheduled["reports"]) == ("scheduled", 2)
    clinic.wait_for_deliveries(batch["id"], {"delivered"})
    for person in people:
        assert carrier.one_text_to(person.phone)["body"].startswith("42.5 http")
