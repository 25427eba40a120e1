"""Batches in DynamoDB: ``{tenant}#batches``, in the order they were made."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from herald.errors import NotFound
from herald.results.batches.model import Batch, BatchProblem, BatchStatus, Reading
from herald.results.problem_json import problem_from_json, problem_to_json
from herald.storage import Row, TableName
from herald.values.clock import epoch_seconds, from_text, to_text
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
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    total = NumberAttribute(default=0)
    successful = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    started_at = UnicodeAttribute(null=True)
    finished_at = UnicodeAttribute(null=True)
    upload = UnicodeAttribute(null=True)
    reader = UnicodeAttribute(null=True)
    reader_until = NumberAttribute(null=True)
    problem = JSONAttribute(null=True)
    last_row = NumberAttribute(default=0)
    without_password = NumberAttribute(default=0)
    bad_rows = NumberAttribute(default=0)
    template_version = NumberAttribute(default=1)
    sheet = UnicodeAttribute(default="")
    country = UnicodeAttribute(default="")
    protect_pdf = BooleanAttribute(default=False)
    retention_days = NumberAttribute(default=365)
    runs = NumberAttribute(default=0)
    run_started_at = UnicodeAttribute(null=True)
    run_started_with = NumberAttribute(default=0)
    readings = NumberAttribute(default=0)
    scheduled_for = UnicodeAttribute(null=True)
    scheduled_delivery_id = UnicodeAttribute(null=True)


class BatchStore:
    """Batches over DynamoDB."""

    def add(self, batch: Batch) -> bool:
        """Stores a new batch; False where this id exists already."""
        row = BatchRow(
            batches_partition(batch.tenant_id),
            batch.batch_id,
            tenant_id=batch.tenant_id,
            batch_id=batch.batch_id,
            name=batch.name,
            description=batch.description,
            template_id=batch.template_id,
            template_key=batch.template_key,
            status=batch.status.value,
            created_at=to_text(batch.created_at),
            updated_at=to_text(batch.updated_at),
            template_version=batch.template_version,
            sheet=batch.sheet,
            country=batch.country,
            protect_pdf=batch.protect_pdf,
            retention_days=batch.retention_days,
            expires_at=batch.retained_until,
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
        try:
            return _batch(BatchRow.get(batches_partition(tenant_id), batch_id, consistent_read=True))
        except DoesNotExist:
            return None

    def page(self, tenant_id: str, *, size: int, cursor: str | None, status: BatchStatus | None = None) -> Page[Batch]:
        """Batches, newest first, those of one status where one is given.

        A page may be short, even empty, and yet have a cursor: at most `MOST_LOOKED_AT` batches are looked at for it.
        """
        rows = BatchRow.query(
            batches_partition(tenant_id),
            BatchRow.sort < decode_cursor(cursor) if cursor else None,
            scan_index_forward=False,
            limit=MOST_LOOKED_AT,
            page_size=size if status is None else _LOOKED_AT_TOGETHER,
        )
        found: list[Batch] = []
        for looked_at, row in enumerate(rows, start=1):
            batch = _batch(row)
            if batch.status is (status or batch.status) and batch.status is not BatchStatus.DELETED:
                found.append(batch)
            if len(found) == size or looked_at == MOST_LOOKED_AT:
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
            BatchRow.status.set(BatchStatus.PROCESSING.value),
            BatchRow.upload.set(upload),
            BatchRow.reader.set(reader),
            BatchRow.reader_until.set(epoch_seconds(now) + READING_LEASE_SECONDS),
            BatchRow.updated_at.set(to_text(now)),
        ]
        # The problem of the last workbook stays until this one is read: it may turn out to have been replaced.
        started_anew = [BatchRow.started_at.set(to_text(now)), BatchRow.readings.set(1)]
        awaited = BatchRow.status.is_in(BatchStatus.PENDING.value, BatchStatus.FAILED.value)
        if row.update_if([*actions, *started_anew], awaited):
            return 1
        abandoned = _unread() & (BatchRow.reader_until < epoch_seconds(now))
        return int(row.readings) if row.update_if([*actions, BatchRow.readings.add(1)], abandoned) else 0

    def being_read(self, batch: Batch, *, now: datetime) -> str:
        """The upload that a reader who lives is reading at this moment; empty where there is none."""
        row = BatchRow.get(batches_partition(batch.tenant_id), batch.batch_id, consistent_read=True)
        reads = row.status == BatchStatus.PROCESSING.value and not row.runs
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
        updated = BatchRow.updated_at.set(to_text(now))
        failed = [BatchRow.status.set(BatchStatus.FAILED.value), updated]
        waiting = [BatchRow.status.set(BatchStatus.PENDING.value), BatchRow.started_at.remove(), updated]
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
                BatchRow.runs.set(1),
                BatchRow.run_started_at.set(to_text(now)),
                BatchRow.run_started_with.set(reading.failed),
                BatchRow.problem.remove(),
                BatchRow.finished_at.remove(),
                BatchRow.updated_at.set(to_text(now)),
            ],
            _read_by(reader),
        )

    def fail(self, batch: Batch, problem: BatchProblem, *, reader: str, now: datetime) -> None:
        """Ends a batch that cannot go on, with the reason; harmless where the lease was lost to somebody else."""
        _batch_row(batch).update_if(
            [
                BatchRow.status.set(BatchStatus.FAILED.value),
                BatchRow.problem.set(problem_to_json(problem)),
                BatchRow.finished_at.set(to_text(now)),
                BatchRow.updated_at.set(to_text(now)),
            ],
            _read_by(reader),
        )

    def begin_run(self, batch: Batch, *, now: datetime) -> bool:
        """Makes a completed batch one that is rendered once more; False where that is not its latest run any more."""
        return _batch_row(batch).update_if(
            [
                BatchRow.status.set(BatchStatus.PROCESSING.value),
                BatchRow.runs.set(batch.runs + 1),
                BatchRow.run_started_at.set(to_text(now)),
                BatchRow.run_started_with.set(batch.processed),
                BatchRow.finished_at.remove(),
                BatchRow.updated_at.set(to_text(now)),
            ],
            (BatchRow.status == BatchStatus.COMPLETED.value) & (BatchRow.runs == batch.runs),
        )

    def mark_deleted(self, batch: Batch, *, now: datetime) -> None:
        """Hides a batch from everybody, whatever it is doing."""
        _batch_row(batch).update_if(
            [BatchRow.status.set(BatchStatus.DELETED.value), BatchRow.updated_at.set(to_text(now))],
            BatchRow.partition.exists(),
        )

    def remove(self, batch: Batch) -> None:
        """Forgets a deleted batch; harmless where it is forgotten."""
        _batch_row(batch).delete_if(BatchRow.status == BatchStatus.DELETED.value)

    def complete(self, batch: Batch, *, now: datetime) -> None:
        """Ends a batch whose rows are all settled; harmless where it has ended, or another run has begun."""
        _batch_row(batch).update_if(
            [
                BatchRow.status.set(BatchStatus.COMPLETED.value),
                BatchRow.finished_at.set(to_text(now)),
                BatchRow.updated_at.set(to_text(now)),
            ],
            (BatchRow.status == BatchStatus.PROCESSING.value) & (BatchRow.runs == batch.runs),
        )


def batches_partition(tenant_id: str) -> str:
    """Where a tenant's batches stand."""
    return f"{tenant_id}#batches"


def _unread() -> Condition:
    """Whether a workbook has arrived whose rows are not all stored: without rows it may also be later."""
    condition: Condition = (BatchRow.status == BatchStatus.PROCESSING.value) & (BatchRow.runs == 0)
    return condition


def _read_by(reader: str) -> Condition:
    condition: Condition = _unread() & (BatchRow.reader == reader)
    return condition


def _batch_row(batch: Batch) -> BatchRow:
    return BatchRow(batches_partition(batch.tenant_id), batch.batch_id)


def _batch(row: BatchRow) -> Batch:
    ended = row.status != BatchStatus.PROCESSING.value
    return Batch(
        tenant_id=row.tenant_id,
        batch_id=row.batch_id,
        name=row.name,
        description=row.description,
        template_id=row.template_id,
        template_key=row.template_key,
        status=BatchStatus(row.status),
        created_at=from_text(row.created_at),
        updated_at=from_text(row.updated_at),
        total=int(row.total),
        successful=int(row.successful),
        failed=int(row.failed),
        started_at=from_text(row.started_at) if row.started_at else None,
        finished_at=from_text(row.finished_at) if row.finished_at and ended else None,
        problem=problem_from_json(row.problem) if ended else None,
        last_row=int(row.last_row),
        without_password=int(row.without_password),
        bad_rows=int(row.bad_rows),
        template_version=int(row.template_version),
        sheet=row.sheet,
        country=row.country,
        protect_pdf=row.protect_pdf,
        retention_days=int(row.retention_days),
        runs=int(row.runs),
        run_started_at=from_text(row.run_started_at) if row.run_started_at else None,
        run_started_with=int(row.run_started_with),
        scheduled_for=from_text(row.scheduled_for) if row.scheduled_for else None,
        scheduled_delivery_id=row.scheduled_delivery_id or "",
    )
