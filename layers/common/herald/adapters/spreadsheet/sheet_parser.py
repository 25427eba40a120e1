"""openpyxl's parser of cells under a loop of our own, for the reading process alone."""

import datetime
import zipfile
from collections.abc import Iterator
from typing import IO, Protocol, TypedDict, cast
from xml.etree.ElementTree import Element, iterparse

from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser

CHECKED_KINDS = frozenset({"n", "d", "b"})  # numbers, dates in ISO 8601, truths


class ParsedCell(TypedDict):
    """A cell as openpyxl's parser gives it, with two kinds of ``data_type`` of our own.

    "f" is a formula that has no cached value, and "vm" an error that stands for something richer in newer Excels: its
    value is the number of that.
    """

    row: int
    column: int
    value: object
    data_type: str
    style_id: int


class OpenedWorkbook(Protocol):
    """What openpyxl knows of a workbook's styles, without a public name for it; the version is pinned."""

    epoch: datetime.datetime
    _archive: zipfile.ZipFile
    _date_formats: set[int]
    _timedelta_formats: set[int]


class OpenedSheet(Protocol):
    """What openpyxl's own row loop takes from a sheet opened for reading."""

    title: str
    parent: OpenedWorkbook
    _shared_strings: list[str]
    _worksheet_path: str

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
        cell = self._parsed(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            has_result = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            cell |= {"value": "", "data_type": "s"} if has_result else {"data_type": "f"}
        richer = element.get("vm", "")
        if cell["data_type"] == "e" and richer.isascii() and richer.isdigit():
            cell |= {"value": richer, "data_type": "vm"}
        return cell

    def _parsed(self, element: Element) -> dict[str, object]:
        """A cell; one whose number, date or truth is written as no program would is an error, and costs itself."""
        counter = self.col_counter
        try:
            return cast("dict[str, object]", super().parse_cell(element))
        except (ValueError, OverflowError):
            written = element.find(VALUE_TAG)
            if written is None or element.get("t", "n") not in CHECKED_KINDS:
                raise
            element.set("t", "e")
            written.text = "#VALUE!"
            self.col_counter = counter
            return cast("dict[str, object]", super().parse_cell(element))


def parser_of(worksheet: OpenedSheet, source: IO[bytes]) -> SheetParser:
    """The parser of a sheet whose part is open."""
    workbook = worksheet.parent
    return SheetParser(
        source,
        worksheet._shared_strings,  # noqa: SLF001 - see OpenedSheet
        data_only=True,
        epoch=workbook.epoch,
        date_formats=workbook._date_formats,  # noqa: SLF001 - see OpenedSheet
        timedelta_formats=workbook._timedelta_formats,  # noqa: SLF001 - see OpenedSheet
    )
