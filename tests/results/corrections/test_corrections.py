"""One report is corrected, and rendered anew where its document shows it; its batch's counts stay true."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from herald.errors import Conflict, Invalid, Unprocessable
from herald.results.batches.store import BatchStore
from herald.results.corrections.model import Correction
from herald.results.corrections.store import CorrectionStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report, ReportFilter, ReportStatus
from tests.support.cloud import started_executions
from tests.support.corrections import (
    NO_FEE,
    NO_PASSWORD,
    NO_PHONE,
    TOO_SLOW,
    bad_row,
    correct,
    deletions,
    reports,
    use_case,
)
from tests.support.rendering import counts
from tests.support.results import (
    NOW,
    PASSWORDS,
    TENANT,
    add_batch,
    add_template,
    all_reports,
    current,
    documents,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    row_of,
)


class Disturbed(CorrectionStore):
    """Somebody else is a moment faster, so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def change(self, before: Report, after: Report, *, now: datetime) -> bool:
        if self.left:
            self.left -= 1
            recipient = replace(before.recipient, email=f"{self.left}@example.org")
            assert super().change(before, replace(before, recipient=recipient), now=now)
        return super().change(before, after, now=now)


def test_a_new_name_stands_with_the_recipient_and_in_the_document_which_is_rendered_anew(report: Report) -> None:
    now = correct(report, name="Amara Okeke")

    assert (now.recipient.name, now.values["name"]) == ("Amara Okeke", "Amara Okeke")
    assert (now.status, now.revision) == (ReportStatus.PENDING, 2)
    assert counts(report) == (2, 1, 0)
    (execution,) = started_executions()
    assert execution["batch_id"] == report.batch_id
    assert [chunk["first_row"] for chunk in execution["chunks"]] == [2]


def test_the_old_pdf_is_kept_until_the_new_one_is_there(report: Report) -> None:
    now = correct(report, values={"name": "Amara"})

    assert (now.recipient.name, now.pdf_key) == ("Amara", report.pdf_key)
    assert documents().get(report.pdf_key)


def test_what_is_rendered_anew_is_counted_again_once(report: Report) -> None:
    correct(report, name="Amara")
    for _ in range(2):
        new = Rendered(2, pdf_key="new.pdf", revision=2)
        outcome_store().record(TENANT, report.batch_id, [new], now=NOW)

    assert counts(report) == (2, 2, 0)
    assert (current(report).status, current(report).pdf_key) == (ReportStatus.READY, "new.pdf")


def test_an_older_rendering_counts_no_more(report: Report) -> None:
    correct(report, name="Amara")
    assert correct(report, name="Amina").revision == 3

    outcome_store().record(TENANT, report.batch_id, [Rendered(2, pdf_key="amara.pdf", revision=2)], now=NOW)

    assert current(report).status is ReportStatus.PENDING
    assert counts(report) == (2, 1, 0)


def test_what_the_document_does_not_show_renders_nothing(report: Report) -> None:
    now = correct(report, phone="+1 202 555 0188", email="amara@example.org", language="sw", password="lake-7")

    assert (now.recipient.phone, now.recipient.email, now.recipient.language) == (
        "+12025550188",
        "amara@example.org",
        "sw",
    )
    assert PASSWORDS.matches(report.report_id, "lake-7", now.recipient.password_hash)
    assert (now.status, now.revision, now.pdf_key) == (ReportStatus.READY, 1, report.pdf_key)
    assert started_executions() == []
    assert counts(report) == (2, 2, 0)


def test_a_phone_number_that_the_document_shows_is_rendered(results_cloud: None) -> None:
    batch = add_batch(add_template(placeholders=("name", "phone")))
    row = row_of(batch, 2)
    fill_batch(batch, [replace(row, values={"name": "Person 2", "phone": row.recipient.phone})])
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, pdf_key="2.pdf")], now=NOW)

    now = correct(row, phone="+1 202 555 0188")

    assert (now.status, now.values["phone"]) == (ReportStatus.PENDING, "+12025550188")


def test_a_corrected_person_is_found_under_the_new_name(report: Report) -> None:
    correct(report, name="Zoë")

    found = reports().page(TENANT, ReportFilter(search="zoe"), size=5, cursor=None)
    assert [each.row for each in found.items] == [2]


def test_a_correction_from_before_links_were_withdrawn_does_not_bring_them_back(report: Report) -> None:
    seen_before = replace(report, recipient=replace(report.recipient, phone="+12025550188"), link_generation=1)
    use_case().withdraw_links(TENANT, report.report_id)

    assert not CorrectionStore().change(report, seen_before, now=NOW)
    assert use_case().withdraw_links(TENANT, report.report_id).link_generation == 2


def test_a_value_without_a_placeholder_is_refused_by_name(report: Report) -> None:
    with pytest.raises(Unprocessable) as refused:
        correct(report, values={"nmae": "Amara", "name": "Amara"})

    assert (refused.value.code, refused.value.fields["unknown"]) == ("placeholder_unknown", ["nmae"])
    assert current(report) == report


def test_a_row_that_would_be_too_large_is_refused(report: Report) -> None:
    with pytest.raises(Unprocessable, match="too much text"):
        correct(report, values={"name": "x" * 100_000})


def test_a_phone_number_that_is_none_is_refused(report: Report) -> None:
    with pytest.raises(Invalid):
        correct(report, phone="555")

    assert current(report) == report


def test_a_date_that_comes_back_as_it_was_shown_is_still_a_date(results_cloud: None) -> None:
    batch = add_batch(add_template(placeholders=("name", "born")))
    fill_batch(batch, [replace(row_of(batch, 2), values={"name": "Person 2", "born": date(1990, 1, 25)})])
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, pdf_key="2.pdf")], now=NOW)
    report = all_reports(batch)[0]

    same = correct(report, values={"name": "Person 2", "born": "1990-01-25"})

    assert (same.values, same.status) == (report.values, ReportStatus.READY)
    assert correct(report, values={"born": "1990-01-26"}).status is ReportStatus.PENDING


def test_a_bad_row_with_a_good_number_is_rendered(results_cloud: None) -> None:
    row = bad_row(NO_PHONE)
    assert counts(row) == (2, 0, 1)

    now = correct(row, phone="+1 202 555 0188")

    assert (now.status, now.problem) == (ReportStatus.PENDING, None)
    assert counts(row) == (2, 0, 0)
    assert reports_store().failed_page(TENANT, row.batch_id, size=10, cursor=None).items == []
    assert len(started_executions()) == 1


def test_a_row_stays_failed_until_all_that_is_wrong_is_corrected(results_cloud: None) -> None:
    row = bad_row(NO_FEE, NO_PHONE, NO_PASSWORD, protect_pdf=True)

    first = correct(row, values={"fee": 12.5})
    assert (first.status, first.problem and first.problem.code) == (ReportStatus.FAILED, "phone_invalid")
    assert first.values["fee"] == 12.5
    second = correct(row, values={"mobile": "+1 202 555 0188"})
    assert (second.problem and second.problem.code, second.problem and dict(second.problem.details)) == (
        "password_missing",
        {},
    )
    assert counts(row) == (2, 0, 1)

    third = correct(row, password=" lake-7 ")
    assert (third.status, third.problem) == (ReportStatus.PENDING, None)
    assert counts(row) == (2, 0, 0)


def test_a_correction_beside_the_point_leaves_a_failed_row_failed(failed: Report) -> None:
    now = correct(failed, email="amara@example.org")

    assert (now.status, now.problem, now.recipient.email) == (ReportStatus.FAILED, TOO_SLOW, "amara@example.org")
    assert started_executions() == []


def test_a_new_password_of_a_protected_pdf_is_sealed_for_the_renderer(results_cloud: None) -> None:
    row = bad_row(NO_PASSWORD, protect_pdf=True, phone="+12025550123")

    now = correct(row, password="lake-7")

    assert PASSWORDS.unseal(row.report_id, now.recipient.sealed_password) == "lake-7"
    assert now.status is ReportStatus.PENDING


def test_rows_without_a_password_are_counted_as_they_get_one(results_cloud: None) -> None:
    batch, (first, second) = rendered_batch(2, password="")
    assert BatchStore().get(TENANT, batch.batch_id).without_password == 2

    correct(first, password="lake-7")
    assert BatchStore().get(TENANT, batch.batch_id).without_password == 1

    deletions().delete(TENANT, second.report_id)
    assert BatchStore().get(TENANT, batch.batch_id).without_password == 0


def test_a_report_that_waits_can_be_corrected_too(results_cloud: None) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3)])
    report = all_reports(batch)[0]

    now = correct(report, name="Amara")

    assert (now.status, now.revision, counts(batch)) == (ReportStatus.PENDING, 2, (2, 0, 0))
    assert now.execution not in {"", batch.batch_id}


def test_what_somebody_else_changed_meanwhile_stays(report: Report) -> None:
    now = use_case(Disturbed(times=2)).update(TENANT, report.report_id, Correction(name="Amara"))

    assert (now.recipient.name, now.recipient.email, now.revision) == ("Amara", "0@example.org", 2)


def test_a_report_that_never_holds_still_is_left_alone(report: Report) -> None:
    with pytest.raises(Conflict):
        use_case(Disturbed(times=9)).update(TENANT, report.report_id, Correction(name="Amara"))

    assert (current(report).recipient.name, counts(report)) == ("Person 2", (2, 2, 0))
