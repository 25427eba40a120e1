"""Batches over HTTP, field by field as the contract documents them."""

from dataclasses import replace
from datetime import datetime

import pytest

from herald.identity.model import Role
from herald.results.batches.model import BatchProblem
from herald.results.batches.store import BatchStore
from herald.results.rendering.model import Rendered
from herald.values.clock import utc_now
from tests.support.cloud import queued_messages
from tests.support.events import ADMIN, BATCH, TEMPLATE, staff_token
from tests.support.functions import ask_sample
from tests.support.requests import Answer
from tests.support.results import (
    NOW,
    TENANT,
    add_batch,
    add_template,
    fill_batch,
    outcome_store,
    rendered_batch,
    row_of,
)

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


def test_an_upload_address_takes_a_workbook_alone_and_where_its_size_is_told_that_size(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)

    def create(**more: int) -> Answer:
        body = {"name": "November", "template_id": TEMPLATE, **more}
        return ask_sample("resultflow/batches/create", token=staff_token(), body=body, idempotency_key=str(more))

    sized, unsized = create(file_size=4096).body["upload_url"], create().body["upload_url"]
    too_large = create(file_size=2**30)

    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost" in sized
    assert "X-Amz-SignedHeaders=content-type%3Bhost" in unsized
    assert all("X-Amz-Expires=900" in address for address in (sized, unsized))
    assert (too_large.status, too_large.error) == (400, "validation_error")


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


def test_a_batch_that_waits_says_where_its_workbook_goes_to_those_who_may_put_it_there(results_cloud: None) -> None:
    add_batch(identifier=BATCH)

    shown = ask_sample("resultflow/batches/detail", token=staff_token()).body
    to_a_viewer = ask_sample("resultflow/batches/detail", token=staff_token(replace(ADMIN, role=Role.VIEWER))).body

    assert f"{BATCH}/workbook.xlsx?" in shown["upload_url"]
    assert to_a_viewer["upload_url"] is None


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
    assert answers[0].body == answers[1].body
    assert (answers[0].body["batch_id"], answers[0].body["reports"], answers[0].body["status"]) == (BATCH, 2, "queued")
    (work,) = queued_messages()
    assert (work["batch_id"], work["custom_message"]) == (BATCH, "{name}, your results are here: {link}")


def test_a_batch_that_is_not_ready_is_not_sent(results_cloud: None) -> None:
    add_batch(identifier=BATCH)

    answer = ask_sample("resultflow/batches/send", token=staff_token())

    assert (answer.status, answer.error) == (422, "batch_not_completed")
    assert queued_messages() == []


def test_a_deleted_batch_is_gone_at_every_address(results_cloud: None) -> None:
    rendered_batch(2, batch=add_batch(identifier=BATCH))

    deleted = ask_sample("resultflow/batches/delete", token=staff_token())

    assert (deleted.status, deleted.text) == (204, "")
    for name in ("detail", "status", "status_for_pollers", "send", "retry"):
        answer = ask_sample(f"resultflow/batches/{name}", token=staff_token())
        assert (answer.status, answer.error) == (404, "not_found")
    assert ask_sample("resultflow/batches/list", token=staff_token()).body["batches"] == []


def test_the_list_shows_one_status_alone(results_cloud: None) -> None:
    template = add_template()
    rendered_batch(1, batch=add_batch(template))
    waiting = add_batch(template)

    pending = ask_sample(
        "resultflow/batches/list_failed", token=staff_token(), path=("status=failed", "status=pending")
    )
    failed = ask_sample("resultflow/batches/list_failed", token=staff_token())
    unknown = ask_sample("resultflow/batches/list_failed", token=staff_token(), path=("=failed", "=deleted"))

    assert [batch["id"] for batch in pending.body["batches"]] == [waiting.batch_id]
    assert failed.body == {"batches": [], "next_cursor": None}
    assert (unknown.status, list(unknown.body["error"]["details"])) == (400, ["status"])


def test_what_is_wrong_with_a_workbook_is_told_with_its_details(results_cloud: None) -> None:
    batch = add_batch(identifier=BATCH)
    details = {"missing": ["fee"], "columns": ["Name", "Fees"], "suggestions": {"fee": "Fees"}}
    store = BatchStore()
    store.begin_reading(batch, upload="etag", reader="reader", now=NOW)
    store.fail(batch, BatchProblem("columns_missing", "No fee.", details=details), reader="reader", now=NOW)

    shown = ask_sample("resultflow/batches/status", token=staff_token()).body

    assert (shown["status"], shown["problem"]["code"]) == ("failed", "columns_missing")
    assert shown["problem"]["details"] == details


def test_a_retry_says_how_many_rows_are_rendered_again(results_cloud: None) -> None:
    batch = add_batch(identifier=BATCH)
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3)])
    problem = BatchProblem("pdf_timed_out", "LibreOffice took too long.", 3)
    outcome_store().record(TENANT, BATCH, [Rendered(2, "2.pdf"), Rendered(3, problem=problem)], now=NOW)
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)

    answer = ask_sample("resultflow/batches/retry", token=staff_token())

    assert (answer.status, answer.body) == (202, {"batch_id": BATCH, "status": "processing", "reports": 1})


def test_the_end_is_estimated_by_the_speed_of_rendering(results_cloud: None) -> None:
    batch = add_batch(identifier=BATCH)
    fill_batch(batch, [row_of(batch, row) for row in range(2, 12)])
    before = ask_sample("resultflow/batches/status", token=staff_token()).body
    outcome_store().record(TENANT, BATCH, [Rendered(2, "2.pdf")], now=utc_now())

    after = ask_sample("resultflow/batches/status", token=staff_token()).body

    assert before["estimated_completion"] is None
    assert datetime.fromisoformat(after["estimated_completion"]) > utc_now()
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize(
    ("wish", "value"),
    [
        ("country", "XX"),
        ("sheet", "x" * 32),
        ("sheet", "a\0b"),
        ("language", "de"),
        ("date_format", "DD/MM"),
    ],
)
def test_a_wish_that_cannot_be_is_told(results_cloud: None, wish: str, value: str) -> None:
    add_template(identifier=TEMPLATE)
    body = {"name": "November", "template_id": TEMPLATE, wish: value}

    answer = ask_sample("resultflow/batches/create", token=staff_token(), body=body)

    assert (answer.status, list(answer.body["error"]["details"])) == (400, [wish])


def test_a_country_by_its_name_is_told_to_be_written_as_two_letters(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)
    body = {"name": "November", "template_id": TEMPLATE, "country": "Kenya"}

    answer = ask_sample("resultflow/batches/create", token=staff_token(), body=body)

    assert (answer.status, list(answer.body["error"]["details"])) == (400, ["country"])
    assert "KE" in answer.body["error"]["message"]


def test_a_batch_shows_how_its_numbers_and_dates_are_written(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)
    body = {"name": "November", "template_id": TEMPLATE, "language": "es_mx", "date_format": "dd/mm/yyyy"}

    created = ask_sample("resultflow/batches/create", token=staff_token(), body=body).body["id"]
    batch = BatchStore().get(TENANT, created)

    assert (batch.language, batch.date_format) == ("es-MX", "DD/MM/YYYY")
