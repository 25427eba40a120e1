"""Single reports that failed in rendering get another try."""

from collections.abc import Mapping

import pytest

from herald.adapters.aws.workflow import Workflow
from herald.errors import Unavailable, Unprocessable
from herald.results.batches.store import BatchStore
from herald.results.corrections.store import CorrectionStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report, ReportStatus
from tests.support.cloud import started_executions
from tests.support.corrections import NO_FEE, TOO_SLOW, bad_row, correct, use_case
from tests.support.rendering import counts
from tests.support.results import (
    NOW,
    TENANT,
    add_batch,
    current,
    fill_batch,
    outcome_store,
    reports_store,
    reset_for_rendering,
    row_of,
)


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


def test_many_failed_rows_are_reset_at_once_but_for_those_that_changed(results_cloud: None) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row) for row in range(2, 62)])
    for start in (2, 32):
        outcomes = [Rendered(row, problem=TOO_SLOW) for row in range(start, start + 30)]
        outcome_store().record(TENANT, batch.batch_id, outcomes, now=NOW)
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
