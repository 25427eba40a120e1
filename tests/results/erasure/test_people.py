"""A person asks for it, and nothing that names them is left in the organisation's results."""

from dataclasses import replace

import pytest

from herald.errors import Invalid
from herald.results.batches.store import BatchStore
from herald.results.duplicates.store import PhoneIndex
from herald.results.erasure.model import ErasureRequest, PersonErasure, RowErasure
from herald.results.erasure.people import ErasingPeople, PersonErasures
from herald.results.erasure.service import Erasing
from herald.results.erasure.store import ErasureRequestStore
from herald.results.reports.model import Report
from herald.results.reports.service import Reports
from herald.results.reports.store import ReportStore
from herald.values.ids import new_id
from tests.support.cloud import stored_items
from tests.support.corrections import deletions
from tests.support.objects import keys_in
from tests.support.queues import RememberingQueue
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    all_reports,
    documents,
    machine,
    rendered_batch,
    reports_store,
    uploads,
)
from tests.support.workbook_reading import upload

PHONE = "+14155550123"
EMAIL = "amara@example.org"


@pytest.fixture
def queue() -> RememberingQueue:
    return RememberingQueue()


def of_person(report: Report, *, phone: str = "", email: str = "") -> Report:
    """A report that is for somebody in particular."""
    details = {"phone": phone or report.recipient.phone, "email": email}
    recipient = replace(report.recipient, **details)
    changed = replace(report, recipient=recipient, values={"name": recipient.name, **details})
    reports_store().put_many([changed])
    return changed


def erase(queue: RememberingQueue, *, phone: str = "", email: str = "", pages_per_message: int = 10) -> ErasureRequest:
    """Asks for it, and works off the queue."""
    requests = ErasureRequestStore()
    use_case = PersonErasures(requests, queue, clock=lambda: NOW)
    request = use_case.request(TENANT, new_id(), phone=phone, email=email)
    assert request.status == "running"
    people = ErasingPeople(
        requests,
        Reports(BatchStore(), ReportStore(), most_queries=1),
        deletions(queue),
        queue,
        pages_per_message=pages_per_message,
        clock=lambda: NOW,
    )
    erasing = Erasing(BatchStore(), ReportStore(), PhoneIndex(), documents(), uploads(), machine(), queue)
    while (message := queue.take()) is not None:
        if "erasure_id" in message:
            people.erase(PersonErasure.from_message(message))
        else:
            erasing.erase_row(RowErasure.from_message(message))
    return use_case.get(TENANT, request.erasure_id)


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ({"phone": "+1 (415) 555-0123"}, {"phone": PHONE}),
        ({"email": "Amara@Example.org"}, {"email": EMAIL}),
        ({"email": EMAIL}, {"email": " AMARA@example.ORG"}),
    ],
)
def test_every_report_of_a_person_goes_with_its_traces_whatever_its_batch(
    results_cloud: None, queue: RememberingQueue, asked: dict[str, str], held: dict[str, str]
) -> None:
    (first, (theirs, others)), (second, (also_theirs,)) = rendered_batch(2), rendered_batch(1)
    for report in (theirs, also_theirs):
        of_person(report, **held)
    upload(first, b"PK")

    done = erase(queue, phone=asked.get("phone", ""), email=asked.get("email", ""))

    assert (done.status, done.reports) == ("completed", 2)
    assert all_reports(first) == [others]
    assert all_reports(second) == []
    assert not [item for item in stored_items("RESULTS_TABLE") if PHONE in str(item) or EMAIL in str(item).lower()]
    assert [key for key in keys_in("documents-bucket") if "/pdf/" in key] == [others.pdf_key]
    assert keys_in("uploads-bucket") == []


def test_somebody_alike_and_another_organisations_reports_stay(results_cloud: None, queue: RememberingQueue) -> None:
    batch, (alike,) = rendered_batch(1)
    alike = of_person(alike, email=f"not.{EMAIL}")
    other_batch, (anothers,) = rendered_batch(1, tenant_id=OTHER_TENANT)
    anothers = of_person(anothers, email=EMAIL)

    assert erase(queue, email=EMAIL).reports == 0
    assert (all_reports(batch), all_reports(other_batch)) == ([alike], [anothers])


def test_it_goes_on_in_further_messages_until_all_was_looked_at(results_cloud: None, queue: RememberingQueue) -> None:
    for _ in range(3):
        _, (report,) = rendered_batch(1)
        of_person(report, phone=PHONE)

    done = erase(queue, phone=PHONE, pages_per_message=1)

    assert (done.status, done.reports) == ("completed", 3)


@pytest.mark.parametrize(
    "asked", [{}, {"phone": PHONE, "email": EMAIL}, {"phone": "nobody"}, {"email": "nobody"}, {"phone": "0712345678"}]
)
def test_it_must_be_said_whose_data(results_cloud: None, queue: RememberingQueue, asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        erase(queue, phone=asked.get("phone", ""), email=asked.get("email", ""))
    assert queue.messages == []
