"""Rows of a spreadsheet, as every package that handles them sees them."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from herald.values.picture import Picture


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a usable value: an Excel error such as ``#DIV/0!``, or a formula nobody has calculated yet."""

    code: str
    message: str


CellText = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | Picture | None
CellValue = CellText | CellFault
Value = CellText | Sequence[Mapping[str, CellText]]
"""What a template's placeholder stands for: a cell, or the rows of a loop."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: its number as Excel shows it (from 1), and one cell for every title of the header."""

    number: int
    cells: tuple[CellValue, ...]
