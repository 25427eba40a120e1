"""One report: corrected, rendered again, removed; its batch's counts stay true."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from herald.adapters.aws.workflow import Workflow
from herald.errors import Conflict, Invalid, NotFound, Unavailable, Unprocessable
from herald.results.batches.model import Batch, BatchProblem, BatchStatus
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.corrections.model import Correction
from herald.results.corrections.service import Corrections
from herald.results.corrections.store import CorrectionStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report, ReportFilter, ReportStatus
from herald.results.reports.service import Reports
from herald.results.templates.store import TemplateVersionStore
from tests.support.cloud import started_executions
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    PASSWORDS,
    TENANT,
    add_batch,
    add_template,
    all_reports,
    current,
    documents,
    fill_batch,
    rendered_batch,
    reports_store,
    reset_for_rendering,
    row_of,
    settlements,
)

TOO_SLOW = BatchProblem("pdf_timed_out", "LibreOffice took too long.", 2)


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


def reports() -> Reports:
    return Reports(BatchStore(), reports_store())


def use_case(corrections: CorrectionStore | None = None, workflow: Workflow | None = None) -> Corrections:
    return Corrections(
        reports(),
        BatchStore(),
        TemplateVersionStore(),
        corrections or CorrectionStore(),
        documents(),
        workflow or Workflow(os.environ["BATCH_MACHINE_ARN"]),
        PASSWORDS,
        clock=lambda: NOW,
    )


def correct(report: Report, **corrections: object) -> Report:
    return use_case().update(TENANT, report.report_id, Correction(**corrections))  # type: ignore[arg-type]  # as the test wrote it


def counts(batch: Batch | Report) -> tuple[int, int, int]:
    """Total, successful and failed."""
    counted = BatchStore().get(TENANT, batch.batch_id)
    return counted.total, counted.successful, counted.failed


@pytest.fixture
def report(results_cloud: None) -> Report:
    """The first of two rendered ones; the template shows the name alone."""
    return rendered_batch(2)[1][0]


@pytest.fixture
def failed(results_cloud: None) -> Report:
    """It failed in rendering."""
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])
    settlements().settle(TENANT, batch.batch_id, [Rendered(2, problem=TOO_SLOW)], now=NOW)
    return all_reports(batch)[0]


def bad_row(*problems: BatchProblem, protect_pdf: bool = False, phone: str = "") -> Report:
    """A row whose workbook was wrong about it."""
    batch = add_batch(add_template(placeholders=("name", "fee")))
    if protect_pdf:
        BatchRow(batches_partition(TENANT), batch.batch_id).update(actions=[BatchRow.protect_pdf.set(True)])
    first, *further = problems
    told = [{"code": other.code, "message": other.message, "column": other.column} for other in further]
    row = row_of(batch, 2, bad=True, password="")
    problem = replace(first, details={"further_problems": told} if told else {})
    recipient = replace(row.recipient, phone=phone)
    values = {"name": "Person 2", "mobile": None, "fee": None}
    fill_batch(batch, [replace(row, problem=problem, recipient=recipient, values=values), row_of(batch, 3)])
    return all_reports(batch)[0]


NO_PHONE = BatchProblem("phone_invalid", "This is not a phone number.", 2, "Mobile")
NO_FEE = BatchProblem("excel_error", "The cell shows #DIV/0!.", 2, "Fee")
NO_PASSWORD = BatchProblem("password_missing", "This row has no password.", 2, "Password")


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
        settlements().settle(TENANT, report.batch_id, [new], now=NOW)

    assert counts(report) == (2, 2, 0)
    assert (current(report).status, current(report).pdf_key) == (ReportStatus.READY, "new.pdf")


def test_an_older_rendering_counts_no_more(report: Report) -> None:
    correct(report, name="Amara")
    assert correct(report, name="Amina").revision == 3

    settlements().settle(TENANT, report.batch_id, [Rendered(2, pdf_key="amara.pdf", revision=2)], now=NOW)

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
    settlements().settle(TENANT, batch.batch_id, [Rendered(2, pdf_key="2.pdf")], now=NOW)

    now = correct(row, phone="+1 202 555 0188")

    assert (now.status, now.values["phone"]) == (ReportStatus.PENDING, "+12025550188")


def test_a_corrected_person_is_found_under_the_new_name(report: Report) -> None:
    correct(report, name="Zoë")

    found = reports().page(TENANT, ReportFilter(search="zoe"), size=5, cursor=None)
    assert [each.row for each in found.items] == [2]


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
    settlements().settle(TENANT, batch.batch_id, [Rendered(2, pdf_key="2.pdf")], now=NOW)
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

    use_case().delete(TENANT, second.report_id)
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


def test_a_failed_report_is_rendered_again(failed: Report) -> None:
    assert counts(failed) == (1, 0, 1)

    now = use_case().retry(TENANT, failed.report_id)

    assert (now.status, now.problem, now.revision) == (ReportStatus.PENDING, None, 2)
    assert counts(failed) == (1, 0, 0)
    assert len(started_executions()) == 1


class BrokenWorkflow(Workflow):
    """The state machine cannot be reached."""

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:
        raise Unavailable(f"{name} cannot be started with {len(input_)} words.")


def test_a_retry_that_was_not_started_is_started_by_the_next_one(failed: Report) -> None:
    with pytest.raises(Unavailable):
        use_case(workflow=BrokenWorkflow("")).retry(TENANT, failed.report_id)
    assert started_executions() == []

    for _ in range(2):
        assert use_case().retry(TENANT, failed.report_id).revision == 2
    assert len(started_executions()) == 1


def test_only_what_failed_is_tried_again(report: Report) -> None:
    with pytest.raises(Unprocessable) as refused:
        use_case().retry(TENANT, report.report_id)

    assert refused.value.code == "report_not_failed"


def test_a_row_that_would_fail_again_asks_for_a_correction(results_cloud: None) -> None:
    row = bad_row(NO_FEE)

    with pytest.raises(Unprocessable) as refused:
        use_case().retry(TENANT, row.report_id)

    assert (refused.value.code, refused.value.fields["column"]) == ("report_needs_correction", "Fee")
    assert started_executions() == []


def test_a_deleted_report_is_gone_with_its_pdf_and_counts_no_more(report: Report) -> None:
    use_case().delete(TENANT, report.report_id)

    assert counts(report) == (1, 1, 0)
    with pytest.raises(NotFound):
        documents().get(report.pdf_key)
    for ask in (reports().get, use_case().delete, use_case().retry):
        with pytest.raises(NotFound):
            ask(TENANT, report.report_id)


def test_a_report_that_waits_or_failed_can_be_deleted(failed: Report) -> None:
    use_case().delete(TENANT, failed.report_id)

    assert counts(failed) == (0, 0, 0)
    assert BatchStore().get(TENANT, failed.batch_id).status is BatchStatus.COMPLETED, "nothing is left to wait for"


def test_nothing_of_a_deleted_batch_is_there(report: Report) -> None:
    row = BatchRow(batches_partition(TENANT), report.batch_id)
    row.update(actions=[BatchRow.status.set(BatchStatus.DELETED)])

    with pytest.raises(NotFound):
        reports().get(TENANT, report.report_id)
    with pytest.raises(NotFound):
        CorrectionStore().change(report, replace(report, downloads=1), now=NOW)
    with pytest.raises(NotFound):
        correct(report, name="Amara")


def test_another_tenant_reaches_no_report(report: Report) -> None:
    for ask in (reports().get, use_case().delete, use_case().retry):
        with pytest.raises(NotFound):
            ask(OTHER_TENANT, report.report_id)


def test_many_failed_rows_are_reset_at_once_but_for_those_that_changed(results_cloud: None) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row) for row in range(2, 62)])
    for start in (2, 32):
        outcomes = [Rendered(row, problem=TOO_SLOW) for row in range(start, start + 30)]
        settlements().settle(TENANT, batch.batch_id, outcomes, now=NOW)
    first = reports_store().failed_page(TENANT, batch.batch_id, size=40, cursor=None)
    rest = reports_store().failed_page(TENANT, batch.batch_id, size=40, cursor=first.next_cursor)
    assert [report.row for report in (*first.items, *rest.items)] == list(range(2, 62))
    correct(first.items[0], name="Amara")
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)

    reset = CorrectionStore().reset_many(first.items, execution=f"{batch.batch_id}-2", runs=1, now=NOW)
    assert reset_for_rendering(current(rest.items[0]), execution=f"{batch.batch_id}-2")

    assert [report.row for report in reset] == list(range(3, 42))
    assert {report.execution for report in reset} == {f"{batch.batch_id}-2"}
    assert counts(batch) == (60, 0, 19)
    assert not reset_for_rendering(rest.items[0], execution="again")
