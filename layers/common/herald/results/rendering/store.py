"""What became of rendered rows: recorded and counted on their batch in one transaction.

However often a chunk is rendered, its rows are counted once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import Unavailable
from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchRow, batches_partition
from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.store import ReportRow, failed_partition, report_partition, report_sort, row_at
from herald.storage import Transaction, TransactionRefused

_ATTEMPTS = 8


class OutcomeStore:
    """Reports and the counts of their batch, which agree at every moment."""

    def postpone(self, reports: Iterable[Report]) -> None:
        """Leaves rows pending for another round; those that are not as they were rendered any more are left alone."""
        for report in reports:
            as_rendered = (ReportRow.status == ReportStatus.PENDING) & (ReportRow.revision == report.revision)
            row_at(report.place).update_if([ReportRow.office_failures.set(report.office_failures + 1)], as_rendered)

    def record(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> list[Rendered]:
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
            Unavailable: the rows or the batch's counter stay contended; the chunk may be tried again.
        """
        remaining = list(outcomes)
        for _ in range(_ATTEMPTS):
            passwords = _passwords_of_failing(tenant_id, batch_id, remaining)
            remaining = [outcome for outcome in remaining if outcome.problem is None or outcome.row in passwords]
            if not remaining:
                return []
            try:
                _write(tenant_id, batch_id, remaining, passwords, now)
            except TransactionRefused as refused:
                if len(remaining) in refused.writes:  # the batch is the last of the writes
                    return []
                # One that failed may have been given a password at this moment: it is looked at again.
                remaining = [
                    outcome
                    for number, outcome in enumerate(remaining)
                    if number not in refused.writes or outcome.problem is not None
                ]
            else:
                return remaining
        raise Unavailable("The batch's rows are busy.", code="database_busy")


def _write(
    tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], passwords: Mapping[int, str], now: datetime
) -> None:
    successful = sum(1 for outcome in outcomes if outcome.problem is None)
    lacked_password = sum(1 for password_hash in passwords.values() if not password_hash)
    with Transaction() as writes:
        for outcome in outcomes:
            writes.update(
                ReportRow(report_partition(tenant_id, batch_id), report_sort(outcome.row)),
                _outcome_actions(tenant_id, batch_id, outcome, now),
                condition=_still_as_rendered(outcome, passwords),
            )
        writes.update(
            BatchRow(batches_partition(tenant_id), batch_id),
            [
                BatchRow.successful.add(successful),
                BatchRow.failed.add(len(outcomes) - successful),
                BatchRow.without_password.add(-lacked_password),
                BatchRow.updated_at.set(now),
            ],
            condition=BatchRow.status.is_in(BatchStatus.PROCESSING, BatchStatus.COMPLETED),
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
        row.row: row.password_hash
        for row in found
        if row.status is ReportStatus.PENDING and row.revision == revisions[row.row]
    }


def _still_as_rendered(outcome: Rendered, passwords: Mapping[int, str]) -> Condition:
    condition: Condition = (ReportRow.status == ReportStatus.PENDING) & (ReportRow.revision == outcome.revision)
    if outcome.problem is not None:
        condition &= ReportRow.password_hash == passwords[outcome.row]
    return condition


def _outcome_actions(tenant_id: str, batch_id: str, outcome: Rendered, now: datetime) -> list[Action]:
    status = ReportStatus.READY if outcome.problem is None else ReportStatus.FAILED
    actions: list[Action] = [
        ReportRow.status.set(status),
        ReportRow.updated_at.set(now),
        ReportRow.pdf_key.set(outcome.pdf_key),
    ]
    if outcome.problem is None:
        return [*actions, ReportRow.problem.remove(), ReportRow.failed_key.remove()]
    return [
        *actions,
        ReportRow.problem.set(outcome.problem),
        ReportRow.failed_key.set(failed_partition(tenant_id, batch_id)),
    ]
