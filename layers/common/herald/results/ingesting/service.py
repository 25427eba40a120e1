"""Reading a workbook into rows, once, and starting the rendering.

One reader at a time holds a short lease on the batch. The same event again finds the rows stored and starts nothing; a
reader that died is followed by another when the event is tried again. A workbook that will not do as a whole fails its
batch and leaves no rows, so that a corrected one can be uploaded to the same batch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from herald.errors import Conflict, HeraldError, Invalid, NotFound, TooLarge
from herald.results.batches.executions import latest_execution, rendering_input
from herald.results.batches.model import Batch, BatchProblem, BatchStatus, Reading, chunks_of
from herald.results.batches.store import BatchStore
from herald.results.duplicates.model import Entry, entries_of
from herald.results.duplicates.service import FindingDuplicates
from herald.results.duplicates.store import PhoneIndex
from herald.results.files import LARGEST_WORKBOOK_BYTES
from herald.results.ingesting.columns import Layout, arrange
from herald.results.ingesting.matching import require_columns
from herald.results.ingesting.pictures import StoringPictures
from herald.results.ingesting.reading_lease import Lease, StillReading
from herald.results.ingesting.sheet_rows import RowReader
from herald.results.passwords import ReportPasswords
from herald.results.ports import ObjectStore, WorkbookReader, Workflow
from herald.results.reports.model import ReportStatus
from herald.results.reports.store import ReportStore
from herald.results.templates.store import TemplateVersionStore
from herald.values.clock import Clock, utc_now

READINGS_ALLOWED = 3
"""Lambda tries a failed asynchronous event twice more (`EventInvokeConfig` in template.yaml)."""
_ROWS_PER_WRITE = 500
_ROWS_REMOVED_AT_ONCE = 1000
_LARGEST_DETAILS_CHARACTERS = 50_000
_OUR_FAULT = BatchProblem(
    "internal_error", "Something went wrong on our side while the workbook was read; upload it again."
)


@dataclass(frozen=True, slots=True)
class Buckets:
    """Where workbooks arrive, and where the pictures in them are put."""

    uploads: ObjectStore
    documents: ObjectStore


@dataclass(frozen=True, slots=True)
class Upload:
    """A workbook that has arrived: its key, and its ETag, which is the same for each event about it."""

    key: str
    etag: str


class Ingesting:
    """Reads uploaded workbooks into reports."""

    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        batches: BatchStore,
        versions: TemplateVersionStore,
        reports: ReportStore,
        index: PhoneIndex,
        buckets: Buckets,
        open_workbook: WorkbookReader,
        passwords: ReportPasswords,
        workflow: Workflow,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._versions = versions
        self._reports = reports
        self._index = index
        self._duplicates = FindingDuplicates(batches, reports, index)
        self._buckets = buckets
        self._open_workbook = open_workbook
        self._passwords = passwords
        self._workflow = workflow
        self._clock = clock

    def ingest(self, tenant_id: str, batch_id: str, upload: Upload, *, reader: str, folder: Path) -> Batch | None:
        """Reads one upload.

        Args:
            tenant_id: whose batch it is.
            batch_id: the batch that the upload is for.
            upload: what was uploaded.
            reader: names this invocation.
            folder: where the file can be put while it is read.

        Returns:
            The batch as it is now: processing; failed, with the reason, where the workbook as a whole will not do;
            ``None`` where there is no such batch, or it was deleted: the upload is removed then.

        Raises:
            StillReading: somebody else is at another upload of it, or took it over; try again.
            Exception: a fault of ours; another try may go better, and after `READINGS_ALLOWED` the batch has failed.
        """
        batch = self._living(tenant_id, batch_id)
        if batch is None:
            self._discard(upload)
            return None
        reading_number = self._batches.begin_reading(batch, upload=upload.etag, reader=reader, now=self._clock())
        if not reading_number:
            return self._follow_up(tenant_id, batch_id, upload)
        lease = Lease(self._batches, batch, reader, self._clock)
        path = folder / f"{batch_id}.xlsx"
        try:
            self._read_upload(batch, upload, lease, path)
        except StillReading:
            if self._living(tenant_id, batch_id) is not None:
                raise
        except Exception:
            self._give_up(batch, reader, reading_number)
            raise
        finally:
            path.unlink(missing_ok=True)
        batch = self._living(tenant_id, batch_id)
        if batch is None:
            self._discard(upload)
        return batch

    def _discard(self, upload: Upload) -> None:
        """Removes what nobody will read.

        An address to upload to outlives its batch, and bounds a length only where it was signed: nobody else would come
        by here before S3's own rules do.
        """
        self._buckets.uploads.delete(upload.key)

    def _living(self, tenant_id: str, batch_id: str) -> Batch | None:
        batch = self._batches.find(tenant_id, batch_id)
        return None if batch is None or batch.status is BatchStatus.DELETED else batch

    def _give_up(self, batch: Batch, reader: str, reading_number: int) -> None:
        """Leaves the batch to the next try, which need not wait for the lease to end; or fails it after the last."""
        if reading_number < READINGS_ALLOWED:
            self._batches.stop_reading(batch, reader=reader)
        else:
            self._batches.fail(batch, _OUR_FAULT, reader=reader, now=self._clock())

    def _follow_up(self, tenant_id: str, batch_id: str, upload: Upload) -> Batch | None:
        batch = self._living(tenant_id, batch_id)
        if batch is None or batch.status is not BatchStatus.PROCESSING:
            return batch
        if batch.runs == 0:
            # Where a reader of this upload dies, its own event comes again, later than its lease ends.
            if self._batches.being_read(batch, now=self._clock()) == upload.etag:
                return batch
            raise StillReading("Another reader is at work on this batch.")
        if batch.runs == 1:
            # The reader may have died between storing the rows and starting the work: starting is harmless twice.
            execution = latest_execution(batch)
            waiting = self._reports.waiting(tenant_id, batch_id)
            self._start(batch, [row.row for row in waiting if row.execution == execution])
        return batch

    def _read_upload(self, batch: Batch, upload: Upload, lease: Lease, path: Path) -> None:
        try:
            self._buckets.uploads.download(upload.key, path, etag=upload.etag, at_most=LARGEST_WORKBOOK_BYTES)
            reading, good_rows = self._read(batch, path, lease)
        except (Invalid, NotFound, TooLarge) as error:
            self._clear(batch, lease)
            self._batches.fail(batch, _problem(error), reader=lease.reader, now=self._clock())
            if isinstance(error, TooLarge):
                self._discard(upload)
            return
        except StillReading:
            raise
        except Conflict:
            # Another workbook has taken its place: the event about that one is still to come, or has come before.
            self._batches.put_back(batch, reader=lease.reader, now=self._clock())
            return
        if not self._batches.finish_reading(batch, reading, reader=lease.reader, now=self._clock()):
            raise StillReading("Another reader took this batch over.")
        self._start(batch, good_rows)

    def _read(self, batch: Batch, path: Path, lease: Lease) -> tuple[Reading, list[int]]:
        version = self._versions.get(batch.tenant_id, batch.template_id, batch.template_version)
        good_rows: list[int] = []
        total = last_row = without_password = 0
        with self._open_workbook(path, sheet=batch.sheet) as workbook:
            layout = arrange(workbook.header)
            require_columns(version.placeholders, layout.names, layout.titles)
            _require_passwords(batch, layout)
            self._clear(batch, lease)
            rows, reader = workbook.rows, RowReader(batch, layout, self._passwords, self._clock)
            entries: list[Entry] = []
            pictures = StoringPictures(batch, self._buckets.documents)
            while group := list(islice(rows, _ROWS_PER_WRITE)):
                pictures.store(cell for row in group for cell in row.cells)
                reports = [reader.report(row) for row in group]
                self._reports.put_many(lease.kept_over(reports))
                entries += [entry for report in reports for entry in entries_of(report)]
                good = [report for report in reports if report.status is ReportStatus.PENDING]
                good_rows += [report.row for report in good]
                without_password += sum(1 for report in good if report.lacks_password)
                total += len(reports)
                last_row = reports[-1].row
        if not total:
            raise Invalid("The workbook has a header and no rows.", code="workbook_empty")
        lease.keep()
        self._index.put_many(batch, entries)
        duplicates = self._duplicates.among(batch, entries)
        return Reading(total, total - len(good_rows), last_row, without_password, duplicates), good_rows

    def _clear(self, batch: Batch, lease: Lease) -> None:
        """Removes what an earlier reader, or this one up to the workbook's fault, has stored."""
        self._index.remove(batch)
        removed = _ROWS_REMOVED_AT_ONCE
        while removed == _ROWS_REMOVED_AT_ONCE:
            lease.keep()
            removed = self._reports.remove(batch.tenant_id, batch.batch_id, at_most=_ROWS_REMOVED_AT_ONCE)

    def _start(self, batch: Batch, rows: Sequence[int]) -> None:
        self._workflow.start_once(latest_execution(batch), rendering_input(batch, chunks_of(rows)))


def _require_passwords(batch: Batch, layout: Layout) -> None:
    if batch.protect_pdf and "password" not in layout.recipient_columns:
        raise Invalid(
            "The PDFs are to be protected, but no column of the workbook is titled `Password` or the like.",
            code="workbook_no_password",
            fields={"columns": list(layout.titles)},
        )


def _problem(error: HeraldError) -> BatchProblem:
    told = len(json.dumps(error.fields, default=str)) <= _LARGEST_DETAILS_CHARACTERS
    return BatchProblem(error.code, error.message, details=error.fields if told else {})
