"""The reading process: ``python -m herald.adapters.spreadsheet.reader <limits> <path> <sheet>`` writes JSON lines.

The first line is ``{"ready": true}``, the second ``{"header": [...]}``, then comes one line for every row, with a line
``{"picture": ...}`` before the first that shows a picture, and last ``{"end": true}`` or ``{"error": {...}}``. It runs
apart from us because openpyxl on a hostile file can take any amount of memory and time: here the kernel counts both.
The product imports this module nowhere else; it loads openpyxl at once.
"""

import json
import pathlib
import resource
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import cast

import openpyxl
from openpyxl.utils import get_column_letter

from herald.adapters.spreadsheet import package as spreadsheet_package
from herald.adapters.spreadsheet.cell_reading import CellReading
from herald.adapters.spreadsheet.pictures import SheetPictures
from herald.adapters.spreadsheet.sheet_parser import OpenedSheet, parser_of
from herald.adapters.spreadsheet.values import MEGABYTE, WorkbookLimits, encode_picture, encode_row
from herald.errors import Invalid
from herald.values.picture import Picture
from herald.values.sheet import (
    CellFault,
    CellValue,
    FormattedValue,
    SheetRow,
    is_blank,
)

EXCEL_ROWS = 1_048_576  # https://support.microsoft.com/office/excel-specifications-and-limits
SHEETS_NAMED = 50  # of those there are, where the one that is wanted is missing


class Sheet:
    """One sheet of a workbook, within limits: the one of this name, or the first visible one."""

    def __init__(self, archive_path: pathlib.Path, name: str, limits: WorkbookLimits) -> None:
        self._workbook = openpyxl.load_workbook(archive_path, read_only=True, data_only=True, keep_links=False)
        self._limits = limits
        self._worksheet = self._named(name) if name else self._first_visible()
        archive, part = self._worksheet.parent._archive, self._worksheet._worksheet_path  # noqa: SLF001 - see above
        self._pictures = SheetPictures(archive, part, limits)
        self._reading = CellReading(self._worksheet, self._pictures)
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
            if all(is_blank(cell) for cell in cells):
                continue
            if self._pictures.any_over:
                cells = self._with_pictures(number, cells)
            count += 1
            if count > self._limits.rows:
                raise Invalid(
                    f"The sheet has more than {self._limits.rows:,} rows. Split it into several workbooks.",
                    code="workbook_too_many_rows",
                )
            yield SheetRow(number, cells)

    def _with_pictures(self, row: int, cells: tuple[CellValue, ...]) -> tuple[CellValue, ...]:
        over = [self._pictures.over(row, column) for column in self._header_columns]
        return tuple([cell if picture is None else picture for cell, picture in zip(cells, over, strict=True)])

    def _first_visible(self) -> OpenedSheet:
        for worksheet in self._workbook.worksheets:
            if worksheet.sheet_state == "visible":
                return cast("OpenedSheet", worksheet)
        raise Invalid("The workbook has no visible sheet.", code="workbook_no_visible_sheet")

    def _named(self, name: str) -> OpenedSheet:
        titles = [worksheet.title for worksheet in self._workbook.worksheets]
        for worksheet in self._workbook.worksheets:
            # Excel takes names that differ in capitals alone for the same, so there is one at most.
            if worksheet.title.strip().casefold() == name.strip().casefold():
                return cast("OpenedSheet", worksheet)
        raise Invalid(
            f"The workbook has no sheet `{name}`. It has: {', '.join(titles[:SHEETS_NAMED])}.",
            code="sheet_missing",
            fields={"sheet": name, "sheets": titles[:SHEETS_NAMED]},
        )

    def _read_filled_rows(self) -> Iterator[tuple[int, dict[int, CellValue]]]:
        previous = 0
        with self._worksheet._get_source() as source:  # noqa: SLF001 - see OpenedSheet
            for number, cells in parser_of(self._worksheet, source).rows():
                if not previous < number <= EXCEL_ROWS:
                    raise spreadsheet_package.unreadable()
                previous = number
                values = {cell["column"]: self._reading.value(cell) for cell in cells}
                filled = {column: value for column, value in values.items() if not is_blank(value)}
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
            raise self._empty()
        for column, value in values.items():
            if isinstance(value, CellFault):
                raise Invalid(
                    f"The column title in cell {get_column_letter(column)}{number} cannot be read: {value.message}",
                    code="workbook_header_unreadable",
                )
        titles = {
            column: (value.text if isinstance(value, FormattedValue) else str(value)).strip()
            for column, value in sorted(values.items())
            if not is_blank(value) and not isinstance(value, Picture)
        }
        _check_duplicates(titles)
        return list(titles), list(titles.values())

    def _empty(self) -> Invalid:
        others = [sheet.title for sheet in self._workbook.worksheets if sheet.title != self._worksheet.title]
        filled = [title for title in others if self._holds_anything(title)][:SHEETS_NAMED]
        if not filled:
            return Invalid("The sheet is empty.", code="workbook_empty")
        return Invalid(
            f"The sheet `{self._worksheet.title}` is empty. There are rows in: {', '.join(filled)}. Name the sheet, or "
            "put it first.",
            code="workbook_empty",
            fields={"sheet": self._worksheet.title, "sheets": filled},
        )

    def _holds_anything(self, title: str) -> bool:
        worksheet = cast("OpenedSheet", self._workbook[title])
        with worksheet._get_source() as source:  # noqa: SLF001 - see OpenedSheet
            return any(cell["value"] is not None for _, cells in parser_of(worksheet, source).rows() for cell in cells)


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


def confine(limits: WorkbookLimits) -> None:
    """Let the kernel stop this process when it takes more memory or computing time than the limits allow."""
    for kind, amount in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


def write_line(line: str) -> None:
    """Write one line to the process that reads us."""
    sys.stdout.write(line + "\n")


class PictureWriter:
    """Writes pictures, each once however many rows show it."""

    def __init__(self, limits: WorkbookLimits) -> None:
        self._written: set[str] = set()
        self._bytes_left = limits.picture_bytes
        self._limits = limits

    def __call__(self, picture: Picture) -> None:
        """Write a picture.

        Raises:
            Invalid: workbook_too_large.
        """
        if picture.name in self._written:
            return
        self._written.add(picture.name)
        self._bytes_left -= len(picture.content)
        if self._bytes_left < 0:
            raise Invalid(
                f"The pictures of the workbook are larger than {self._limits.picture_bytes / MEGABYTE:g} MB together. "
                "Split it into smaller workbooks.",
                code="workbook_too_large",
            )
        write_line(encode_picture(picture))


def write_workbook(path: pathlib.Path, sheet_name: str, limits: WorkbookLimits) -> None:
    """Write the header and every row of a workbook.

    Raises:
        Invalid: what is wrong with the workbook, in the words of `workbook.read_workbook`.
    """
    spreadsheet_package.inspect(path, limits)
    sheet = Sheet(path, sheet_name, limits)
    write_line(json.dumps({"header": sheet.header}, ensure_ascii=False))
    write_picture = PictureWriter(limits)
    for row in sheet.rows():
        write_line(encode_row(row, write_picture))


def outcome_of_writing(path: pathlib.Path, sheet_name: str, limits: WorkbookLimits) -> dict[str, object]:
    """Write the workbook and give the last line: that it is complete, or why not."""
    try:
        write_workbook(path, sheet_name, limits)
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


def write_answer(path: pathlib.Path, sheet_name: str, limits: WorkbookLimits) -> None:
    """Write every line, from the first to the last."""
    write_line(json.dumps({"ready": True}))
    sys.stdout.flush()
    last_line = outcome_of_writing(path, sheet_name, limits)
    write_line(json.dumps(last_line, ensure_ascii=False))
    sys.stdout.flush()


def main() -> None:
    """Read what the command line names."""
    limits = WorkbookLimits.from_json(sys.argv[1])
    confine(limits)
    warnings.simplefilter("ignore")
    write_answer(pathlib.Path(sys.argv[2]), sys.argv[3], limits)


if __name__ == "__main__":
    main()
