"""What became of rendered rows: recorded and counted on their batch in one transaction.

However often a chunk is rendered, its rows are counted once.
"""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import Unavailable
from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchRow, batches_partition
from herald.results.problem_json import problem_to_json
from herald.results.rendering.model import Rendered
from herald.results.reports.model import ReportStatus
from herald.results.reports.rows import ReportRow, failed_partition, report_partition, report_sort
from herald.storage.transitional import transaction
from herald.values.clock import to_text

_SETTLE_TRIES = 8
_REFUSED = "ConditionalCheckFailed"
_EXPECTED = frozenset({_REFUSED, "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class SettlementStore:
    """Settles reports over DynamoDB."""

    def settle(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> list[Rendered]:
        """Records what became of pending rows and counts them on their batch, all at once.

        Rows that are not pending any more, or of another revision than was rendered, are left as they are.

        Args:
            tenant_id: whose batch it is.
            batch_id: the batch of the rows.
            outcomes: some 25, as a transaction has at most four megabytes; 99 at most.
            now: when.

        Returns:
            Those that were recorded: none where the batch is gone.

        Raises:
            Unavailable: the batch's counter stays contended; the chunk may be tried again.
        """
        remaining = list(outcomes)
        for conflicts in range(_SETTLE_TRIES):
            passwords = _passwords_of_failing(tenant_id, batch_id, remaining)
            remaining = [outcome for outcome in remaining if outcome.problem is None or outcome.row in passwords]
            if not remaining:
                return []
            reasons = self._settle_once(tenant_id, batch_id, remaining, passwords, now)
            if not reasons:
                return remaining
            if reasons[-1] == _REFUSED:
                return []
            if _REFUSED not in reasons:
                time.sleep(random.uniform(0.01, 0.1 * 2**conflicts))  # noqa: S311 - jitter
                continue
            # One that failed may have been given a password at this moment: it is looked at again.
            rows = zip(remaining, reasons[:-1], strict=True)
            remaining = [outcome for outcome, reason in rows if reason != _REFUSED or outcome.problem is not None]
        raise Unavailable("The batch's counter is busy.", code="database_busy")

    def _settle_once(
        self,
        tenant_id: str,
        batch_id: str,
        outcomes: Sequence[Rendered],
        passwords: Mapping[int, str],
        now: datetime,
    ) -> list[str | None]:
        """Nothing where all was recorded; otherwise what is wrong with each row, and last with the batch."""
        try:
            self._write(tenant_id, batch_id, outcomes, passwords, now)
        except TransactWriteError as error:
            reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
            if not any(reasons) or not set(filter(None, reasons)) <= _EXPECTED:
                raise
            return reasons
        return []

    def _write(
        self,
        tenant_id: str,
        batch_id: str,
        outcomes: Sequence[Rendered],
        passwords: Mapping[int, str],
        now: datetime,
    ) -> None:
        successful = sum(1 for outcome in outcomes if outcome.problem is None)
        lacked_password = sum(1 for password_hash in passwords.values() if not password_hash)
        with transaction() as writes:
            for outcome in outcomes:
                writes.update(
                    ReportRow(report_partition(tenant_id, batch_id), report_sort(outcome.row)),
                    actions=_outcome_actions(tenant_id, batch_id, outcome, now),
                    condition=_still_as_rendered(outcome, passwords),
                )
            writes.update(
                BatchRow(batches_partition(tenant_id), batch_id),
                actions=[
                    BatchRow.successful.add(successful),
                    BatchRow.failed.add(len(outcomes) - successful),
                    BatchRow.without_password.add(-lacked_password),
                    BatchRow.updated_at.set(to_text(now)),
                ],
                condition=BatchRow.status.is_in(BatchStatus.PROCESSING.value, BatchStatus.COMPLETED.value),
            )


def _passwords_of_failing(tenant_id: str, batch_id: str, outcomes: Sequence[Rendered]) -> dict[int, str]:
    """The password hashes, or the lack of one, of rows that are going to fail: their batch counts those without.

    Rows that are not as they were rendered any more are left out.
    """
    revisions = {outcome.row: outcome.revision for outcome in outcomes if outcome.problem is not None}
    if not revisions:
        return {}
    found = ReportRow.batch_get(
        [(report_partition(tenant_id, batch_id), report_sort(row)) for row in revisions],
        consistent_read=True,
        attributes_to_get=["row_number", "status", "revision", "password_hash"],
    )
    return {
        int(row.row_number): row.password_hash
        for row in found
        if row.status == ReportStatus.PENDING.value and int(row.revision) == revisions[int(row.row_number)]
    }


def _still_as_rendered(outcome: Rendered, passwords: Mapping[int, str]) -> Condition:
    condition: Condition = (ReportRow.status == ReportStatus.PENDING.value) & (ReportRow.revision == outcome.revision)
    if outcome.problem is not None:
        condition &= ReportRow.password_hash == passwords[outcome.row]
    return condition


def _outcome_actions(tenant_id: str, batch_id: str, outcome: Rendered, now: datetime) -> list[Action]:
    status = ReportStatus.READY if outcome.problem is None else ReportStatus.FAILED
    actions: list[Action] = [
        ReportRow.status.set(status.value),
        ReportRow.updated_at.set(to_text(now)),
        ReportRow.pdf_key.set(outcome.pdf_key),
    ]
    if outcome.problem is None:
        return [*actions, ReportRow.problem.remove(), ReportRow.failed_key.remove()]
    return [
        *actions,
        ReportRow.problem.set(problem_to_json(outcome.problem)),
        ReportRow.failed_key.set(failed_partition(tenant_id, batch_id)),
    ]
