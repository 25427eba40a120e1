"""From one row of a sheet to one report, with everything that is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from herald.errors import Invalid
from herald.results.batches.model import Batch, BatchProblem
from herald.results.ingesting.columns import Layout, cell_text
from herald.results.passwords import ReportPasswords
from herald.results.reports.model import RecipientDetails, Report, ReportStatus
from herald.results.reports.row_values import LARGEST_ROW_CHARACTERS, encode
from herald.values.clock import Clock
from herald.values.ids import derived_id
from herald.values.phone import parse_phone, parse_phone_cell
from herald.values.picture import Picture
from herald.values.sheet import CellFault, CellText, CellValue, FormattedValue, SheetRow, is_blank

_LONGEST_DETAIL = 1000
_MOST_FAULTS_TOLD = 10
_DIALLED_FIRST = ("+", "0")


class RowReader:
    """Makes reports of the rows of one batch's sheet."""

    def __init__(self, batch: Batch, layout: Layout, passwords: ReportPasswords, clock: Clock) -> None:
        self._batch = batch
        self._layout = layout
        self._passwords = passwords
        self._clock = clock

    def report(self, row: SheetRow) -> Report:
        """A row as a report: pending, or failed with the first of its faults and the others in its details."""
        cells = tuple([_kept(cell) for cell in row.cells])
        phone, phone_problem = self._phone(row, cells)
        password = self._layout.recipient_text("password", cells).strip()
        values = self._layout.values(cells)
        problems = [*self._cell_faults(row), *phone_problem]
        if self._batch.protect_pdf and not password:
            problems.append(self._password_missing(row.number))
        if len(encode(values)) > LARGEST_ROW_CHARACTERS:
            problems, values = [BatchProblem("row_too_large", "This row holds too much text.", row.number)], {}
        now = self._clock()
        report_id = derived_id(self._batch.batch_id, str(row.number))
        return Report(
            tenant_id=self._batch.tenant_id,
            batch_id=self._batch.batch_id,
            row=row.number,
            report_id=report_id,
            recipient=self._recipient(cells, report_id, phone, password),
            status=ReportStatus.FAILED if problems else ReportStatus.PENDING,
            created_at=now,
            updated_at=now,
            values=values,
            problem=as_one(problems),
            expires_at=self._batch.retained_until,
        )

    def _recipient(self, cells: Sequence[CellText], report_id: str, phone: str, password: str) -> RecipientDetails:
        protected = self._batch.protect_pdf and password
        return RecipientDetails(
            name=self._layout.recipient_text("name", cells)[:_LONGEST_DETAIL],
            phone=phone,
            email=self._layout.recipient_text("email", cells)[:_LONGEST_DETAIL],
            language=self._layout.recipient_text("language", cells)[:_LONGEST_DETAIL],
            password_hash=self._passwords.hash(report_id, password) if password else "",
            sealed_password=self._passwords.seal(report_id, password) if protected else "",
        )

    def _cell_faults(self, row: SheetRow) -> Iterator[BatchProblem]:
        phone = self._layout.recipient_columns["phone"]
        for index, (title, cell) in enumerate(zip(self._layout.titles, row.cells, strict=True)):
            if isinstance(cell, CellFault) and index != phone:
                yield BatchProblem(cell.code, cell.message, row.number, title)

    def _phone(self, row: SheetRow, cells: Sequence[CellText]) -> tuple[str, list[BatchProblem]]:
        index = self._layout.recipient_columns["phone"]
        title, fault, cell = self._layout.titles[index], row.cells[index], cells[index]
        if isinstance(fault, CellFault):
            return "", [BatchProblem(fault.code, fault.message, row.number, title)]
        if is_blank(cell):
            return "", [BatchProblem("phone_missing", "This row has no phone number.", row.number, title)]
        try:
            return phone_of(cell, country=self._batch.country), []
        except Invalid as error:
            return "", [BatchProblem("phone_invalid", error.message, row.number, title)]

    def _password_missing(self, row: int) -> BatchProblem:
        index = self._layout.recipient_columns["password"]
        message = "The PDF is to be protected, and this row has no password for it."
        return BatchProblem("password_missing", message, row, self._layout.titles[index])


def phone_of(cell: CellText, *, country: str) -> str:
    """The number in a cell in E.164; a number cell counts by its digits unless it shows what is dialled before them.

    Raises:
        Invalid: it is none, with the reason under ``phone``.
    """
    if isinstance(cell, FormattedValue):
        cell = cell.text if cell.text.startswith(_DIALLED_FIRST) else cell.value
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return parse_phone_cell(cell, default_region=country)
    return parse_phone(cell_text(cell), default_region=country)


def _kept(cell: CellValue) -> CellText:
    if isinstance(cell, CellFault):
        return None
    return cell.without_content if isinstance(cell, Picture) else cell


def as_one(problems: Sequence[BatchProblem]) -> BatchProblem | None:
    """Several faults of a row as its problem: the first, with the others in its details."""
    if not problems:
        return None
    first, *others = problems
    if not others:
        return first
    further = [
        {name: value for name, value in asdict(other).items() if name in {"code", "message", "column"}}
        for other in others[:_MOST_FAULTS_TOLD]
    ]
    return replace(first, details={"further_problems": further})
