"""Reading a workbook into rows, once, and starting the rendering.

One reader at a time holds a short lease on the batch. The same event again finds the rows stored and starts nothing; a
reader that died is followed by another when the event is tried again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from herald.errors import Conflict, Invalid, NotFound, TooLarge
from herald.results.columns import Layout, arrange, cell_text
from herald.results.model import (
    Batch,
    BatchProblem,
    BatchStatus,
    CellText,
    Chunk,
    Reading,
    RecipientDetails,
    Report,
    ReportStatus,
    Template,
    chunks_of,
)
from herald.results.passwords import ReportPasswords
from herald.results.typed_json import encode
from herald.values.clock import Clock, utc_now
from herald.values.ids import derived_id
from herald.values.page import Page
from herald.values.phone import parse_phone
from herald.values.sheet import CellFault, SheetRow

LARGEST_WORKBOOK_BYTES = 20 * 1024 * 1024
LARGEST_ROW_CHARACTERS = 90_000
"""DynamoDB's items end at 400 KB, and a character takes up to four bytes."""
_ROWS_PER_WRITE = 500


class OpenWorkbook(Protocol):
    """A workbook that is being read."""

    @property
    def header(self) -> tuple[str, ...]:
        """The titles of its columns."""
        ...

    @property
    def rows(self) -> Iterator[SheetRow]:
        """Its rows, once."""
        ...


class Uploads(Protocol):
    """Where workbooks arrive."""

    def download(self, key: str, path: Path, *, at_most: int) -> None:
        """An upload into a file, or TooLarge."""
        ...


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...

    def begin_reading(self, batch: Batch, *, upload: str, reader: str, now: datetime) -> bool:
        """Takes the lease; False where the rows are stored already or somebody else reads."""
        ...

    def keep_reading(self, batch: Batch, *, reader: str, now: datetime) -> bool:
        """Prolongs the lease; False where it was lost."""
        ...

    def finish_reading(self, batch: Batch, reading: Reading, *, reader: str, now: datetime) -> bool:
        """Records what the workbook holds; False where the lease was lost."""
        ...

    def fail(self, batch: Batch, problem: BatchProblem, *, reader: str, now: datetime) -> None:
        """Ends a batch that cannot go on; harmless where the lease was lost."""
        ...


class TemplateRecords(Protocol):
    """Where templates are recorded."""

    def get(self, tenant_id: str, template_id: str) -> Template:
        """A template, or NotFound."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def put_many(self, reports: Iterable[Report]) -> int:
        """Stores new reports."""
        ...

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        ...


class Workflow(Protocol):
    """What renders a batch."""

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:
        """Starts the work; False where it was started before under this name."""
        ...


class StillReading(Conflict):
    """Another reader holds the batch; the event must come again later."""

    default_code = "batch_being_read"


class Ingesting:
    """Reads uploaded workbooks into reports."""

    def __init__(
        self,
        batches: BatchRecords,
        templates: TemplateRecords,
        reports: Reports,
        uploads: Uploads,
        open_workbook: Callable[[Path], AbstractContextManager[OpenWorkbook]],
        passwords: ReportPasswords,
        workflow: Workflow,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._templates = templates
        self._reports = reports
        self._uploads = uploads
        self._open_workbook = open_workbook
        self._passwords = passwords
        self._workflow = workflow
        self._clock = clock

    def ingest(self, tenant_id: str, batch_id: str, *, key: str, upload: str, reader: str, folder: Path) -> Batch:
        """Reads one upload.

        Args:
            tenant_id: whose batch it is.
            batch_id: the batch that the upload is for.
            key: of the uploaded object.
            upload: names this very upload (its ETag), the same for each event about it.
            reader: names this invocation.
            folder: where the file can be put while it is read.

        Returns:
            The batch as it is now: processing; failed, with the reason, where the workbook as a whole will not do.

        Raises:
            StillReading: somebody else is at it; try again.
        """
        batch = self._batches.get(tenant_id, batch_id)
        if not self._batches.begin_reading(batch, upload=upload, reader=reader, now=self._clock()):
            return self._follow_up(tenant_id, batch_id)
        path = folder / f"{batch_id}.xlsx"
        try:
            self._uploads.download(key, path, at_most=LARGEST_WORKBOOK_BYTES)
            reading, good_rows = self._read(batch, path, reader)
        except (Invalid, NotFound, TooLarge) as error:
            self._batches.fail(batch, BatchProblem(error.code, error.message), reader=reader, now=self._clock())
            return self._batches.get(tenant_id, batch_id)
        finally:
            path.unlink(missing_ok=True)
        if not self._batches.finish_reading(batch, reading, reader=reader, now=self._clock()):
            raise StillReading("Another reader took this batch over.")
        self._start(batch, chunks_of(good_rows))
        return self._batches.get(tenant_id, batch_id)

    def _follow_up(self, tenant_id: str, batch_id: str) -> Batch:
        batch = self._batches.get(tenant_id, batch_id)
        if batch.status is not BatchStatus.PROCESSING:
            return batch
        if batch.total == 0:
            raise StillReading("Another reader is at work on this batch.")
        # The reader may have died between storing the rows and starting the work: starting is harmless twice.
        self._start(batch, self._chunks(batch))
        return batch

    def _read(self, batch: Batch, path: Path, reader: str) -> tuple[Reading, list[int]]:
        template = self._templates.get(batch.tenant_id, batch.template_id)
        good_rows: list[int] = []
        total = last_row = without_password = 0
        with self._open_workbook(path) as workbook:
            layout = arrange(workbook.header)
            _check_placeholders(template.placeholders, layout)
            for rows in _groups(workbook.rows, _ROWS_PER_WRITE):
                if not self._batches.keep_reading(batch, reader=reader, now=self._clock()):
                    raise StillReading("Another reader took this batch over.")
                reports = [self._report(batch, layout, row) for row in rows]
                self._reports.put_many(reports)
                good = [report for report in reports if report.status is ReportStatus.PENDING]
                good_rows += [report.row for report in good]
                without_password += sum(1 for report in good if not report.recipient.password_hash)
                total += len(reports)
                last_row = reports[-1].row
        if not total:
            raise Invalid("The workbook has a header and no rows.", code="workbook_empty")
        return Reading(total, total - len(good_rows), last_row, without_password), good_rows

    def _report(self, batch: Batch, layout: Layout, row: SheetRow) -> Report:
        report_id = derived_id(batch.batch_id, str(row.number))
        problem = _fault_in(layout, row)
        cells = cast("tuple[CellText, ...]", tuple(None if isinstance(cell, CellFault) else cell for cell in row.cells))
        phone, phone_problem = _phone(layout, cells, row.number)
        problem = problem or phone_problem
        values = layout.values(cells)
        if len(encode(values)) > LARGEST_ROW_CHARACTERS:
            problem, values = BatchProblem("row_too_large", "This row holds too much text.", row.number), {}
        password = layout.recipient_text("password", cells)
        now = self._clock()
        return Report(
            tenant_id=batch.tenant_id,
            batch_id=batch.batch_id,
            row=row.number,
            report_id=report_id,
            recipient=RecipientDetails(
                name=layout.recipient_text("name", cells),
                phone=phone,
                email=layout.recipient_text("email", cells),
                language=layout.recipient_text("language", cells),
                password_hash=self._passwords.hash(report_id, password) if password else "",
            ),
            status=ReportStatus.FAILED if problem else ReportStatus.PENDING,
            created_at=now,
            updated_at=now,
            values=values,
            problem=problem,
        )

    def _chunks(self, batch: Batch) -> list[Chunk]:
        rows: list[int] = []
        cursor: str | None = None
        while True:
            page = self._reports.page(batch.tenant_id, batch.batch_id, size=_ROWS_PER_WRITE, cursor=cursor)
            rows += [report.row for report in page.items if report.status is not ReportStatus.FAILED]
            cursor = page.next_cursor
            if cursor is None:
                return chunks_of(rows)

    def _start(self, batch: Batch, chunks: Sequence[Chunk]) -> None:
        self._workflow.start_once(
            batch.batch_id,
            {
                "tenant_id": batch.tenant_id,
                "batch_id": batch.batch_id,
                "chunks": [{"first_row": chunk.first_row, "last_row": chunk.last_row} for chunk in chunks],
            },
        )


def _check_placeholders(placeholders: Sequence[str], layout: Layout) -> None:
    missing = sorted(set(placeholders) - layout.names)
    if missing:
        raise Invalid(
            f"The template needs columns that the workbook does not have: {', '.join(missing)}.",
            code="columns_missing",
            fields={"missing": missing, "columns": list(layout.titles)},
        )


def _fault_in(layout: Layout, row: SheetRow) -> BatchProblem | None:
    for title, cell in zip(layout.titles, row.cells, strict=True):
        if isinstance(cell, CellFault):
            return BatchProblem(cell.code, cell.message, row.number, title)
    return None


def _phone(layout: Layout, cells: Sequence[CellText], row: int) -> tuple[str, BatchProblem | None]:
    index = layout.recipient_columns["phone"]
    cell = cells[index]
    # Excel drops the plus of a number cell; eleven digits or more can only be a number with its country code.
    text = f"+{cell_text(cell)}" if isinstance(cell, int | float) else cell_text(cell)
    try:
        return parse_phone(text), None
    except Invalid as error:
        return "", BatchProblem("phone_invalid", error.message, row, layout.titles[index])


def _groups(rows: Iterator[SheetRow], size: int) -> Iterator[list[SheetRow]]:
    group: list[SheetRow] = []
    for row in rows:
        group.append(row)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
