"""Rendering once more what failed in rendering, after whatever was in its way is gone.

The rows are put back first, then the batch, then the work is started: wherever this breaks off, asking again goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from herald.errors import NotFound, Unavailable, Unprocessable
from herald.results.batches.executions import (
    WaitingRow,
    latest_execution,
    next_execution,
    rendering_input,
    row_of_execution,
)
from herald.results.batches.model import Batch, BatchStatus, chunks_of
from herald.results.batches.store import BatchStore
from herald.results.corrections.store import MOST_RESETS, CorrectionStore
from herald.results.ports import Workflow
from herald.results.reports.model import Report
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock, utc_now

MOST_RETRIED_AT_ONCE = 5_000
"""What a request has time to put back: some two hundred transactions."""
TIME_TO_RETRY = timedelta(seconds=15)
"""For looking at rows, of the 29 seconds that a request has. What is not reached stays failed, for the next request."""
MOST_RESTARTED_ALONE = 100
_LOOKED_AT_TOGETHER = 450


@dataclass(frozen=True, slots=True)
class Retried:
    """A batch that is rendered once more, and how many of its rows are."""

    batch: Batch
    rows: int


@dataclass(frozen=True, slots=True)
class PendingRows:
    """Pending rows: those that wait for one execution together, and those that wait for one of their own."""

    rows: Sequence[int]
    alone: Sequence[WaitingRow]


_NO_ROWS = PendingRows((), ())


class Retrying:
    def __init__(
        self,
        batches: BatchStore,
        reports: ReportStore,
        corrections: CorrectionStore,
        workflow: Workflow,
        *,
        most_at_once: int = MOST_RETRIED_AT_ONCE,
        time_to_retry: timedelta = TIME_TO_RETRY,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._corrections = corrections
        self._workflow = workflow
        self._most_at_once = most_at_once
        self._time_to_retry = time_to_retry
        self._clock = clock

    def retry(self, tenant_id: str, batch_id: str) -> Retried:
        """Renders the rows again that failed in rendering, `MOST_RETRIED_AT_ONCE` at most.

        Rows that wait for work which was never started are taken up as well.

        Raises:
            NotFound: there is no such batch.
            Unprocessable: it is not completed (``batch_not_completed``), or no row failed in rendering
                (``nothing_to_retry``).
            Unavailable: none was found in `TIME_TO_RETRY`, but not every row was looked at (``retry_unfinished``).
        """
        batch = self._batches.get(tenant_id, batch_id)
        until = self._clock() + self._time_to_retry
        if batch.status is BatchStatus.COMPLETED:
            return self._run(batch, until)
        started = 0 if batch.runs == 0 else self._start_what_was_left(batch, until)
        if not started:
            raise _not_completed()
        return Retried(batch, started)

    def _run(self, batch: Batch, until: datetime) -> Retried:
        put_back = self._put_back(batch, until)
        # Read anew: its counts are without the rows that were put back.
        fresh = self._batches.get(batch.tenant_id, batch.batch_id)
        left = self._pending_rows(fresh, next_execution(batch), until) if _waiting(fresh) > len(put_back) else _NO_ROWS
        rows = sorted({*put_back, *left.rows})
        restarted = self._restart(batch, left.alone)
        if not rows:
            return self._retried_alone(fresh, restarted, until)
        if not self._batches.begin_run(replace(fresh, runs=batch.runs), now=self._clock()):
            raise _not_completed()
        running = self._batches.get(batch.tenant_id, batch.batch_id)
        self._start(batch, next_execution(batch), rows)
        return Retried(running, len(rows) + restarted)

    def _put_back(self, batch: Batch, until: datetime) -> list[int]:
        """Makes failed rows pending for the next run; gives those, in order."""
        put_back: list[int] = []
        failed = self._failed_in_rendering(batch, until)
        while reports := list(islice(failed, MOST_RESETS)):
            put_back += self._reset(batch, reports)
            if len(put_back) >= self._most_at_once or self._clock() >= until:
                break
        return put_back

    def _failed_in_rendering(self, batch: Batch, until: datetime) -> Iterator[Report]:
        to_find = batch.failed - batch.bad_rows
        cursor: str | None = None
        while to_find > 0 and self._clock() < until:
            page = self._reports.failed_page(batch.tenant_id, batch.batch_id, size=_LOOKED_AT_TOGETHER, cursor=cursor)
            for report in page.items:
                to_find -= int(report.problem is None or report.problem.came_of_rendering)
                if report.problem is not None and report.problem.may_pass:
                    yield report
            cursor = page.next_cursor
            if cursor is None:
                return

    def _reset(self, batch: Batch, reports: Sequence[Report]) -> list[int]:
        try:
            renewed = self._corrections.reset_many(
                reports, execution=next_execution(batch), runs=batch.runs, now=self._clock()
            )
        except NotFound as error:
            self._batches.get(batch.tenant_id, batch.batch_id)
            raise _not_completed() from error
        return [report.row for report in renewed]

    def _retried_alone(self, batch: Batch, restarted: int, until: datetime) -> Retried:
        if restarted:
            return Retried(batch, restarted)
        if self._clock() >= until:
            raise Unavailable(
                "There was not enough time to look at every failed row; retry them one by one.", code="retry_unfinished"
            )
        raise Unprocessable(
            "No row of this batch failed in rendering. Rows with bad data are corrected one by one, or in a new "
            "workbook.",
            code="nothing_to_retry",
        )

    def _start_what_was_left(self, batch: Batch, until: datetime) -> int:
        """Starts the work that somebody prepared and did not live to start; gives how many rows that is."""
        execution = latest_execution(batch)
        left = self._pending_rows(batch, execution, until)
        begun = not left.rows or self._workflow.was_started(execution)
        if not begun:
            self._start(batch, execution, left.rows)
        return (0 if begun else len(left.rows)) + self._restart(batch, left.alone)

    def _pending_rows(self, batch: Batch, execution: str, until: datetime) -> PendingRows:
        """The rows that wait for an execution, or for one of their own, as far as there is time to look."""
        rows: list[int] = []
        alone: list[WaitingRow] = []
        found = islice(self._reports.waiting(batch.tenant_id, batch.batch_id), _waiting(batch))
        for waiting in takewhile(lambda _row: self._clock() < until, found):
            if waiting.execution == execution:
                rows.append(waiting.row)
            elif row_of_execution(waiting.execution) is not None and len(alone) < MOST_RESTARTED_ALONE:
                alone.append(waiting)
        return PendingRows(rows, alone)

    def _restart(self, batch: Batch, alone: Sequence[WaitingRow]) -> int:
        """Starts what is to render single rows and was never started; starting is harmless twice."""
        return sum(1 for waiting in alone if self._start(batch, waiting.execution, [waiting.row]))

    def _start(self, batch: Batch, execution: str, rows: Sequence[int]) -> bool:
        return self._workflow.start_once(execution, rendering_input(batch, chunks_of(rows)))


def _waiting(batch: Batch) -> int:
    return batch.total - batch.processed


def _not_completed() -> Unprocessable:
    return Unprocessable("The batch is not completed yet, or is being rendered again.", code="batch_not_completed")
