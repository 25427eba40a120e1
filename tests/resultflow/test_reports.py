"""Reports over HTTP: list, detail, correct, retry, delete, PDF, send."""

import re

import pytest

from herald.results.batches.model import BatchProblem
from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report
from tests.support.cloud import queued_messages, started_executions, stored_items
from tests.support.events import BATCH, REPORT, sample_event, staff_token
from tests.support.functions import ask, ask_sample
from tests.support.requests import Answer
from tests.support.results import (
    NOW,
    PASSWORDS,
    add_batch,
    current,
    fill_batch,
    outcome_store,
    rendered_batch,
    row_of,
)


@pytest.fixture
def reports(results_cloud: None) -> list[Report]:
    return rendered_batch(3, batch=add_batch(identifier=BATCH))[1]


def ask_report(name: str, *, body: object = None) -> Answer:
    return ask_sample(f"resultflow/reports/{name}", token=staff_token(), body=body)


def test_reports_are_listed_in_the_order_of_the_sheet(reports: list[Report]) -> None:
    listed = ask_report("list").body

    assert [report["row"] for report in listed["reports"]] == [2, 3, 4]
    assert listed["next_cursor"] is None


def test_a_report_tells_its_person_and_where_its_text_is(reports: list[Report]) -> None:
    shown = ask_report("detail").body

    assert (shown["id"], shown["batch_id"], shown["name"]) == (REPORT, BATCH, "Person 2")
    assert (shown["status"], shown["problem"]) == ("ready", None)
    assert shown["delivery"] == {"status": "not_sent", "error_code": None, "scheduled_for": None}
    assert reports[0].recipient.password_hash not in str(shown)


def test_a_pdf_is_an_address_that_is_good_for_a_minute(reports: list[Report]) -> None:
    answer = ask_report("pdf")

    assert (answer.status, answer.text) == (302, "")
    assert reports[0].pdf_key in answer.headers["location"]
    assert "X-Amz-Expires=60" in answer.headers["location"]


def test_a_report_without_a_pdf_says_so(results_cloud: None) -> None:
    batch = add_batch(identifier=BATCH)
    fill_batch(batch, [row_of(batch, 2)])

    assert (ask_report("pdf").status, ask_report("pdf").error) == (422, "report_not_ready")
    assert (ask_report("send").status, ask_report("send").error) == (422, "report_not_ready")


def test_a_documented_send_request_queues_one_text(reports: list[Report]) -> None:
    answer = ask_report("send", body={"customer_phone": "+1 (202) 555-0199", "custom_message": "Here: {link}"})

    assert answer.status == 202
    assert (answer.body["report_id"], answer.body["status"], answer.body["password"]) == (REPORT, "queued", None)
    (work,) = queued_messages()
    assert (work["first_row"], work["last_row"], work["phone"]) == (2, 2, "+12025550199")
    assert ask_report("detail").body["delivery"]["status"] == "queued"


def test_a_made_password_is_kept_nowhere_and_shown_again_to_the_same_request(results_cloud: None) -> None:
    rendered_batch(1, password="", batch=add_batch(identifier=BATCH))
    first, again = (
        ask_sample("resultflow/reports/send", token=staff_token(), body={}, idempotency_key="once") for _ in range(2)
    )

    assert first.status == again.status == 202
    assert re.fullmatch(r"\d{8}", first.body["password"])
    assert again.body["password"] == first.body["password"]
    assert first.body["password"] not in str(stored_items("IDEMPOTENCY_TABLE") + stored_items("RESULTS_TABLE"))


def test_a_list_of_a_batch_that_does_not_exist_says_so(reports: list[Report]) -> None:
    answer = ask_sample("resultflow/reports/list", token=staff_token(), path=(BATCH, "nowhere"))

    assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")


def test_a_report_on_its_way_is_not_sent_again(reports: list[Report]) -> None:
    ask_report("send", body={})

    assert (ask_report("send", body={}).status, len(queued_messages())) == (422, 1)


def test_a_number_that_is_none_is_refused_before_anything_is_queued(reports: list[Report]) -> None:
    answer = ask_report("send", body={"customer_phone": "555-0199"})

    assert answer.status == 400
    assert queued_messages() == []
    assert current(reports[0]).delivery_status.value == "not_sent"


def test_a_password_that_was_made_is_shown_to_whoever_sends(results_cloud: None) -> None:
    _, (report,) = rendered_batch(1, batch=add_batch(identifier=BATCH), password="")

    password = ask_report("send", body={}).body["password"]

    assert PASSWORDS.matches(report.report_id, password, current(report).recipient.password_hash)


def ask_list(query: str) -> Answer:
    return ask_sample("resultflow/reports/list", token=staff_token(), path=(f"batch_id={BATCH}&limit=20", query))


def test_without_a_batch_the_reports_of_all_are_listed(reports: list[Report]) -> None:
    newer, _ = rendered_batch(1)

    listed = ask_list("limit=2")
    rest = ask_list(f"limit=2&cursor={listed.body['next_cursor']}")

    rows = [(report["batch_id"], report["row"]) for report in (*listed.body["reports"], *rest.body["reports"])]
    assert rows == [(newer.batch_id, 2), (BATCH, 2), (BATCH, 3), (BATCH, 4)]


def test_a_list_is_filtered_by_status_delivery_and_person(reports: list[Report]) -> None:
    ask_report("send", body={})

    assert [report["row"] for report in ask_list("delivery_status=queued").body["reports"]] == [2]
    assert [report["row"] for report in ask_list("search=PERSON%203&status=ready").body["reports"]] == [3]
    assert ask_list("status=failed").body == {"reports": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query", ["status=lost", "delivery_status=lost", "cursor=bm93aGVyZQ", "cursor=%C3%A9", "limit=0"]
)
def test_a_filter_or_cursor_that_is_none_is_refused_in_the_contracts_words(reports: list[Report], query: str) -> None:
    answer = ask_list(query)

    assert (answer.status, answer.error) == (400, "validation_error")
    assert list(answer.body["error"]["details"]) == [query.partition("=")[0]]


def test_a_report_shows_its_values_and_where_its_pdf_is(reports: list[Report]) -> None:
    shown = ask_report("detail").body

    assert (shown["values"], shown["revision"], shown["has_password"]) == ({"name": "Person 2"}, 1, True)
    assert shown["pdf_url"] == f"/api/v1/admin/reports/{REPORT}/pdf"
    assert "values" not in ask_report("list").body["reports"][0]


def test_a_corrected_report_is_shown_as_it_is_now_and_rendered(reports: list[Report]) -> None:
    answer = ask_report("update", body={"phone": "+1 202 555 0188", "values": {"name": "Amara Okeke"}})

    assert answer.status == 200
    assert (answer.body["name"], answer.body["phone"]) == ("Amara Okeke", "+12025550188")
    assert (answer.body["status"], answer.body["revision"], answer.body["pdf_url"]) == ("pending", 2, None)
    assert [execution["batch_id"] for execution in started_executions()] == [BATCH]


def test_a_password_is_set_and_never_shown(reports: list[Report]) -> None:
    answer = ask_report("update", body={"password": "lake-77"})

    assert PASSWORDS.matches(REPORT, "lake-77", current(reports[0]).recipient.password_hash)
    assert "lake-77" not in answer.text
    assert current(reports[0]).recipient.password_hash not in answer.text


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"values": {"nmae": "Amara"}}, 422, "placeholder_unknown", "unknown"),
        ({"phone": "555"}, 400, "validation_error", "phone"),
        ({"password": "  "}, 400, "validation_error", "password"),
        ({"email": "x" * 300}, 400, "validation_error", "email"),
        ({"values": {"name": {"no": "object"}}}, 400, "validation_error", "values.name.str"),
        ({"values": {"name": 10**400}}, 400, "validation_error", None),
    ],
)
def test_a_correction_that_cannot_be_says_what_is_wrong(
    reports: list[Report], body: dict[str, object], status: int, code: str, field: str | None
) -> None:
    answer = ask_report("update", body=body)

    assert (answer.status, answer.error) == (status, code)
    assert field is None or field in answer.body["error"]["details"]
    assert current(reports[0]) == reports[0]


def test_a_deleted_report_is_gone(reports: list[Report]) -> None:
    deleted = ask_report("delete")

    assert (deleted.status, deleted.text) == (204, "")
    assert (ask_report("delete").status, ask_report("detail").status, ask_report("pdf").status) == (404, 404, 404)
    assert [report["row"] for report in ask_report("list").body["reports"]] == [3, 4]


def test_a_failed_report_is_tried_again_once_however_often_that_is_asked_for(results_cloud: None) -> None:
    batch = add_batch(identifier=BATCH)
    fill_batch(batch, [row_of(batch, 2)])
    problem = BatchProblem("pdf_timed_out", "LibreOffice took too long.", 2)
    outcome_store().record(batch.tenant_id, BATCH, [Rendered(2, problem=problem)], now=NOW)

    first, again = ask_report("retry"), ask_report("retry")

    assert (first.status, first.body["status"], first.body["problem"]) == (202, "pending", None)
    assert (again.status, again.body, len(started_executions())) == (202, first.body, 1)


def test_a_good_report_is_not_rendered_again(reports: list[Report]) -> None:
    assert (ask_report("retry").status, ask_report("retry").error) == (422, "report_not_failed")


def test_a_pdf_is_saved_under_a_name_where_that_is_asked_for(reports: list[Report]) -> None:
    event = sample_event("resultflow/reports/pdf", access_token=staff_token())
    event |= {"rawQueryString": "disposition=attachment", "queryStringParameters": {"disposition": "attachment"}}

    assert "attachment%3B%20filename%3D%22november-2.pdf%22" in ask("resultflow/reports", event).headers["location"]
