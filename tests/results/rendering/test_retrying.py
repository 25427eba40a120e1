"""What failed in rendering gets another try; what the sheet got wrong does not."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from herald.adapters.aws.workflow import Workflow
from herald.errors import NotFound, Unavailable, Unprocessable
from herald.results.batches.completion import estimated_completion
from herald.results.batches.executions import WaitingRow, latest_execution
from herald.results.batches.model import Batch, BatchProblem, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.corrections.store import CorrectionStore
from herald.results.rendering.finishing import FinishingBatches
from herald.results.rendering.model import Rendered
from herald.results.rendering.retrying import MOST_RETRIED_AT_ONCE, TIME_TO_RETRY, Retrying
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock
from herald.values.page import Page
from tests.support.clock import FakeClock
from tests.support.cloud import started_executions
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    all_reports,
    documents,
    fill_batch,
    machine,
    outcome_store,
    reports_store,
    reset_for_rendering,
    row_of,
)

JAMMED = BatchProblem("pdf_document_refused", "LibreOffice refused this document.")
LATER = 3600


@pytest.fixture
def clock() -> FakeClock:
    clock = FakeClock(NOW)
    clock.advance(LATER)
    return clock


@pytest.fixture
def retrying(results_cloud: None, clock: FakeClock) -> Retrying:
    return retrying_over(clock=clock)


def retrying_over(
    *,
    clock: Clock,
    batches: BatchStore | None = None,
    reports: ReportStore | None = None,
    corrections: CorrectionStore | None = None,
    workflow: Workflow | None = None,
    most_at_once: int = MOST_RETRIED_AT_ONCE,
    time_to_retry: timedelta = TIME_TO_RETRY,
) -> Retrying:
    """The use case over everything that is really there, but for what is given."""
    return Retrying(
        batches or BatchStore(),
        reports or ReportStore(),
        corrections or CorrectionStore(),
        workflow or machine(),
        most_at_once=most_at_once,
        time_to_retry=time_to_retry,
        clock=clock,
    )


class Interrupted(CorrectionStore):
    """Something happens while rows are put back."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile

    def reset_many(self, reports: Sequence[Report], *, execution: str, runs: int, now: datetime) -> list[Report]:
        renewed = super().reset_many(reports, execution=execution, runs=runs, now=now)
        self._meanwhile()
        return renewed


def failed_batch(failed: int = 2) -> Batch:
    """A completed batch: one good row, one bad row, and rows that failed in rendering."""
    batch = add_batch()
    last = failed + 3
    fill_batch(
        batch, [row_of(batch, 2), row_of(batch, 3, bad=True), *(row_of(batch, row) for row in range(4, last + 1))]
    )
    outcomes = [Rendered(2, "2.pdf"), *(Rendered(row, problem=JAMMED) for row in range(4, last + 1))]
    for start in range(0, len(outcomes), 50):
        outcome_store().record(TENANT, batch.batch_id, outcomes[start : start + 50], now=NOW)
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)
    return BatchStore().get(TENANT, batch.batch_id)


def finish(batch: Batch) -> Batch:
    finishing = FinishingBatches(BatchStore(), reports_store(), outcome_store(), documents(), clock=lambda: NOW)
    ended = finishing.finish(TENANT, batch.batch_id, execution=latest_execution(batch))
    assert ended is not None
    return ended


def test_rows_that_failed_in_rendering_are_rendered_again(retrying: Retrying) -> None:
    batch = failed_batch()

    retried = retrying.retry(TENANT, batch.batch_id)

    assert (retried.rows, retried.batch.status) == (2, BatchStatus.PROCESSING)
    assert (retried.batch.total, retried.batch.successful, retried.batch.failed) == (4, 1, 1)
    assert [report.status.value for report in all_reports(batch)] == ["ready", "failed", "pending", "pending"]
    assert [execution["chunks"] for execution in started_executions()] == [[{"first_row": 4, "last_row": 5}]]


def test_the_second_run_ends_like_the_first(retrying: Retrying) -> None:
    batch = failed_batch()
    running = retrying.retry(TENANT, batch.batch_id).batch
    outcome_store().record(
        TENANT, batch.batch_id, [Rendered(4, "4.pdf", revision=all_reports(batch)[2].revision)], now=NOW
    )

    ended = finish(running)

    assert (ended.status, ended.successful, ended.failed) == (BatchStatus.COMPLETED, 2, 2)
    assert retrying.retry(TENANT, batch.batch_id).rows == 1
    assert len(started_executions()) == 2


def test_the_speed_is_that_of_the_run(retrying: Retrying, clock: FakeClock) -> None:
    batch = failed_batch()
    running = retrying.retry(TENANT, batch.batch_id).batch
    assert estimated_completion(running, now=clock()) is None

    clock.advance(10)
    outcome_store().record(
        TENANT, batch.batch_id, [Rendered(4, "4.pdf", revision=all_reports(batch)[2].revision)], now=clock()
    )

    estimate = estimated_completion(BatchStore().get(TENANT, batch.batch_id), now=clock())
    assert estimate is not None
    assert (estimate - clock()).total_seconds() == 10


def test_where_nothing_failed_in_rendering_there_is_nothing_to_retry(retrying: Retrying) -> None:
    batch = failed_batch(0)

    with pytest.raises(Unprocessable) as refusal:
        retrying.retry(TENANT, batch.batch_id)

    assert refusal.value.code == "nothing_to_retry"
    assert BatchStore().get(TENANT, batch.batch_id) == batch


def test_a_batch_that_is_being_rendered_is_not_rendered_again(retrying: Retrying) -> None:
    batch = failed_batch()
    retrying.retry(TENANT, batch.batch_id)

    with pytest.raises(Unprocessable) as refusal:
        retrying.retry(TENANT, batch.batch_id)

    assert refusal.value.code == "batch_not_completed"
    assert len(started_executions()) == 1


class DyingBatchStore(BatchStore):
    def begin_run(self, *_: object, **__: object) -> bool:
        raise ConnectionError


class DyingWorkflow(Workflow):
    def start_once(self, *_: object, **__: object) -> bool:
        raise ConnectionError


@pytest.mark.parametrize("broken", ["batches", "workflow"])
def test_a_retry_that_broke_off_is_taken_up_by_the_next(retrying: Retrying, clock: FakeClock, broken: str) -> None:
    batch = failed_batch()
    dying = (
        retrying_over(batches=DyingBatchStore(), clock=clock)
        if broken == "batches"
        else retrying_over(workflow=DyingWorkflow(os.environ["BATCH_MACHINE_ARN"]), clock=clock)
    )
    with pytest.raises(ConnectionError):
        dying.retry(TENANT, batch.batch_id)

    assert retrying.retry(TENANT, batch.batch_id).rows == 2
    assert [execution["chunks"] for execution in started_executions()] == [[{"first_row": 4, "last_row": 5}]]


def test_very_many_are_retried_in_parts(results_cloud: None, clock: FakeClock) -> None:
    retrying = retrying_over(clock=clock, most_at_once=50)
    batch = failed_batch(120)

    assert 50 <= retrying.retry(TENANT, batch.batch_id).rows < 120
    assert [report.status for report in all_reports(batch)].count(ReportStatus.FAILED) > 1


def test_what_is_anothers_cannot_be_retried(retrying: Retrying) -> None:
    batch = failed_batch()

    with pytest.raises(NotFound):
        retrying.retry(OTHER_TENANT, batch.batch_id)


def test_a_batch_without_rows_has_nothing_to_retry(retrying: Retrying) -> None:
    batch = add_batch()

    with pytest.raises(Unprocessable):
        retrying.retry(TENANT, batch.batch_id)


def test_whoever_comes_too_late_to_retry_changes_nothing(retrying: Retrying) -> None:
    batch = failed_batch()
    running = retrying.retry(TENANT, batch.batch_id).batch
    rows = {report.row: report.revision for report in all_reports(batch)}
    outcomes = [Rendered(4, "4.pdf", revision=rows[4]), Rendered(5, problem=JAMMED, revision=rows[5])]
    outcome_store().record(TENANT, batch.batch_id, outcomes, now=NOW)
    assert finish(running).status is BatchStatus.COMPLETED
    answers = iter([batch])  # as it was before the other's retry

    class Outdated(BatchStore):
        def get(self, tenant_id: str, batch_id: str) -> Batch:
            return next(answers, None) or super().get(tenant_id, batch_id)

    late = retrying_over(batches=Outdated(), clock=lambda: NOW)
    with pytest.raises(Unprocessable) as refusal:
        late.retry(TENANT, batch.batch_id)

    assert refusal.value.code == "batch_not_completed"
    assert BatchStore().get(TENANT, batch.batch_id).status is BatchStatus.COMPLETED
    assert [report.status.value for report in all_reports(batch)] == ["ready", "failed", "ready", "failed"]
    assert retrying.retry(TENANT, batch.batch_id).rows == 1


def test_of_two_retries_at_once_one_begins_the_run(results_cloud: None, clock: FakeClock) -> None:
    batch = failed_batch()

    def overtake() -> None:
        other = BatchStore()
        assert other.begin_run(batch, now=NOW)
        other.complete(other.get(TENANT, batch.batch_id), now=NOW)

    with pytest.raises(Unprocessable) as refusal:
        retrying_over(corrections=Interrupted(overtake), clock=clock).retry(TENANT, batch.batch_id)

    assert refusal.value.code == "batch_not_completed"
    assert BatchStore().get(TENANT, batch.batch_id).runs == 2
    assert started_executions() == []


def test_the_end_of_an_older_run_does_not_end_a_newer_one(retrying: Retrying) -> None:
    batch = failed_batch()
    retrying.retry(TENANT, batch.batch_id)

    BatchStore().complete(batch, now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id).status is BatchStatus.PROCESSING


class NoRowsWaiting(ReportStore):
    """Is not asked for rows that wait."""

    def waiting(self, *_: object, **__: object) -> Iterator[WaitingRow]:
        pytest.fail("The rows that wait were looked for.")


class NoRowsLookedAt(NoRowsWaiting):
    """Is not asked for rows that failed either."""

    def failed_page(self, *_: object, **__: object) -> Page[Report]:
        pytest.fail("The rows that failed were looked for.")


def test_a_batch_of_bad_rows_is_refused_without_looking_at_them(results_cloud: None, clock: FakeClock) -> None:
    batch = failed_batch(0)

    with pytest.raises(Unprocessable) as refusal:
        retrying_over(reports=NoRowsLookedAt(), clock=clock).retry(TENANT, batch.batch_id)

    assert refusal.value.code == "nothing_to_retry"


def test_what_was_put_back_is_not_looked_for_again(results_cloud: None, clock: FakeClock) -> None:
    batch = failed_batch()

    assert retrying_over(reports=NoRowsWaiting(), clock=clock).retry(TENANT, batch.batch_id).rows == 2


def test_a_retry_ends_with_its_time(results_cloud: None, clock: FakeClock) -> None:
    batch = failed_batch(60)
    slow = Interrupted(lambda: clock.advance(TIME_TO_RETRY.total_seconds()))

    retried = retrying_over(corrections=slow, clock=clock).retry(TENANT, batch.batch_id)

    assert (retried.rows, retried.batch.status) == (25, BatchStatus.PROCESSING)
    assert [report.status for report in all_reports(batch)].count(ReportStatus.FAILED) == 36


def test_where_the_time_ends_before_a_row_is_found_it_says_so(results_cloud: None, clock: FakeClock) -> None:
    retrying = retrying_over(clock=clock, time_to_retry=timedelta(0))
    batch = failed_batch()

    with pytest.raises(Unavailable) as refusal:
        retrying.retry(TENANT, batch.batch_id)

    assert refusal.value.code == "retry_unfinished"
    assert BatchStore().get(TENANT, batch.batch_id) == batch


def test_a_row_whose_own_work_was_never_started_is_taken_up(retrying: Retrying) -> None:
    batch = failed_batch()
    report = all_reports(batch)[2]
    own = f"{batch.batch_id}-r4-{report.revision + 1}"
    assert reset_for_rendering(report, execution=own)

    assert retrying.retry(TENANT, batch.batch_id).rows == 2
    assert sorted(execution["chunks"][0]["first_row"] for execution in started_executions()) == [4, 5]


def test_a_row_alone_is_taken_up_in_a_batch_that_could_not_end_for_it(retrying: Retrying) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2), replace(row_of(batch, 3), execution=f"{batch.batch_id}-r3-1")])
    machine().start_once(batch.batch_id, {"chunks": []})
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, "2.pdf")], now=NOW)
    assert finish(BatchStore().get(TENANT, batch.batch_id)).status is BatchStatus.PROCESSING

    assert retrying.retry(TENANT, batch.batch_id).rows == 1
    assert {"first_row": 3, "last_row": 3} in [chunk for each in started_executions() for chunk in each["chunks"]]
