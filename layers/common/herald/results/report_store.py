"""Reports in DynamoDB: ``{tenant}#batch#{batch}``, one item per row in the order of the sheet.

A chunk of rows is one query and one transaction, which also counts them on the batch: however often a chunk is
rendered, its rows are counted once. `ReportIndex` leads from a report's id to its row.
"""

import random
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from herald.errors import NotFound, Unavailable
from herald.results.model import (
    DELIVERY_GIVEN_UP_AFTER,
    Chunk,
    DeliveryStatus,
    Place,
    RecipientDetails,
    Report,
    ReportStatus,
    delivery_statuses_before,
)
from herald.results.rendering import Rendered
from herald.results.store import BatchRow, batches_partition, problem_from_json, problem_to_json
from herald.results.typed_json import decode, encode
from herald.storage import Row, table_name, transaction, write_many
from herald.values.clock import from_text, to_text
from herald.values.page import Page, decode_cursor, encode_cursor

_SETTLE_TRIES = 8


class ReportIndex(GlobalSecondaryIndex["ReportRow"]):  # type: ignore[no-untyped-call]  # PynamoDB's own hook
    """From a report's id to its row."""

    class Meta:
        index_name = "ReportIndex"
        projection = KeysOnlyProjection()

    report_key = UnicodeAttribute(hash_key=True)


class ReportRow(Row):
    """One row of a workbook, on its way to being one person's PDF."""

    class Meta:
        table_name = table_name("RESULTS_TABLE")

    by_report: ClassVar[ReportIndex] = ReportIndex()
    report_key = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    row_number = NumberAttribute()
    report_id = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    phone = UnicodeAttribute(default="")
    email = UnicodeAttribute(default="")
    language = UnicodeAttribute(default="")
    password_hash = UnicodeAttribute(default="")
    cells = UnicodeAttribute(default="{}")
    status = UnicodeAttribute()
    problem = JSONAttribute(null=True)
    pdf_key = UnicodeAttribute(default="")
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    delivery_id = UnicodeAttribute(default="")
    delivery_status = UnicodeAttribute(default=DeliveryStatus.NOT_SENT.value)
    delivery_error = UnicodeAttribute(default="")
    downloads = NumberAttribute(default=0)


class ReportStore:
    """Reports over DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = table

    def put_many(self, reports: Iterable[Report]) -> int:
        """Stores new reports, over what an earlier try at the same workbook left; gives their number."""
        return write_many(self._table, (_row(report) for report in reports))

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, in order, as they are at this moment."""
        rows = ReportRow.query(
            _partition(tenant_id, batch_id),
            ReportRow.sort.between(_sort(chunk.first_row), _sort(chunk.last_row)),
            consistent_read=True,
        )
        return [_report(row) for row in rows]

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        after = decode_cursor(cursor) if cursor else "row#"
        rows = ReportRow.query(
            _partition(tenant_id, batch_id), ReportRow.sort > after, limit=size, consistent_read=True
        )
        items = [_report(row) for row in rows]
        return Page(items, encode_cursor(_sort(items[-1].row)) if len(items) == size else None)

    def get(self, tenant_id: str, report_id: str) -> Report:
        """A report by its id, or NotFound."""
        found = next(iter(ReportRow.by_report.query(f"{tenant_id}#{report_id}", limit=1)), None)
        if found is None:
            raise NotFound("There is no such report.", fields={"report_id": report_id})
        return self.at(found.partition, found.sort)

    def at_row(self, tenant_id: str, batch_id: str, row: int) -> Report:
        """A report by its place in its batch, or NotFound."""
        return self.at(_partition(tenant_id, batch_id), _sort(row))

    def at(self, partition: str, sort: str) -> Report:
        """A report by its key, or NotFound."""
        try:
            return _report(ReportRow.get(partition, sort, consistent_read=True))
        except DoesNotExist as error:
            raise NotFound("There is no such report.") from error

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

    def begin_delivery(
        self, place: Place, *, now: datetime, delivery_id: str, from_statuses: Sequence[DeliveryStatus]
    ) -> bool:
        """Queues a report for a new delivery.

        False where its present one is not in ``from_statuses``, unless nothing has been heard of that for an hour: a
        delivery that was never queued, or whose callback was lost, must not keep a report from its person for ever.
        """
        condition = ReportRow.delivery_status.is_in(*[status.value for status in from_statuses])
        if from_statuses != [DeliveryStatus.NOT_SENT]:
            condition |= ReportRow.updated_at < to_text(now - DELIVERY_GIVEN_UP_AFTER)
        return _at(place).update_if(_delivery_actions(DeliveryStatus.QUEUED, delivery_id, "", now), condition)

    def update_delivery(
        self, place: Place, status: DeliveryStatus, *, now: datetime, delivery_id: str, error_code: str
    ) -> bool:
        """Moves a report's delivery forward.

        False where it is further already, another delivery has begun since, or no such report is here.
        """
        actions = _delivery_actions(status, delivery_id, error_code, now)
        earlier = [before.value for before in delivery_statuses_before(status)]
        condition = (ReportRow.delivery_id == delivery_id) & ReportRow.delivery_status.is_in(*earlier)
        return _at(place).update_if(actions, condition)

    def set_password(self, report: Report, password_hash: str) -> None:
        """Replaces a report's password."""
        row = ReportRow(_partition(report.tenant_id, report.batch_id), _sort(report.row))
        row.update_if([ReportRow.password_hash.set(password_hash)], ReportRow.partition.exists())

    def count_download(self, report: Report) -> None:
        """Counts one more opening of the PDF."""
        row = ReportRow(_partition(report.tenant_id, report.batch_id), _sort(report.row))
        row.update_if([ReportRow.downloads.add(1)], ReportRow.partition.exists())

    def _settle_once(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], now: datetime) -> None:
        successful = sum(1 for outcome in outcomes if outcome.problem is None)
        with transaction() as writes:
            for outcome in outcomes:
                writes.update(
                    ReportRow(_partition(tenant_id, batch_id), _sort(outcome.row)),
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


def _delivery_actions(status: DeliveryStatus, delivery_id: str, error_code: str, now: datetime) -> list[Action]:
    return [
        ReportRow.delivery_status.set(status.value),
        ReportRow.delivery_id.set(delivery_id),
        ReportRow.delivery_error.set(error_code),
        ReportRow.updated_at.set(to_text(now)),
    ]


def _only_contended(error: TransactWriteError) -> bool:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes) and codes <= {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


def _at(place: Place) -> ReportRow:
    return ReportRow(_partition(place.tenant_id, place.batch_id), _sort(place.row))


def _partition(tenant_id: str, batch_id: str) -> str:
    return f"{tenant_id}#batch#{batch_id}"


def _sort(row: int) -> str:
    return f"row#{row:07d}"


def _row(report: Report) -> ReportRow:
    return ReportRow(
        _partition(report.tenant_id, report.batch_id),
        _sort(report.row),
        report_key=f"{report.tenant_id}#{report.report_id}",
        tenant_id=report.tenant_id,
        batch_id=report.batch_id,
        row_number=report.row,
        report_id=report.report_id,
        name=report.recipient.name,
        phone=report.recipient.phone,
        email=report.recipient.email,
        language=report.recipient.language,
        password_hash=report.recipient.password_hash,
        cells=encode(report.values),
        status=report.status.value,
        problem=problem_to_json(report.problem),
        created_at=to_text(report.created_at),
        updated_at=to_text(report.updated_at),
    )


def _report(row: ReportRow) -> Report:
    return Report(
        tenant_id=row.tenant_id,
        batch_id=row.batch_id,
        row=int(row.row_number),
        report_id=row.report_id,
        recipient=RecipientDetails(row.name, row.phone, row.email, row.language, row.password_hash),
        status=ReportStatus(row.status),
        created_at=from_text(row.created_at),
        updated_at=from_text(row.updated_at),
        values=decode(row.cells),
        pdf_key=row.pdf_key,
        problem=problem_from_json(row.problem),
        delivery_id=row.delivery_id,
        delivery_status=DeliveryStatus(row.delivery_status),
        delivery_error=row.delivery_error,
        downloads=int(row.downloads),
    )
