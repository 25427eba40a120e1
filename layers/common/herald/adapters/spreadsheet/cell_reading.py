"""From a parsed cell to its value, and to what Excel shows of it; for the reading process alone."""

import datetime
import math
from typing import cast

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles.numbers import is_datetime
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from herald.adapters.spreadsheet.cells import FORMULA_FAULT, duration_text, excel_error, text_or_picture
from herald.adapters.spreadsheet.number_formats import shown_duration, shown_value
from herald.adapters.spreadsheet.pictures import LONGEST_NUMBER, SheetPictures
from herald.adapters.spreadsheet.sheet_parser import OpenedSheet, ParsedCell
from herald.values.sheet import SIGNIFICANT_DIGITS, CellValue, FormattableValue, FormattedValue, bare_text

LARGEST_INTEGER = 2**63 - 1  # what the JSON of a stored row can hold; Excel itself writes such numbers as floats
FIRST_YEAR = 1900  # Excel has no earlier dates, and shows a negative one as a row of #


class CellReading:
    """Reads the cells of one sheet."""

    def __init__(self, worksheet: OpenedSheet, pictures: SheetPictures) -> None:
        self._worksheet = worksheet
        self._pictures = pictures
        self._formats: dict[int, str] = {}

    def value(self, cell: ParsedCell) -> CellValue:
        """The value of a cell, or what is wrong with it."""
        if cell["data_type"] == "f":
            return FORMULA_FAULT
        if cell["data_type"] == "vm":
            return self._pictures.placed(int(str(cell["value"])[:LONGEST_NUMBER])) or excel_error("#VALUE!")
        if cell["data_type"] == "e":
            return excel_error(str(cell["value"]))
        return self._sound_value(cell)

    def _sound_value(self, cell: ParsedCell) -> CellValue:
        match cell["value"]:
            case str() as written:
                return text_or_picture(written)
            case datetime.timedelta() as duration:
                return shown_duration(duration, self._format_of(cell)) or duration_text(duration)
            case bool() | None as plain:
                return plain
            case int() | float() as number if not _is_a_number(number):
                return excel_error("#NUM!")
            case datetime.datetime() as moment if moment.year < FIRST_YEAR:
                return excel_error("#VALUE!")
            case value:
                return self._formatted(self._exact(cast("FormattableValue", value), cell), cell)

    def _exact(self, value: FormattableValue, cell: ParsedCell) -> FormattableValue:
        if isinstance(value, float):
            return _to_fifteen_digits(value)
        if isinstance(value, datetime.datetime) and self._shows_a_date_only(value, cell):
            return value.date()
        return value

    def _formatted(self, value: FormattableValue, cell: ParsedCell) -> CellValue:
        """The value, with what Excel shows for it where that is something else than its bare text."""
        shown = shown_value(value, self._format_of(cell))
        return value if shown is None or shown == bare_text(value) else FormattedValue(value, shown)

    def _shows_a_date_only(self, moment: datetime.datetime, cell: ParsedCell) -> bool:
        """Whether a date is meant, not midnight: Excel stores both alike, only the number format tells them apart."""
        return moment.time() == datetime.time() and is_datetime(self._format_of(cell)) == "date"

    def _format_of(self, cell: ParsedCell) -> str:
        style_id = cell["style_id"]
        if style_id not in self._formats:
            styled = ReadOnlyCell(cast("ReadOnlyWorksheet", self._worksheet), **cell)
            self._formats[style_id] = styled.number_format or ""
        return self._formats[style_id]


def _is_a_number(number: float) -> bool:
    return abs(number) <= LARGEST_INTEGER if isinstance(number, int) else math.isfinite(number)


def _to_fifteen_digits(number: float) -> int | float:
    exact = float(f"{number:.{SIGNIFICANT_DIGITS}g}")
    return int(exact) if exact.is_integer() and abs(exact) < 10**SIGNIFICANT_DIGITS else exact
