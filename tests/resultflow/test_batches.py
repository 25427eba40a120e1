"""Batches over HTTP, field by field as the contract documents them."""

from datetime import datetime

import pytest

from tests.support.cloud import queued_messages
from tests.support.events import BATCH, TEMPLATE, staff_token
from tests.support.functions import ask_sample
from tests.support.results import TENANT, add_batch, add_template, fill_batch, rendered_batch, row_of

DOCUMENTED_STATUS = {"id", "status", "progress", "started_at", "updated_at", "estimated_completion"}
DOCUMENTED_CREATED = {"id", "name", "description", "template_id", "status", "created_at", "upload_url"}


def test_a_documented_request_gets_the_documented_answer(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)
    request = {"name": "November", "description": "Visits", "template_id": TEMPLATE}

    answer = ask_sample("resultflow/batches/create", token=staff_token(), body=request)

    assert answer.status == 201
    assert answer.body.keys() == DOCUMENTED_CREATED
    assert {name: answer.body[name] for name in request} == request
    assert answer.body["status"] == "pending"
    assert datetime.fromisoformat(answer.body["created_at"]).tzinfo is not None
    assert f"{TENANT}/{answer.body['id']}/workbook.xlsx?" in answer.body["upload_url"]


def test_creating_again_under_one_key_is_one_batch(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)

    first, second = (ask_sample("resultflow/batches/create", token=staff_token()) for _ in range(2))

    assert first.body == second.body
    assert len(ask_sample("resultflow/batches/list", token=staff_token()).body["batches"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "November"}, 400, "template_id"),
        ({"name": "", "template_id": TEMPLATE}, 400, "name"),
        ("not json", 400, "body"),
        ({"name": "November", "template_id": "missing"}, 404, "template_id"),
    ],
)
def test_a_request_that_will_not_do_is_told_why(results_cloud: None, body: object, status: int, field: str) -> None:
    answer = ask_sample("resultflow/batches/create", token=staff_token(), body=body)

    assert answer.status == status
    assert answer.body["error"].keys() == {"code", "message", "details"}
    assert field in answer.body["error"]["details"]


def test_the_status_of_a_running_batch_is_as_documented(results_cloud: None) -> None:
    batch = add_batch(identifier=BATCH)
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3), row_of(batch, 4, bad=True)])

    answers = [
        ask_sample(f"resultflow/batches/{name}", token=staff_token()).body for name in ("status", "status_for_pollers")
    ]

    assert answers[0].keys() >= DOCUMENTED_STATUS
    assert (answers[0]["id"], answers[0]["status"]) == (BATCH, "processing")
    assert answers[0]["progress"] == {"total": 3, "processed": 1, "successful": 0, "failed": 1}
    assert answers[0]["started_at"] == "2026-11-22T12:00:00.000Z"
    assert answers[1]["progress"] == answers[0]["progress"]


def test_a_batch_that_waits_for_its_workbook_has_no_times_yet(results_cloud: None) -> None:
    add_batch(identifier=BATCH)

    status = ask_sample("resultflow/batches/status", token=staff_token()).body

    assert (status["status"], status["started_at"], status["estimated_completion"]) == ("pending", None, None)


def test_a_finished_batch_is_listed_and_shown_with_its_counts(results_cloud: None) -> None:
    rendered_batch(2, batch=add_batch(identifier=BATCH))

    shown = ask_sample("resultflow/batches/detail", token=staff_token()).body
    listed = ask_sample("resultflow/batches/list", token=staff_token()).body

    assert (shown["status"], shown["total"], shown["successful"], shown["failed"]) == ("completed", 2, 2, 0)
    assert listed == {"batches": [shown], "next_cursor": None}


def test_sending_a_batch_queues_its_chunks_once_per_key(results_cloud: None) -> None:
    rendered_batch(2, batch=add_batch(identifier=BATCH))

    answers = [ask_sample("resultflow/batches/send", token=staff_token()) for _ in range(2)]

    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].body == {"batch_id": BATCH, "reports": 2}
    (work,) = queued_messages()
    assert (work["batch_id"], work["custom_message"]) == (BATCH, "{name}, your results are here: {link}")


def test_a_batch_that_is_not_ready_is_not_sent(results_cloud: None) -> None:
    add_batch(identifier=BATCH)

    answer = ask_sample("resultflow/batches/send", token=staff_token())

    assert (answer.status, answer.error) == (422, "batch_not_completed")
    assert queued_messages() == []
