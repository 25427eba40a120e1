"""Rows that change after they were read: corrected, put back to be rendered again, removed.

Each change and what it means for the counts of its batch are one transaction, so that the counts stay true whatever
else happens to the row at that moment.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import NotFound
from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchRow, batches_partition
from herald.results.duplicates.store import PhoneIndexRow, index_changes
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.results.reports.store import ReportRow, row_at, row_of, search_text
from herald.storage import Transaction, TransactionRefused

MOST_RESETS = 25
"""Rows in one transaction: DynamoDB takes four megabytes, and a row's values are 90,000 characters at most."""
_COUNTERS = (BatchRow.total, BatchRow.successful, BatchRow.failed, BatchRow.bad_rows, BatchRow.without_password)


class CorrectionStore:
    """Changes of reports, counted on their batch."""

    def change(self, before: Report, after: Report, *, now: datetime) -> bool:
        """Stores what differs between two states of a report; False where the first is no longer how it stands.

        Raises:
            NotFound: its batch is gone, or not all read yet.
        """
        return _change_all([before], [after], now, _still_there(), _unchanged_with_values)

    def delete(self, report: Report, *, now: datetime) -> bool:
        """Removes a report; False where it has changed since it was read, or is gone.

        Raises:
            NotFound: its batch is gone, or not all read yet.
        """
        try:
            with Transaction() as writes:
                writes.delete(row_at(report.place), condition=_unchanged(report) & _same_texts(report))
                changes = index_changes(report, None)
                _count(writes, report, [-count for count in _counts(report)], now, _still_there(), changes)
        except TransactionRefused as refused:
            _require_batch(refused, write=1)
            return False
        return True

    def reset_many(self, reports: Sequence[Report], *, execution: str, runs: int, now: datetime) -> list[Report]:
        """Makes up to `MOST_RESETS` reports of one batch pending at once; gives those that are pending now.

        Args:
            reports: as they were read.
            execution: what is to render them.
            runs: how many runs the batch must have had, and have ended.
            now: when.

        Raises:
            NotFound: their batch is gone, or is being rendered again.
        """
        if not reports:
            return []
        renewed = [report.to_be_rendered(execution=execution, now=now) for report in reports]
        resting = (BatchRow.status == BatchStatus.COMPLETED) & (BatchRow.runs == runs)
        if _change_all(reports, renewed, now, resting, _unchanged):
            return renewed
        pairs = zip(reports, renewed, strict=True)
        return [after for before, after in pairs if _change_all([before], [after], now, resting, _unchanged)]


def _change_all(
    before: Sequence[Report],
    after: Sequence[Report],
    now: datetime,
    batch: Condition,
    unchanged: Callable[[Report], Condition],
) -> bool:
    changes = [change for old, new in zip(before, after, strict=True) for change in index_changes(old, new)]
    differences = [
        sum(_counts(new)[place] - _counts(old)[place] for old, new in zip(before, after, strict=True))
        for place in range(len(_COUNTERS))
    ]

    try:
        with Transaction() as writes:
            for old, new in zip(before, after, strict=True):
                writes.update(row_at(old.place), _differing(old, new), condition=unchanged(old))
            _count(writes, before[0], differences, now, batch, changes)
    except TransactionRefused as refused:
        _require_batch(refused, write=len(before))
        return False
    return True


def _require_batch(refused: TransactionRefused, *, write: int) -> None:
    """Raises NotFound where the batch's own write was refused, the last that has a condition."""
    if write in refused.writes:
        raise NotFound("There is no such report.") from refused


def _counts(report: Report) -> tuple[int, ...]:
    """What a report adds to each of `_COUNTERS`."""
    bad = report.problem is not None and not report.problem.came_of_rendering
    return (
        1,
        int(report.status is ReportStatus.READY),
        int(report.status is ReportStatus.FAILED),
        int(bad),
        int(report.lacks_password),
    )


def _count(
    writes: Transaction,
    report: Report,
    differences: Sequence[int],
    now: datetime,
    condition: Condition,
    changes: Sequence[tuple[PhoneIndexRow, list[Action]]],
) -> None:
    found_anew = [BatchRow.corrections.add(1), BatchRow.duplicates.remove()] if changes else []
    writes.update(
        BatchRow(batches_partition(report.tenant_id), report.batch_id),
        [
            BatchRow.updated_at.set(now),
            *(counter.add(by) for counter, by in zip(_COUNTERS, differences, strict=True) if by),
            *found_anew,
        ],
        condition=condition,
    )
    for row, actions in changes:
        writes.update(row, actions)


def _differing(old: Report, new: Report) -> list[Action]:
    """Sets what differs and nothing else: a delivery that goes on meanwhile, say, keeps its own attributes."""
    row = row_of(new)
    stored, wanted = row_of(old).to_dynamodb_dict(), row.to_dynamodb_dict()
    actions: list[Action] = [ReportRow.updated_at.set(new.updated_at)]
    for name, attribute in ReportRow.get_attributes().items():
        value = wanted.get(attribute.attr_name)
        if value != stored.get(attribute.attr_name) and attribute is not ReportRow.updated_at:
            actions.append(attribute.remove() if value is None else attribute.set(getattr(row, name)))
    return actions


def _still_there() -> Condition:
    living = BatchRow.status.is_in(BatchStatus.PROCESSING, BatchStatus.COMPLETED)
    condition: Condition = living & (BatchRow.total > 0)
    return condition


def _unchanged(report: Report) -> Condition:
    recipient = report.recipient
    same_state = (ReportRow.status == report.status) & (ReportRow.revision == report.revision)
    same_person = (ReportRow.search == search_text(recipient)) & (ReportRow.password_hash == recipient.password_hash)
    same_links = ReportRow.link_generation == report.link_generation
    if not report.link_generation:  # rows from before the attribute have none
        same_links |= ReportRow.link_generation.does_not_exist()
    condition: Condition = same_state & same_person & same_links
    return condition


def _unchanged_with_values(report: Report) -> Condition:
    condition: Condition = _unchanged(report) & _same_texts(report) & (ReportRow.values == report.values)
    return condition


def _same_texts(report: Report) -> Condition:
    """Whether no sending has begun since, and texts went to the same other phones: a phone's texts stay known."""
    known = ReportRow.texted_phones
    condition: Condition = known == report.texted_phones if report.texted_phones else known.does_not_exist()
    if report.delivery_status is DeliveryStatus.NOT_SENT:
        condition &= ReportRow.delivery_status == DeliveryStatus.NOT_SENT
    return condition
