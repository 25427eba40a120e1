"""The dashboard over HTTP: what it shows follows from the batches, and is its tenant's own."""

from datetime import datetime
from typing import Any

import pytest

from herald.results.batches.model import BatchStatus
from herald.results.reports.model import DeliveryStatus
from herald.storage import dynamodb_client
from tests.support.events import BATCH, STRANGER, TEMPLATE, staff_token
from tests.support.functions import ask_sample
from tests.support.requests import Answer
from tests.support.results import add_batch, add_template, rendered_batch
from tests.support.stream import TableStream, deliver, set_status, tell

ALL_SAMPLES = (
    "summary",
    "activity",
    "delivery_statistics",
    "delivery_statistics_of_batch",
    "delivery_for_pollers",
    "reports_for_pollers",
)
NO_DELIVERIES = dict.fromkeys([status.value for status in DeliveryStatus], 0)


@pytest.fixture
def stream(results_cloud: None) -> TableStream:
    return TableStream()


@pytest.fixture
def practice(stream: TableStream) -> None:
    """A tenant with one batch of three reports, one of them delivered, one refused, and another batch."""
    _, reports = rendered_batch(3, batch=add_batch(add_template(identifier=TEMPLATE), identifier=BATCH))
    deliver(reports[0], DeliveryStatus.DELIVERED)
    deliver(reports[1], DeliveryStatus.FAILED, error_code="21610")
    rendered_batch(2)
    tell(stream.new_records())


def shown(sample: str, **options: Any) -> dict[str, Any]:
    answer = ask_sample(f"resultflow/dashboard/{sample}", token=staff_token(), **options)
    assert answer.status == 200, answer.text
    return answer.body


def test_the_summary_counts_what_there_is(practice: None) -> None:
    summary = shown("summary")

    moment = summary.pop("updated_at")
    assert datetime.fromisoformat(moment).tzinfo is not None
    assert summary == {
        "batches": {"total": 2, "pending": 0, "processing": 0, "completed": 2, "failed": 0},
        "reports": {"total": 5, "pending": 0, "ready": 5, "failed": 0},
        "deliveries": {**NO_DELIVERIES, "not_sent": 3, "delivered": 1, "failed": 1},
        "delivery_rate": 0.5,
        "opened": 0,
        "downloads": 0,
        "templates": 2,
    }


def test_delivery_statistics_are_of_all_batches_or_of_one(practice: None) -> None:
    everything, one = shown("delivery_statistics"), shown("delivery_statistics_of_batch")

    assert (everything["batch_id"], one["batch_id"]) == (None, BATCH)
    assert everything["by_status"]["not_sent"] == 3
    assert one["by_status"] == {**NO_DELIVERIES, "not_sent": 1, "delivered": 1, "failed": 1}
    assert (one["attempted"], one["delivery_rate"]) == (2, 0.5)
    assert one["errors"] == [{"error_code": "21610", "reports": 1}]


def test_pollers_get_counts_and_when_they_changed(practice: None) -> None:
    deliveries, reports = shown("delivery_for_pollers"), shown("reports_for_pollers")

    assert deliveries.keys() == {*NO_DELIVERIES, "updated_at"}
    assert deliveries["delivered"] == 1
    assert reports.keys() == {"total", "pending", "ready", "failed", "updated_at"}
    assert (reports["total"], reports["ready"]) == (5, 5)


@pytest.mark.parametrize("sample", ["delivery_for_pollers", "reports_for_pollers"])
def test_polling_reads_one_item_of_the_results(practice: None, sample: str) -> None:
    shown(sample)
    reads: list[str] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        if b"RESULTS_TABLE" in params["body"]:
            reads.append(str(model.name))

    dynamodb_client().meta.events.register("before-call.dynamodb", note)
    shown(sample)

    assert reads == ["GetItem"]


def test_activity_comes_newest_first_and_in_pages(practice: None, stream: TableStream) -> None:
    whole = shown("activity")["activities"]
    first = shown("activity", path=("limit=20", "limit=1"))
    second = shown("activity", path=("limit=20", f"limit=1&cursor={first['next_cursor']}"))

    assert [*first["activities"], *second["activities"]] == whole[:2]
    assert {activity["kind"] for activity in whole} >= {"batch_created", "template_created"}
    named = next(activity for activity in whole if activity["batch_id"] == BATCH)
    assert named["name"] == "November"
    assert named.keys() == {"kind", "at", "name", "batch_id", "template_id", "report_id"}


def test_a_tenant_without_anything_sees_noughts(results_cloud: None) -> None:
    summary = shown("summary")

    assert (summary["reports"]["total"], summary["delivery_rate"], summary["updated_at"]) == (0, None, None)
    assert shown("activity") == {"activities": [], "next_cursor": None}
    assert shown("delivery_statistics")["errors"] == []


def ask_as_stranger(sample: str) -> Answer:
    return ask_sample(f"resultflow/dashboard/{sample}", token=staff_token(STRANGER))


def test_another_tenant_sees_nothing_of_it(practice: None) -> None:
    assert ask_as_stranger("summary").body["reports"]["total"] == 0
    assert ask_as_stranger("activity").body == {"activities": [], "next_cursor": None}
    assert ask_as_stranger("delivery_statistics").body["attempted"] == 0
    assert ask_as_stranger("delivery_for_pollers").body["delivered"] == 0
    assert ask_as_stranger("reports_for_pollers").body["total"] == 0


def test_the_statistics_of_another_tenants_batch_are_not_to_be_found(practice: None) -> None:
    answer = ask_as_stranger("delivery_statistics_of_batch")

    assert (answer.status, answer.error) == (404, "not_found")


def test_a_batch_that_is_being_deleted_has_no_statistics(practice: None) -> None:
    set_status(BATCH, BatchStatus.DELETED)

    answer = ask_sample("resultflow/dashboard/delivery_statistics_of_batch", token=staff_token())

    assert (answer.status, answer.error) == (404, "not_found")


@pytest.mark.parametrize("sample", ALL_SAMPLES)
def test_a_stranger_is_asked_to_sign_in(results_cloud: None, sample: str) -> None:
    answer = ask_sample(f"resultflow/dashboard/{sample}")

    assert (answer.status, answer.error) == (401, "auth_required")


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_limit_out_of_bounds_is_refused(results_cloud: None, limit: str) -> None:
    answer = ask_sample("resultflow/dashboard/activity", token=staff_token(), path=("limit=20", f"limit={limit}"))

    assert (answer.status, answer.error) == (400, "validation_error")
