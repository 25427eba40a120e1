"""A batch knows how many of its rows have no password, whatever is done to them and in whatever order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from herald.results.batches.model import Batch, BatchProblem
from herald.results.batches.store import BatchStore
from herald.results.corrections.store import CorrectionStore
from herald.results.delivery.giving_passwords import GivingPasswords
from herald.results.delivery.store import PasswordStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report, ReportStatus
from tests.support.contention import before_transactions
from tests.support.results import (
    NOW,
    PASSWORDS,
    TENANT,
    add_batch,
    all_reports,
    current,
    fill_batch,
    outcome_store,
    rendered_batch,
    reset_for_rendering,
    row_of,
)
from tests.support.soak import few_examples

JAMMED = BatchProblem("pdf_document_refused", "LibreOffice refused this document.")
STEPS = some.lists(
    some.tuples(some.sampled_from(["give", "render", "fail", "retry", "delete", "protect"]), some.integers(0, 3)),
    max_size=8,
)


def counted(batch: Batch) -> int:
    return BatchStore().get(TENANT, batch.batch_id).without_password


def with_password(report: Report, password_hash: str) -> Report:
    return replace(report, recipient=replace(report.recipient, password_hash=password_hash))


def step(batch: Batch, what: str, report: Report) -> None:
    if what == "give":
        giving = GivingPasswords(BatchStore(), PasswordStore(), PASSWORDS)
        giving.give(TENANT, batch.batch_id, request_id=batch.batch_id, cursor=None)
    elif what in {"render", "fail"}:
        problem = JAMMED if what == "fail" else None
        outcome_store().record(
            TENANT, batch.batch_id, [Rendered(report.row, problem=problem, revision=report.revision)], now=NOW
        )
    elif what == "retry":
        reset_for_rendering(report, execution="again")
    elif what == "delete":
        CorrectionStore().delete(report, now=NOW)
    else:
        CorrectionStore().change(report, with_password(report, "theirs"), now=NOW)


@given(steps=STEPS)
@few_examples
def test_the_count_is_that_of_the_rows(results_cloud: None, steps: list[tuple[str, int]]) -> None:
    batch = add_batch()
    fill_batch(
        batch, [row_of(batch, 2, bad=True, password=""), *(row_of(batch, row, password="") for row in (3, 4, 5))]
    )
    outcome_store().record(TENANT, batch.batch_id, [Rendered(3, "3.pdf")], now=NOW)
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)

    for what, place in steps:
        reports = all_reports(batch)
        if place < len(reports):
            step(batch, what, reports[place])
        rows = all_reports(batch)
        lacking = [row for row in rows if not row.recipient.password_hash and row.status is not ReportStatus.FAILED]
        assert counted(batch) == len(lacking)


def test_of_two_corrections_at_once_the_second_is_told(results_cloud: None) -> None:
    batch, (report,) = rendered_batch(1, password="")

    assert CorrectionStore().change(report, with_password(report, "first"), now=NOW)
    assert not CorrectionStore().change(report, with_password(report, "second"), now=NOW)

    assert (current(report).recipient.password_hash, counted(batch)) == ("first", 0)


def test_of_two_corrections_of_values_at_once_the_second_is_told(results_cloud: None) -> None:
    _, (report,) = rendered_batch(1)

    assert CorrectionStore().change(report, replace(report, values={"name": "Ana"}), now=NOW)
    assert not CorrectionStore().change(report, replace(report, values={"name": "Bo"}), now=NOW)

    assert current(report).values == {"name": "Ana"}


def test_a_password_that_was_given_meanwhile_is_not_corrected_away(results_cloud: None) -> None:
    batch, (report,) = rendered_batch(1, password="")
    assert PasswordStore().give(report.place, "given")

    assert not CorrectionStore().change(report, with_password(report, "theirs"), now=NOW)
    assert counted(batch) == 0


def test_a_row_that_is_given_a_password_as_it_fails_is_counted_once(results_cloud: None) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row, password="") for row in (2, 3)])
    without = [row_of(batch, 2).place]

    def give() -> None:
        if without:
            PasswordStore().give(without.pop(), "given")

    with before_transactions(give):
        recorded = outcome_store().record(TENANT, batch.batch_id, [Rendered(2, problem=JAMMED)], now=NOW)

    assert [done.row for done in recorded] == [2]
    assert counted(batch) == 1
