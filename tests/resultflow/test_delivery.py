"""Sending over HTTP: now, later, taken back, and the passwords that the sheet had not."""

from datetime import UTC, datetime, timedelta

import pytest

from herald.results.batches.service import BatchOptions
from herald.results.batches.store import BatchStore
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report
from herald.values.clock import to_text, utc_now
from tests.support.cloud import queued_messages, stored_items, waiting_schedules
from tests.support.delivery import keep_for_ever
from tests.support.events import BATCH, REPORT, staff_token
from tests.support.functions import ask_sample
from tests.support.requests import Answer
from tests.support.results import NOW, PASSWORDS, TENANT, add_batch, current, rendered_batch

NEXT_WEEK = (utc_now() + timedelta(days=7)).replace(microsecond=0)


@pytest.fixture
def reports(results_cloud: None) -> list[Report]:
    _, reports = rendered_batch(3, batch=add_batch(identifier=BATCH))
    keep_for_ever(BATCH)
    return reports


def ask(sample: str, *, body: object = None, idempotency_key: str = "november") -> Answer:
    return ask_sample(f"resultflow/{sample}", token=staff_token(), body=body, idempotency_key=idempotency_key)


def delivery_shown() -> dict[str, object]:
    shown: dict[str, object] = ask("reports/detail").body["delivery"]
    return shown


@pytest.mark.parametrize("body", ["", "{}", "null"])
def test_a_report_and_a_batch_are_sent_without_a_word(reports: list[Report], body: str) -> None:
    sent = ask("reports/send", body=body)
    batch_sent = ask("batches/send", body=body, idempotency_key="")

    assert (sent.status, batch_sent.status) == (202, 202)
    assert [work["custom_message"] for work in queued_messages()] == ["", ""]


def test_one_key_sends_one_message(reports: list[Report]) -> None:
    answers = [ask("reports/send", body={"custom_message": words}) for words in ("First: {link}", "Other: {link}")]

    assert [answer.status for answer in answers] == [202, 422]
    assert answers[1].error == "idempotency_key_reused"
    assert [work["custom_message"] for work in queued_messages()] == ["First: {link}"]


def test_a_report_for_later_waits_and_says_so(reports: list[Report]) -> None:
    answer = ask("reports/send", body={"schedule_time": to_text(NEXT_WEEK)})

    assert answer.status == 202
    assert (answer.body["status"], answer.body["scheduled_for"]) == ("scheduled", to_text(NEXT_WEEK))
    assert delivery_shown() == {"status": "scheduled", "error_code": None, "scheduled_for": to_text(NEXT_WEEK)}
    (waiting,) = waiting_schedules()
    assert waiting["expression"] == f"at({NEXT_WEEK:%Y-%m-%dT%H:%M:%S})"
    assert (waiting["message"]["report_id"], queued_messages()) == (REPORT, [])


def test_what_is_scheduled_is_taken_back_once(reports: list[Report]) -> None:
    ask("reports/send", body={"schedule_time": to_text(NEXT_WEEK)})

    answers = [ask("reports/cancel_scheduled") for _ in range(2)]

    assert [answer.status for answer in answers] == [204, 422]
    assert answers[1].error == "not_scheduled"
    assert delivery_shown()["status"] == "not_sent"
    assert waiting_schedules() == []


@pytest.mark.parametrize(
    ("schedule_time", "status", "code"),
    [
        ("2020-01-01T00:00:00Z", 422, "schedule_time_past"),
        ("2099-01-01T00:00:00", 422, "schedule_time_too_far"),
        ("tomorrow", 400, "validation_error"),
    ],
)
def test_a_time_that_will_not_do_is_told_by_its_field(
    reports: list[Report], schedule_time: str, status: int, code: str
) -> None:
    for sample in ("reports/send", "batches/send"):
        answer = ask(sample, body={"schedule_time": schedule_time}, idempotency_key="")

        assert (answer.status, answer.error) == (status, code)
        assert "schedule_time" in answer.body["error"]["details"]


def test_a_batch_for_later_is_one_schedule_that_can_be_taken_back(reports: list[Report]) -> None:
    body = {"custom_message": "{{ name }}: {link}", "schedule_time": f"{NEXT_WEEK:%Y-%m-%dT%H:%M:%S}"}

    answers = [ask("batches/send", body=body) for _ in range(2)]

    assert answers[0].body == answers[1].body
    assert answers[0].body == {
        "batch_id": BATCH,
        "delivery_id": waiting_schedules()[0]["message"]["delivery_id"],
        "reports": 3,
        "newly_requested": 3,
        "already_requested": 0,
        "skipped": 0,
        "status": "scheduled",
        "scheduled_for": to_text(NEXT_WEEK),
    }
    (waiting,) = waiting_schedules()
    assert waiting["message"]["custom_message"] == "{name}: {link}"
    assert (waiting["message"]["first_row"], waiting["message"]["last_row"]) == (1, 4)
    assert [ask("batches/cancel_scheduled").status for _ in range(2)] == [204, 422]
    assert (waiting_schedules(), queued_messages()) == ([], [])


def test_a_time_that_is_none_is_told_how_to_be_written(reports: list[Report]) -> None:
    for sample in ("reports/send", "batches/send"):
        details = ask(sample, body={"schedule_time": "tomorrow"}, idempotency_key="").body["error"]["details"]

        assert "2026-12-01T09:00:00+03:00" in details["schedule_time"]


def test_a_batch_whose_rows_share_a_phone_says_so_and_goes_out_when_that_is_meant(results_cloud: None) -> None:
    rendered_batch(3, batch=add_batch(identifier=BATCH), phones=["+12025550123", "+12025550123"])
    keep_for_ever(BATCH)

    shown = ask("batches/detail").body["duplicates"]
    refused = ask("batches/send", body={})
    sent = ask("batches/send", body={"allow_duplicates": True}, idempotency_key="")

    assert shown["shared_phones"] == [{"phone": "+1202*****23", "rows": [2, 3]}]
    assert (refused.status, refused.error) == (422, "duplicate_phones")
    assert refused.body["error"]["details"] == {"rows": [[2, 3]], "phones": 1}
    assert sent.status == 202


def test_another_number_is_dialled_in_the_country_of_the_batch(results_cloud: None) -> None:
    rendered_batch(1, batch=add_batch(identifier=BATCH, options=BatchOptions(country="KE")))
    keep_for_ever(BATCH)

    assert ask("reports/send", body={"customer_phone": "0712 345678"}).status == 202
    assert [work["phone"] for work in queued_messages()] == ["+254712345678"]


def test_another_number_that_is_none_is_told_by_its_field(reports: list[Report]) -> None:
    answer = ask("reports/send", body={"customer_phone": "0712 345678"})

    assert (answer.status, list(answer.body["error"]["details"])) == (400, ["customer_phone"])


def test_a_report_tells_whether_it_was_asked_for_anew(reports: list[Report]) -> None:
    answer = ask("reports/send").body

    assert (answer["newly_requested"], answer["already_requested"]) == (1, 0)


def test_an_unknown_placeholder_is_named(reports: list[Report]) -> None:
    for sample in ("reports/send", "batches/send"):
        answer = ask(sample, body={"custom_message": "Dr {doctor}: {link}"}, idempotency_key="")

        assert (answer.status, answer.error) == (422, "placeholder_unknown")
        assert answer.body["error"]["details"]["unknown"] == ["doctor"]
    assert queued_messages() == []


def test_a_batch_without_passwords_is_sent_once_they_are_made(results_cloud: None) -> None:
    _, reports = rendered_batch(3, password="", batch=add_batch(identifier=BATCH))
    refused = ask("batches/send", idempotency_key="first")
    assert (refused.status, refused.error) == (422, "password_missing")
    assert refused.body["error"]["details"] == {"rows_without_password": 3}
    assert "make passwords for this batch" in refused.body["error"]["message"]

    made, again = (ask("batches/make_passwords") for _ in range(2))

    assert (made.status, made.body) == (200, again.body)
    assert (made.body["batch_id"], made.body["next_cursor"]) == (BATCH, None)
    for report, shown in zip(reports, made.body["passwords"], strict=True):
        assert (shown["row"], shown["report_id"]) == (report.row, report.report_id)
        assert (shown["name"], shown["phone"]) == (report.recipient.name, report.recipient.phone)
        assert PASSWORDS.matches(report.report_id, shown["password"], current(report).recipient.password_hash)
        assert shown["password"] not in str(stored_items("IDEMPOTENCY_TABLE") + stored_items("RESULTS_TABLE"))
    assert ask("batches/make_passwords", idempotency_key="another").body["passwords"] == []
    assert BatchStore().get(TENANT, BATCH).without_password == 0
    assert ask("batches/send", idempotency_key="second").status == 202


def test_why_a_text_failed_is_shown_with_the_carriers_code(reports: list[Report]) -> None:
    ask("reports/send")
    delivery_id = current(reports[0]).delivery_id
    DeliveryStore().advance(
        reports[0].place, DeliveryStatus.FAILED, now=NOW, delivery_id=delivery_id, error_code="21610"
    )

    assert delivery_shown() == {"status": "failed", "error_code": "21610", "scheduled_for": None}


def test_a_moment_of_another_zone_is_kept_in_utc(reports: list[Report]) -> None:
    in_nairobi = NEXT_WEEK.astimezone(UTC) + timedelta(hours=3)

    answer = ask("reports/send", body={"schedule_time": f"{in_nairobi:%Y-%m-%dT%H:%M:%S}+03:00"})

    assert datetime.fromisoformat(answer.body["scheduled_for"]) == NEXT_WEEK
