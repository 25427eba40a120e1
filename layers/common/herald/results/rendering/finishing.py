"""Ending batches: every row is accounted for, also those that no try could render."""

from collections.abc import Sequence
from itertools import islice

from herald.results.batches.executions import EVERY_ROW, WaitingRow, row_of_execution
from herald.results.batches.model import Batch, BatchProblem, BatchStatus, Chunk
from herald.results.batches.store import BatchStore
from herald.results.ports import ObjectStore
from herald.results.rendering.model import Rendered
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock, utc_now

_ROWS_PER_TRANSACTION = 25
"""DynamoDB takes four megabytes at once, and a row can have a hundred thousand characters."""
_NEVER_RENDERED = BatchProblem("not_rendered", "This row could not be rendered, also after several tries.")


class FinishingBatches:
    """The use case at the end of an execution of the batch machine."""

    def __init__(
        self,
        batches: BatchStore,
        reports: ReportStore,
        outcome_store: OutcomeStore,
        documents: ObjectStore,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._outcome_store = outcome_store
        self._documents = documents
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
            self._batches.complete(batch, now=self._clock())
        return self._living(tenant_id, batch_id)

    def _living(self, tenant_id: str, batch_id: str) -> Batch | None:
        batch = self._batches.find(tenant_id, batch_id)
        return None if batch is None or batch.status is BatchStatus.DELETED else batch

    def _fail_leftovers(self, batch: Batch, execution: str) -> None:
        row = row_of_execution(execution)
        rows = EVERY_ROW if row is None else Chunk(row, row)
        never_rendered = (
            left for left in self._reports.waiting(batch.tenant_id, batch.batch_id, rows) if left.execution == execution
        )
        while leftovers := list(islice(never_rendered, _ROWS_PER_TRANSACTION)):
            self._fail(batch, leftovers)

    def _fail(self, batch: Batch, leftovers: Sequence[WaitingRow]) -> None:
        outcomes = [Rendered(left.row, problem=_NEVER_RENDERED, revision=left.revision) for left in leftovers]
        recorded = self._outcome_store.record(batch.tenant_id, batch.batch_id, outcomes, now=self._clock())
        failed = {outcome.row for outcome in recorded}
        for left in leftovers:
            # What the row looked like before it was corrected: nothing leads there any more.
            if left.pdf_key and left.row in failed:
                self._documents.delete(left.pdf_key)
