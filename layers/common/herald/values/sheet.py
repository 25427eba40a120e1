"""Rows of a spreadsheet, as every package that handles them sees them."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from herald.values.picture import Picture

SIGNIFICANT_DIGITS = 15
"""Excel keeps and shows no more: what a binary fraction has behind them is no part of the number."""
_LONGEST_PLAIN_NUMBER = 21


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a usable value: an Excel error such as ``#DIV/0!``, or a formula nobody has calculated yet."""

    code: str
    message: str


FormattableValue = int | float | datetime.date | datetime.datetime | datetime.time


@dataclass(frozen=True, slots=True)
class FormattedValue:
    """A number, date or time whose cell shows it in a form of its own: 0.125 as ``12.5%``, 712 as ``00712``."""

    value: FormattableValue
    text: str


CellText = (
    str | int | float | bool | datetime.date | datetime.datetime | datetime.time | FormattedValue | Picture | None
)
CellValue = CellText | CellFault
Value = CellText | Sequence[Mapping[str, CellText]]
"""What a template's placeholder stands for: a cell, or the rows of a loop."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: its number as Excel shows it (from 1), and one cell for every title of the header."""

    number: int
    cells: tuple[CellValue, ...]


def number_text(number: float | Decimal) -> str:
    """A number as Excel writes it out: to 15 significant digits, without an exponent unless it is very long."""
    if isinstance(number, bool | int):
        return str(number)
    exact = Decimal(f"{number:.{SIGNIFICANT_DIGITS}g}")
    if not exact.is_finite():
        return str(number)
    if exact == 0:
        return "0"
    plain = f"{exact.normalize():f}"
    return plain if len(plain) <= _LONGEST_PLAIN_NUMBER else f"{exact.normalize():E}"


def bare_text(value: FormattableValue | Decimal) -> str:
    """A value as it is written where nobody says how: dates in ISO 8601, moments to the minute."""
    if isinstance(value, int | float | Decimal):
        return number_text(value)
    return value.isoformat(" ", "minutes") if isinstance(value, datetime.datetime) else value.isoformat()


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing; spaces that somebody left in it are nothing."""
    return value is None or (isinstance(value, str) and not value.strip())
