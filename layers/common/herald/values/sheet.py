"""Rows of a spreadsheet, as every package that handles them sees them."""

import datetime
from dataclasses import dataclass

from herald.values.picture import Picture


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a usable value: an Excel error such as ``#DIV/0!``, or a formula nobody has calculated yet."""

    code: str
    message: str


CellValue = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | Picture | CellFault | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: its number as Excel shows it (from 1), and one cell for every title of the header."""

    number: int
    cells: tuple[CellValue, ...]
