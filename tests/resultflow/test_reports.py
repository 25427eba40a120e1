"""Reports over HTTP: list, detail, PDF, send."""

import re

import pytest

from herald.results.model import Report
from tests.support.cloud import queued_messages, stored_items
from tests.support.events import BATCH, REPORT, staff_token
from tests.support.functions import HttpAnswer, ask_sample
from tests.support.results import PASSWORDS, add_batch, current, fill_batch, rendered_batch, row_of


@pytest.fixture
def reports(results_cloud: None) -> list[Report]:
    return rendered_batch(3, batch=add_batch(identifier=BATCH))[1]


def ask_report(name: str, *, body: object = None) -> HttpAnswer:
    return ask_sample(f"resultflow/reports/{name}", token=staff_token(), body=body)


def test_reports_are_listed_in_the_order_of_the_sheet(reports: list[Report]) -> None:
    listed = ask_report("list").body

    assert [report["row"] for report in listed["reports"]] == [2, 3, 4]
    assert listed["next_cursor"] is None


def test_a_report_tells_its_person_and_where_its_text_is(reports: list[Report]) -> None:
    shown = ask_report("detail").body

    assert (shown["id"], shown["batch_id"], shown["name"]) == (REPORT, BATCH, "Person 2")
    assert (shown["status"], shown["problem"]) == ("ready", None)
    assert shown["delivery"] == {"status": "not_sent", "error_code": None}
    assert "password" not in str(shown)


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


def test_a_later_time_is_refused_rather_than_ignored(reports: list[Report]) -> None:
    answer = ask_report("send", body={"schedule_time": "2027-01-01T09:00:00Z"})

    assert (answer.status, answer.body["error"]["code"]) == (422, "schedule_unavailable")
    assert queued_messages() == []


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


def test_a_list_needs_to_know_of_which_batch(reports: list[Report]) -> None:
    answer = ask_sample("resultflow/reports/list", token=staff_token(), path=(BATCH, ""))

    assert (answer.status, answer.error) == (400, "validation_error")
