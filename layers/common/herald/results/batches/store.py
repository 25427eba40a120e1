"""Batches in DynamoDB: ``{tenant}#batches``, in the order they were made; and what a tenant decides for new ones."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from herald.errors import NotFound
from herald.results.batches.model import Batch, BatchDefaults, BatchProblem, BatchStatus, Duplicates, Reading
from herald.storage import EnumAttribute, IntegerAttribute, JsonAttribute, Row, TableName, TimestampAttribute
from herald.values.clock import epoch_seconds
from herald.values.page import Page, decode_cursor, encode_cursor

READING_LEASE_SECONDS = 45
"""Shorter than the minute that Lambda waits before it repeats a failed asynchronous event."""

MOST_LOOKED_AT = 1000
"""How many batches one request for a page may read."""
_LOOKED_AT_TOGETHER = 200


class BatchRow(Row):
    """A workbook through a template, with its counts."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    template_id = UnicodeAttribute()
    template_key = UnicodeAttribute()
    status = EnumAttribute(BatchStatus)
    created_at = TimestampAttribute()
    updated_at = TimestampAttribute()
    total = IntegerAttribute(null=True)
    successful = IntegerAttribute(null=True)
    failed = IntegerAttribute(null=True)
    started_at = TimestampAttribute(null=True)
    finished_at = TimestampAttribute(null=True)
    upload = UnicodeAttribute(null=True)
    reader = UnicodeAttribute(null=True)
    reader_until = IntegerAttribute(null=True)
    problem = JsonAttribute[BatchProblem](BatchProblem, null=True)
    last_row = IntegerAttribute(null=True)
    without_password = IntegerAttribute(null=True)
    bad_rows = IntegerAttribute(null=True)
    template_version = IntegerAttribute(null=True)
    sheet = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    protect_pdf = BooleanAttribute(null=True)
    retention_days = IntegerAttribute(null=True)
    runs = IntegerAttribute(null=True)
    run_started_at = TimestampAttribute(null=True)
    run_started_with = IntegerAttribute(null=True)
    readings = IntegerAttribute(null=True)
    sender_name = UnicodeAttribute(null=True)
    scheduled_for = TimestampAttribute(null=True)
    scheduled_delivery_id = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    date_format = UnicodeAttribute(null=True)
    duplicates = JsonAttribute[Duplicates](Duplicates, null=True)
    corrections = IntegerAttribute(null=True)


class BatchStore:
    """``{tenant}#batches``, one item each."""

    def __init__(self, *, most_looked_at: int = MOST_LOOKED_AT) -> None:
        self._most_looked_at = most_looked_at

    def add(self, batch: Batch) -> bool:
        """Stores a new batch; False where this id exists already."""
        scheduled = batch.scheduled_delivery_id or None  # `schedule_delivery` asks whether there is one
        row = BatchRow.from_entity(
            batch, *batch_key(batch), scheduled_delivery_id=scheduled, expires_at=batch.retained_until
        )
        return row.save_if(BatchRow.partition.does_not_exist())

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound; a deleted one is not found."""
        batch = self.find(tenant_id, batch_id)
        if batch is None or batch.status is BatchStatus.DELETED:
            raise NotFound("There is no such batch.", fields={"batch_id": batch_id})
        return batch

    def find(self, tenant_id: str, batch_id: str) -> Batch | None:
        """A batch, also one that is deleted and whose traces are still being removed."""
        row = BatchRow.find(batches_partition(tenant_id), batch_id)
        return _batch(row) if row else None

    def page(self, tenant_id: str, *, size: int, cursor: str | None, status: BatchStatus | None = None) -> Page[Batch]:
        """Batches, newest first, those of one status where one is given.

        A page may be short, even empty, and yet have a cursor: at most `MOST_LOOKED_AT` batches are looked at for it.
        """
        rows = BatchRow.query(
            batches_partition(tenant_id),
            BatchRow.sort < decode_cursor(cursor) if cursor else None,
            scan_index_forward=False,
            limit=self._most_looked_at,
            page_size=size if status is None else _LOOKED_AT_TOGETHER,
        )
        found: list[Batch] = []
        for looked_at, row in enumerate(rows, start=1):
            batch = _batch(row)
            if batch.status is (status or batch.status) and batch.status is not BatchStatus.DELETED:
                found.append(batch)
            if len(found) == size or looked_at == self._most_looked_at:
                return Page(found, encode_cursor(batch.batch_id))
        return Page(found, None)

    def begin_reading(self, batch: Batch, *, upload: str, reader: str, now: datetime) -> int:
        """Makes ``reader`` the one who reads the upload (an object version) into rows, for `READING_LEASE_SECONDS`.

        Returns:
            1 for a batch that waits for its workbook or whose last one would not do, more where earlier readers died
            or failed; 0 where the rows of this batch are stored already, or somebody else is reading.
        """
        row = _batch_row(batch)
        actions = [
            BatchRow.status.set(BatchStatus.PROCESSING),
            BatchRow.upload.set(upload),
            BatchRow.reader.set(reader),
            BatchRow.reader_until.set(epoch_seconds(now) + READING_LEASE_SECONDS),
            BatchRow.updated_at.set(now),
        ]
        # The problem of the last workbook stays until this one is read: it may turn out to have been replaced.
        started_anew = [BatchRow.started_at.set(now), BatchRow.readings.set(1)]
        awaited = BatchRow.status.is_in(BatchStatus.PENDING, BatchStatus.FAILED)
        if row.update_if([*actions, *started_anew], awaited):
            return 1
        abandoned = _unread() & (BatchRow.reader_until < epoch_seconds(now))
        return row.readings if row.update_if([*actions, BatchRow.readings.add(1)], abandoned) else 0

    def being_read(self, batch: Batch, *, now: datetime) -> str:
        """The upload that a reader who lives is reading at this moment; empty where there is none."""
        row = BatchRow.get(batches_partition(batch.tenant_id), batch.batch_id, consistent_read=True)
        reads = row.status == BatchStatus.PROCESSING and not row.runs
        return row.upload or "" if reads and (row.reader_until or 0) >= epoch_seconds(now) else ""

    def keep_reading(self, batch: Batch, *, reader: str, now: datetime) -> bool:
        """Prolongs the lease; False where it was lost to somebody else, or the batch was deleted."""
        return _batch_row(batch).update_if(
            [BatchRow.reader_until.set(epoch_seconds(now) + READING_LEASE_SECONDS)], _read_by(reader)
        )

    def stop_reading(self, batch: Batch, *, reader: str) -> None:
        """Gives the lease up, so that another may begin at once; harmless where it was lost."""
        _batch_row(batch).update_if([BatchRow.reader_until.set(0)], _read_by(reader))

    def put_back(self, batch: Batch, *, reader: str, now: datetime) -> None:
        """Makes the batch what it was before a reading that found nothing to read; harmless where the lease was lost.

        It is failed where the workbook before would not do, and waits for its workbook otherwise.
        """
        updated = BatchRow.updated_at.set(now)
        failed = [BatchRow.status.set(BatchStatus.FAILED), updated]
        waiting = [BatchRow.status.set(BatchStatus.PENDING), BatchRow.started_at.remove(), updated]
        row = _batch_row(batch)
        if not row.update_if(failed, _read_by(reader) & BatchRow.problem.exists()):
            row.update_if(waiting, _read_by(reader))

    def finish_reading(self, batch: Batch, reading: Reading, *, reader: str, now: datetime) -> bool:
        """Records what the workbook holds, and that its rendering begins; False as above."""
        return _batch_row(batch).update_if(
            [
                BatchRow.total.set(reading.total),
                BatchRow.failed.set(reading.failed),
                BatchRow.bad_rows.set(reading.failed),
                BatchRow.last_row.set(reading.last_row),
                BatchRow.without_password.set(reading.without_password),
                BatchRow.duplicates.set(reading.duplicates),
                BatchRow.runs.set(1),
                BatchRow.run_started_at.set(now),
                BatchRow.run_started_with.set(reading.failed),
                BatchRow.problem.remove(),
                BatchRow.finished_at.remove(),
                BatchRow.updated_at.set(now),
            ],
            _read_by(reader),
        )

    def tell_duplicates(self, batch: Batch, duplicates: Duplicates) -> None:
        """Records what was found in a batch; not where rows were corrected after ``batch`` was read."""
        _batch_row(batch).update_if([BatchRow.duplicates.set(duplicates)], BatchRow.corrections == batch.corrections)

    def fail(self, batch: Batch, problem: BatchProblem, *, reader: str, now: datetime) -> None:
        """Ends a batch that cannot go on, with the reason; harmless where the lease was lost to somebody else."""
        _batch_row(batch).update_if(
            [
                BatchRow.status.set(BatchStatus.FAILED),
                BatchRow.problem.set(problem),
                BatchRow.finished_at.set(now),
                BatchRow.updated_at.set(now),
            ],
            _read_by(reader),
        )

    def begin_run(self, batch: Batch, *, now: datetime) -> bool:
        """Makes a completed batch one that is rendered once more; False where that is not its latest run any more."""
        return _batch_row(batch).update_if(
            [
                BatchRow.status.set(BatchStatus.PROCESSING),
                BatchRow.runs.set(batch.runs + 1),
                BatchRow.run_started_at.set(now),
                BatchRow.run_started_with.set(batch.processed),
                BatchRow.finished_at.remove(),
                BatchRow.updated_at.set(now),
            ],
            (BatchRow.status == BatchStatus.COMPLETED) & (BatchRow.runs == batch.runs),
        )

    def mark_deleted(self, batch: Batch, *, now: datetime) -> None:
        """Hides a batch from everybody, whatever it is doing."""
        _batch_row(batch).update_if(
            [BatchRow.status.set(BatchStatus.DELETED), BatchRow.updated_at.set(now)],
            BatchRow.partition.exists(),
        )

    def remove(self, batch: Batch) -> None:
        """Forgets a deleted batch; harmless where it is forgotten."""
        _batch_row(batch).delete_if(BatchRow.status == BatchStatus.DELETED)

    def complete(self, batch: Batch, *, now: datetime) -> None:
        """Ends a batch whose rows are all done; harmless where it has ended, or another run has begun."""
        _batch_row(batch).update_if(
            [
                BatchRow.status.set(BatchStatus.COMPLETED),
                BatchRow.finished_at.set(now),
                BatchRow.updated_at.set(now),
            ],
            (BatchRow.status == BatchStatus.PROCESSING) & (BatchRow.runs == batch.runs),
        )

    def schedule_delivery(self, batch: Batch, *, delivery_id: str, scheduled_for: datetime, now: datetime) -> bool:
        """Records a batch's one delivery at a later time; False where another than ``batch`` knows of was recorded."""
        actions = [
            BatchRow.scheduled_delivery_id.set(delivery_id),
            BatchRow.scheduled_for.set(scheduled_for),
            BatchRow.updated_at.set(now),
        ]
        known = batch.scheduled_delivery_id
        replaces = BatchRow.scheduled_delivery_id == known if known else BatchRow.scheduled_delivery_id.does_not_exist()
        is_a_repetition = BatchRow.scheduled_delivery_id == delivery_id
        return _batch_row(batch).update_if(actions, BatchRow.partition.exists() & (replaces | is_a_repetition))

    def unschedule_delivery(self, batch: Batch, *, now: datetime) -> bool:
        """Forgets a batch's delivery at a later time; False where another has taken its place."""
        actions = [
            BatchRow.scheduled_delivery_id.remove(),
            BatchRow.scheduled_for.remove(),
            BatchRow.updated_at.set(now),
        ]
        return _batch_row(batch).update_if(actions, BatchRow.scheduled_delivery_id == batch.scheduled_delivery_id)


def batch_key(batch: Batch) -> tuple[str, str]:
    """Where a batch stands."""
    return batches_partition(batch.tenant_id), batch.batch_id


def batches_partition(tenant_id: str) -> str:
    """Where a tenant's batches stand."""
    return f"{tenant_id}#batches"


def _unread() -> Condition:
    """Whether a workbook has arrived whose rows are not all stored: without rows it may also be later."""
    condition: Condition = (BatchRow.status == BatchStatus.PROCESSING) & (BatchRow.runs == 0)
    return condition


def _read_by(reader: str) -> Condition:
    condition: Condition = _unread() & (BatchRow.reader == reader)
    return condition


def _batch_row(batch: Batch) -> BatchRow:
    return BatchRow(*batch_key(batch))


def _batch(row: BatchRow) -> Batch:
    if row.status is not BatchStatus.PROCESSING:
        return row.to_entity(Batch)
    # What is left of its last workbook, or of its last run, is no longer so.
    return row.to_entity(Batch, problem=None, finished_at=None)


class BatchDefaultsRow(Row):
    """What a tenant has decided."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    retention_days = IntegerAttribute()
    country = UnicodeAttribute(null=True)


class BatchDefaultsStore:
    """One item of ``{tenant}#settings``, where each context has its own."""

    def get(self, tenant_id: str) -> BatchDefaults:
        """What the tenant has decided, or the usual ones."""
        row = BatchDefaultsRow.find(*_defaults_key(tenant_id))
        return row.to_entity(BatchDefaults) if row else BatchDefaults(tenant_id)

    def put(self, defaults: BatchDefaults) -> None:
        """Stores them over what was there."""
        BatchDefaultsRow.from_entity(defaults, *_defaults_key(defaults.tenant_id)).save()


def _defaults_key(tenant_id: str) -> tuple[str, str]:
    return f"{tenant_id}#settings", "results"
