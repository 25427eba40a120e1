"""Ending batches: every row is accounted for, also those that no try could render."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from herald.results.batches.machine import row_of_execution
from herald.results.model import Batch, BatchProblem, BatchStatus, Chunk, Rendered, Report, ReportStatus
from herald.values.clock import Clock, utc_now
from herald.values.page import Page

_ROWS_PER_SWEEP = 100
_ROWS_PER_TRANSACTION = 50
_NEVER_RENDERED = BatchProblem("not_rendered", "This row could not be rendered, also after several tries.")


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def find(self, tenant_id: str, batch_id: str) -> Batch | None:
        """A batch, also a deleted one."""
        ...

    def complete(self, batch: Batch, *, now: datetime) -> None:
        """Ends a batch whose rows are all settled; harmless where it has ended."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        ...

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, as they are at this moment."""
        ...


class Settlements(Protocol):
    """Where it is recorded what became of rows."""

    def settle(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> list[Rendered]:
        """Records and counts what became of rows that are still as they were rendered; gives those."""
        ...


class FinishingBatches:
    """The use case at the end of an execution of the batch machine."""

    def __init__(
        self, records: BatchRecords, reports: Reports, settlements: Settlements, *, clock: Clock = utc_now
    ) -> None:
        self._records = records
        self._reports = reports
        self._settlements = settlements
        self._clock = clock

    def finish(self, tenant_id: str, batch_id: str, *, execution: str) -> Batch | None:
        """Accounts for the rows of an execution: those that no try could render are failed.

        The batch ends with the execution that accounts for its last rows; others may still be at work on some.

        Returns:
            The batch as it is then; ``None`` for one that was deleted meanwhile, which has no end.
        """
        batch = self._living(tenant_id, batch_id)
        if batch is not None and batch.processed < batch.total:
            self._fail_leftovers(batch, execution)
            batch = self._living(tenant_id, batch_id)
        if batch is not None and batch.processed >= batch.total:
            self._records.complete(batch, now=self._clock())
        return self._living(tenant_id, batch_id)

    def _living(self, tenant_id: str, batch_id: str) -> Batch | None:
        batch = self._records.find(tenant_id, batch_id)
        return None if batch is None or batch.status is BatchStatus.DELETED else batch

    def _fail_leftovers(self, batch: Batch, execution: str) -> None:
        row = row_of_execution(execution)
        if row is not None:
            self._fail(batch, execution, self._reports.chunk(batch.tenant_id, batch.batch_id, Chunk(row, row)))
            return
        cursor: str | None = None
        while True:
            page = self._reports.page(batch.tenant_id, batch.batch_id, size=_ROWS_PER_SWEEP, cursor=cursor)
            self._fail(batch, execution, page.items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def _fail(self, batch: Batch, execution: str, reports: Sequence[Report]) -> None:
        never_rendered = [
            Rendered(report.row, problem=_NEVER_RENDERED, revision=report.revision)
            for report in reports
            if report.status is ReportStatus.PENDING and report.rendered_by == execution
        ]
        for start in range(0, len(never_rendered), _ROWS_PER_TRANSACTION):
            outcomes = never_rendered[start : start + _ROWS_PER_TRANSACTION]
            self._settlements.settle(batch.tenant_id, batch.batch_id, outcomes, now=self._clock())
