"""Rendering once more what failed in rendering, after whatever was in its way is gone.

The rows are put back first, then the batch, then the work is started: wherever this breaks off, asking again goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from herald.errors import Unprocessable
from herald.results.batches.machine import latest_execution, next_execution, rendering_input
from herald.results.model import Batch, BatchStatus, Report, chunks_of
from herald.values.clock import Clock, utc_now
from herald.values.page import Page

MOST_RETRIED_AT_ONCE = 5_000
"""What a request has time to put back: some sixty transactions."""
_ROWS_PER_TRANSACTION = 90


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...

    def begin_run(self, batch: Batch, *, now: datetime) -> bool:
        """Makes a completed batch one that is rendered once more; False where somebody else did."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def failed_page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's failed reports in the order of the sheet."""
        ...


class Corrections(Protocol):
    """Where rows are put back."""

    def reset_many_for_rendering(self, reports: Sequence[Report], *, execution: str, now: datetime) -> list[Report]:
        """Makes reports pending, and counts them so; gives those that are."""
        ...


class Rows(Protocol):
    """Where the rows of batches are stored."""

    def pending(self, tenant_id: str, batch_id: str, *, execution: str) -> list[int]:
        """The rows that wait for an execution of the batch machine, in order."""
        ...


class Workflow(Protocol):
    """What renders a batch."""

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:
        """Starts the work; False where it was started before under this name."""
        ...

    def was_started(self, name: str) -> bool:
        """Whether there is, or was, work under this name."""
        ...


@dataclass(frozen=True, slots=True)
class Retried:
    """A batch that is rendered once more, and how many of its rows are."""

    batch: Batch
    rows: int


class Retrying:
    """The use case of whoever wants another try."""

    def __init__(
        self,
        batches: BatchRecords,
        reports: Reports,
        corrections: Corrections,
        rows: Rows,
        workflow: Workflow,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._corrections = corrections
        self._rows = rows
        self._workflow = workflow
        self._clock = clock

    def retry(self, tenant_id: str, batch_id: str) -> Retried:
        """Renders the rows again that failed in rendering, `MOST_RETRIED_AT_ONCE` at most.

        Raises:
            NotFound: there is no such batch.
            Unprocessable: it is not completed (``batch_not_completed``), or no row failed in rendering
                (``nothing_to_retry``).
        """
        batch = self._batches.get(tenant_id, batch_id)
        if batch.status is BatchStatus.COMPLETED:
            self._put_back(batch)
            return self._run(batch)
        started = self._start_what_was_left(batch)
        if not started:
            raise Unprocessable("The batch is not completed yet.", code="batch_not_completed")
        return Retried(batch, started)

    def _put_back(self, batch: Batch) -> None:
        put_back = 0
        cursor: str | None = None
        while put_back < MOST_RETRIED_AT_ONCE:
            page = self._reports.failed_page(batch.tenant_id, batch.batch_id, size=_ROWS_PER_TRANSACTION, cursor=cursor)
            reports = [report for report in page.items if report.problem is not None and report.problem.may_pass]
            put_back += len(
                self._corrections.reset_many_for_rendering(reports, execution=next_execution(batch), now=self._clock())
            )
            cursor = page.next_cursor
            if cursor is None:
                return

    def _run(self, batch: Batch) -> Retried:
        rows = self._rows.pending(batch.tenant_id, batch.batch_id, execution=next_execution(batch))
        if not rows:
            raise Unprocessable(
                "No row of this batch failed in rendering. Rows with bad data are corrected one by one, or in a new "
                "workbook.",
                code="nothing_to_retry",
            )
        # Read anew: its counts are without the rows that were put back.
        if not self._batches.begin_run(self._batches.get(batch.tenant_id, batch.batch_id), now=self._clock()):
            raise Unprocessable("The batch is being rendered again already.", code="batch_not_completed")
        running = self._batches.get(batch.tenant_id, batch.batch_id)
        self._start(running, rows)
        return Retried(running, len(rows))

    def _start_what_was_left(self, batch: Batch) -> int:
        """Starts the work that somebody prepared and did not live to start; gives how many rows that is."""
        if batch.total == 0 or self._workflow.was_started(latest_execution(batch)):
            return 0
        rows = self._rows.pending(batch.tenant_id, batch.batch_id, execution=latest_execution(batch))
        if rows:
            self._start(batch, rows)
        return len(rows)

    def _start(self, batch: Batch, rows: Sequence[int]) -> None:
        self._workflow.start_once(latest_execution(batch), rendering_input(batch, chunks_of(rows)))
