"""The reading process: ``python -m herald.adapters.spreadsheet_reader <limits> <path>`` writes JSON lines.

The first line is ``{"ready": true}``, the second ``{"header": [...]}``, then comes one line for every row, and last
``{"end": true}`` or ``{"error": {...}}``. It runs apart from us because openpyxl on a hostile file can take any amount
of memory and time: here the kernel counts both. Never import this module elsewhere; it loads openpyxl at once.
"""

import datetime
import json
import math
import pathlib
import re
import resource
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import IO, Protocol, TypedDict, cast
from xml.etree.ElementTree import Element, iterparse

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser

from herald.adapters import spreadsheet_package
from herald.adapters.spreadsheet_values import WorkbookLimits, encode_row
from herald.errors import Invalid
from herald.values.sheet import CellFault, CellValue, SheetRow

EXCEL_ROWS = 1_048_576  # https://support.microsoft.com/office/excel-specifications-and-limits
EXCEL_TEXT_CHARACTERS = 32_767  # the same page
LARGEST_INTEGER = 2**63 - 1  # what the JSON of a stored row can hold; Excel itself writes such numbers as floats
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production [2] Char
ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff])_")  # ECMA-376 part 1, 22.9.2.19: how Excel spells a control
LINE_BREAK = re.compile("\r\n?")
EXCEL_ERRORS = {
    "#DIV/0!": "a division by zero",
    "#N/A": "a value that was not found",
    "#NAME?": "a name Excel does not know",
    "#NULL!": "two ranges that do not meet",
    "#NUM!": "a number out of range",
    "#REF!": "a reference to a deleted cell",
    "#VALUE!": "a value of the wrong kind, or a date out of range",
    "#SPILL!": "a result that has no room",
    "#CALC!": "a calculation Excel does not support",
}
FORMULA_FAULT = CellFault(
    "formula_without_value", "The cell's formula has no calculated value. Open the workbook in Excel and save it."
)


class ParsedCell(TypedDict):
    """A cell as openpyxl's parser gives it, with ``data_type`` "f" for a formula that has no cached value."""

    row: int
    column: int
    value: object
    data_type: str
    style_id: int


class OpenedWorkbook(Protocol):
    """What openpyxl knows of a workbook's styles, without a public name for it; the version is pinned."""

    epoch: datetime.datetime
    _date_formats: set[int]
    _timedelta_formats: set[int]


class OpenedSheet(Protocol):
    """What openpyxl's own row loop takes from a sheet opened for reading."""

    parent: OpenedWorkbook
    _shared_strings: list[str]

    def _get_source(self) -> IO[bytes]: ...


class SheetParser(WorkSheetParser):
    """openpyxl's cell parser under a loop of our own.

    openpyxl's own loop believes ``<dimension>``, invents the rows a far cell skips, drops rows that come out of order,
    keeps every row's attributes, and with ``data_only`` shows a formula without a value as an empty cell.
    """

    def rows(self) -> Iterator[tuple[int, list[ParsedCell]]]:
        """Give every row that the sheet spells out, with its number and the cells it spells out."""
        sheet: Element | None = None
        for event, element in iterparse(self.source, events=("start", "end")):  # noqa: S314 - document types are refused before
            if element.tag == DATA_TAG:
                if event == "end":
                    return
                sheet = element
            elif element.tag == ROW_TAG and event == "end" and sheet is not None:
                number, cells = self.parse_row(element)
                yield number, cast("list[ParsedCell]", cells)
                sheet.clear()
                self.row_dimensions.clear()

    def parse_cell(self, element: Element) -> dict[str, object]:
        """Parse one cell and tell a formula without a value from an empty cell."""
        cell = cast("dict[str, object]", super().parse_cell(element))
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            has_result = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            cell |= {"value": "", "data_type": "s"} if has_result else {"data_type": "f"}
        return cell


class Sheet:
    """The first visible sheet of a workbook, within limits."""

    def __init__(self, archive_path: pathlib.Path, limits: WorkbookLimits) -> None:
        self._workbook = openpyxl.load_workbook(archive_path, read_only=True, data_only=True, keep_links=False)
        self._limits = limits
        self._worksheet = self._first_visible()
        self._dated_only: dict[int, bool] = {}
        self._filled_rows = self._read_filled_rows()
        self._header_columns, self.header = self._read_header()

    def rows(self) -> Iterator[SheetRow]:
        """Give every row below the header that has something in a titled column.

        Raises:
            Invalid: workbook_too_many_rows, workbook_too_many_columns or workbook_unreadable.
        """
        count = 0
        for number, values in self._filled_rows:
            cells = tuple([values.get(column) for column in self._header_columns])
            if all(_is_blank(cell) for cell in cells):
                continue
            count += 1
            if count > self._limits.rows:
                raise Invalid(
                    f"The sheet has more than {self._limits.rows:,} rows. Split it into several workbooks.",
                    code="workbook_too_many_rows",
                )
            yield SheetRow(number, cells)

    def _first_visible(self) -> OpenedSheet:
        for worksheet in self._workbook.worksheets:
            if worksheet.sheet_state == "visible":
                return cast("OpenedSheet", worksheet)
        raise Invalid("The workbook has no visible sheet.", code="workbook_no_visible_sheet")

    def _read_filled_rows(self) -> Iterator[tuple[int, dict[int, CellValue]]]:
        previous = 0
        with self._worksheet._get_source() as source:  # noqa: SLF001 - see OpenedSheet
            for number, cells in _parser(self._worksheet, source).rows():
                if not previous < number <= EXCEL_ROWS:
                    raise spreadsheet_package.unreadable()
                previous = number
                values = {cell["column"]: self._value(cell) for cell in cells}
                filled = {column: value for column, value in values.items() if not _is_blank(value)}
                if filled:
                    self._check_width(number, max(filled))
                    yield number, values

    def _check_width(self, row: int, column: int) -> None:
        if column > self._limits.columns:
            raise Invalid(
                f"Cell {get_column_letter(column)}{row} stands beyond the {self._limits.columns} columns a sheet may "
                "have. Delete what stands there, or move it.",
                code="workbook_too_many_columns",
            )

    def _read_header(self) -> tuple[list[int], list[str]]:
        number, values = next(self._filled_rows, (0, {}))
        if not values:
            raise Invalid("The first visible sheet is empty.", code="workbook_empty")
        for column, value in values.items():
            if isinstance(value, CellFault):
                raise Invalid(
                    f"The column title in cell {get_column_letter(column)}{number} cannot be read: {value.message}",
                    code="workbook_header_unreadable",
                )
        titles = {column: str(value).strip() for column, value in sorted(values.items()) if not _is_blank(value)}
        _check_duplicates(titles)
        return list(titles), list(titles.values())

    def _value(self, cell: ParsedCell) -> CellValue:
        if cell["data_type"] == "f":
            return FORMULA_FAULT
        if cell["data_type"] == "e":
            return _excel_error(str(cell["value"]))
        return self._sound_value(cell)

    def _sound_value(self, cell: ParsedCell) -> CellValue:
        match cell["value"]:
            case str() as written:
                return _text(written)
            case datetime.datetime() as moment if self._shows_a_date_only(moment, cell):
                return moment.date()
            case datetime.timedelta() as duration:
                return _duration(duration)
            case float() as number if math.isinf(number):
                return _excel_error("#NUM!")
            case int() as number if abs(number) > LARGEST_INTEGER:
                return _excel_error("#NUM!")
            case value:
                return cast("CellValue", value)

    def _shows_a_date_only(self, moment: datetime.datetime, cell: ParsedCell) -> bool:
        """Whether a date is meant, not midnight: Excel stores both alike, only the number format tells them apart."""
        if moment.time() != datetime.time():
            return False
        style_id = cell["style_id"]
        if style_id not in self._dated_only:
            styled = ReadOnlyCell(cast("ReadOnlyWorksheet", self._worksheet), **cell)
            self._dated_only[style_id] = is_datetime(styled.number_format) == "date"
        return self._dated_only[style_id]


def _parser(worksheet: OpenedSheet, source: IO[bytes]) -> SheetParser:
    workbook = worksheet.parent
    return SheetParser(
        source,
        worksheet._shared_strings,  # noqa: SLF001 - see OpenedSheet
        data_only=True,
        epoch=workbook.epoch,
        date_formats=workbook._date_formats,  # noqa: SLF001 - see OpenedSheet
        timedelta_formats=workbook._timedelta_formats,  # noqa: SLF001 - see OpenedSheet
    )


def _check_duplicates(titles: dict[int, str]) -> None:
    counts = Counter(title.casefold() for title in titles.values())
    repeated = {title: counts[title.casefold()] for title in titles.values() if counts[title.casefold()] > 1}
    if not repeated:
        return
    title = next(iter(repeated))
    columns = [get_column_letter(column) for column, other in titles.items() if other.casefold() == title.casefold()]
    raise Invalid(
        f'The column title "{title}" stands in columns {" and ".join(columns)}. Give every column its own title.',
        code="workbook_header_duplicate",
        fields=dict.fromkeys(repeated, "This column title is used more than once."),
    )


def _is_blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(written: str) -> str | CellFault:
    """Give the text as typed: Excel's escapes undone, line breaks as newlines, nothing that XML forbids."""
    unescaped = ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), written)
    text = NOT_IN_XML.sub("", LINE_BREAK.sub("\n", unescaped))
    if len(text) > EXCEL_TEXT_CHARACTERS:
        return CellFault("text_too_long", f"The cell holds more than {EXCEL_TEXT_CHARACTERS:,} characters.")
    return text


def _excel_error(literal: str) -> CellFault:
    if literal not in EXCEL_ERRORS:
        return CellFault("excel_error", "The cell shows an error.")
    return CellFault("excel_error", f"The cell shows {literal}: {EXCEL_ERRORS[literal]}.")


def _duration(duration: datetime.timedelta) -> str:
    """Write a duration as Excel shows it with the format [h]:mm:ss."""
    seconds = round(abs(duration.total_seconds()))
    sign = "-" if duration < datetime.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def confine(limits: WorkbookLimits) -> None:
    """Let the kernel stop this process when it takes more memory or computing time than the limits allow."""
    for kind, amount in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


def say(line: str) -> None:
    """Write one line to the process that reads us."""
    sys.stdout.write(line + "\n")


def tell_workbook(path: pathlib.Path, limits: WorkbookLimits) -> None:
    """Write the header and every row of a workbook.

    Raises:
        Invalid: what is wrong with the workbook, in the words of ``spreadsheet.read_workbook``.
    """
    spreadsheet_package.inspect(path, limits)
    sheet = Sheet(path, limits)
    say(json.dumps({"header": sheet.header}, ensure_ascii=False))
    for row in sheet.rows():
        say(encode_row(row))


def told(path: pathlib.Path, limits: WorkbookLimits) -> dict[str, object]:
    """Write the workbook and give the closing word: that it is complete, or why not."""
    try:
        tell_workbook(path, limits)
    except Invalid as error:
        return {"error": {"code": error.code, "message": error.message, "fields": error.fields}}
    except MemoryError:
        message = "Reading the workbook takes too much memory. Split it into smaller workbooks."
        return {"error": {"code": "workbook_too_large", "message": message, "fields": {}}}
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl meets broken XML with almost any exception there is
        unreadable = spreadsheet_package.unreadable()
        cause = f"{type(error).__name__} at {_place(error)}"
        return {"error": {"code": unreadable.code, "message": unreadable.message, "fields": {}, "cause": cause}}
    return {"end": True}


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{pathlib.Path(last.filename).name}:{last.lineno}"  # never the message: it may quote a cell


def main() -> None:
    """Read what the command line names."""
    limits = WorkbookLimits.from_json(sys.argv[1])
    confine(limits)
    warnings.simplefilter("ignore")
    say(json.dumps({"ready": True}))
    sys.stdout.flush()
    closing_word = told(pathlib.Path(sys.argv[2]), limits)
    say(json.dumps(closing_word, ensure_ascii=False))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
