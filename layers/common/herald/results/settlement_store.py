"""What became of rendered rows: recorded and counted on their batch in one transaction.

However often a chunk is rendered, its rows are counted once.
"""

import random
import time
from collections.abc import Sequence
from datetime import datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action

from herald.errors import Unavailable
from herald.results.batch_store import BatchRow, batches_partition
from herald.results.model import ReportStatus
from herald.results.problem_json import problem_to_json
from herald.results.rendering import Rendered
from herald.results.report_rows import ReportRow, report_partition, report_sort
from herald.storage import transaction
from herald.values.clock import to_text

_SETTLE_TRIES = 8


class SettlementStore:
    """Settles reports over DynamoDB."""

    def settle(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> None:
        """Records what became of pending rows and counts them on their batch, all at once or not at all.

        Raises:
            Unavailable: the batch's counter stays contended; the chunk may be tried again.
            TransactWriteError: some of the rows are no longer pending.
        """
        if not outcomes:
            return
        for attempt in range(_SETTLE_TRIES):
            try:
                self._settle_once(tenant_id, batch_id, outcomes, now)
            except TransactWriteError as error:
                if not _only_contended(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05 * 2**attempt))  # noqa: S311 - jitter
                continue
            return
        raise Unavailable("The batch's counter is busy.", code="database_busy")

    def _settle_once(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], now: datetime) -> None:
        successful = sum(1 for outcome in outcomes if outcome.problem is None)
        with transaction() as writes:
            for outcome in outcomes:
                writes.update(
                    ReportRow(report_partition(tenant_id, batch_id), report_sort(outcome.row)),
                    actions=_outcome_actions(outcome, now),
                    condition=ReportRow.status == ReportStatus.PENDING.value,
                )
            writes.update(
                BatchRow(batches_partition(tenant_id), batch_id),
                actions=[
                    BatchRow.successful.add(successful),
                    BatchRow.failed.add(len(outcomes) - successful),
                    BatchRow.updated_at.set(to_text(now)),
                ],
                condition=BatchRow.partition.exists(),
            )


def _outcome_actions(outcome: Rendered, now: datetime) -> list[Action]:
    status = ReportStatus.READY if outcome.problem is None else ReportStatus.FAILED
    actions: list[Action] = [ReportRow.status.set(status.value), ReportRow.updated_at.set(to_text(now))]
    if outcome.problem is None:
        return [*actions, ReportRow.pdf_key.set(outcome.pdf_key)]
    return [*actions, ReportRow.problem.set(problem_to_json(outcome.problem))]


def _only_contended(error: TransactWriteError) -> bool:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes) and codes <= {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
