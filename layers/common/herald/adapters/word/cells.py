"""A row's cells as a template's expressions take them: printed as Excel shows them, compared as what they are.

An empty cell is false, equals only what is empty, and is neither more nor less than anything. A text that spells a
number or a date is one wherever the template uses it as one.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import add, sub
from typing import Final, TypeAlias, TypeVar

from herald.adapters.word.broken_value import BrokenValue
from herald.values.notation import PLAIN_NOTATION, Notation
from herald.values.picture import Picture
from herald.values.sheet import FormattedValue, bare_text, is_blank, number_text

TemplateScalar: TypeAlias = (
    str
    | int
    | float
    | Decimal
    | bool
    | datetime.date
    | datetime.datetime
    | datetime.time
    | FormattedValue
    | Picture
    | None
)
TemplateValue: TypeAlias = "TemplateScalar | Sequence[Mapping[str, TemplateValue]]"
Content: TypeAlias = str | int | float | Decimal | bool | datetime.date | datetime.datetime | datetime.time | None

Comparable = TypeVar("Comparable", Decimal, datetime.datetime, datetime.time, str)

_LONGEST_SHOWN: Final = 60
_TIMELESS: Final = datetime.time()
_NAMES_OF_KINDS: Final = {
    "text": "the text",
    "number": "the number",
    "date": "the date",
    "time": "the time",
    "truth": "the value",
}


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell, or what a template makes of several.

    Attributes:
        content: What it holds.
        text: What it prints.
        name: The placeholder's dotted name; empty for what the template itself says.
        notation: How its texts spell numbers and dates.
    """

    content: Content
    text: str
    name: str = ""
    notation: Notation = PLAIN_NOTATION

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing, or only spaces."""
        return is_blank(self.content)

    @property
    def kind(self) -> str:
        """``text``, ``number``, ``date``, ``time`` or ``truth``."""
        match self.content:
            case bool():
                return "truth"
            case int() | float() | Decimal():
                return "number"
            case datetime.date():
                return "date"
            case datetime.time():
                return "time"
        return "text"

    @property
    def number(self) -> Decimal | None:
        """The number that it holds or spells."""
        match self.content:
            case bool():
                return Decimal(self.content)
            case int() | Decimal():
                return Decimal(self.content)
            case float():
                return Decimal(number_text(self.content))
            case str():
                return self.notation.number(self.content)
        return None

    @property
    def moment(self) -> datetime.datetime | None:
        """The date, with its time or midnight, that it holds or spells."""
        match self.content:
            case datetime.datetime():
                return self.content.replace(tzinfo=None)
            case datetime.date():
                return datetime.datetime.combine(self.content, _TIMELESS)
            case str():
                return self.notation.moment(self.content)
        return None

    @property
    def time_of_day(self) -> datetime.time | None:
        """The time of day that it holds or spells."""
        match self.content:
            case datetime.time():
                return self.content
            case str():
                return _read_time(self.content)
        return None

    def broken(self, reason: str, placeholder: str = "") -> BrokenValue:
        """The error that blames this cell; ``reason`` goes on behind "the text “...”"."""
        return BrokenValue(
            f"{self.described} {reason}",
            placeholder or self.name or None,
            value=self.text[:_LONGEST_SHOWN],
            kind=self.kind,
        )

    @property
    def described(self) -> str:
        """Its kind and what it shows."""
        shown = self.text[:_LONGEST_SHOWN] + ("…" if len(self.text) > _LONGEST_SHOWN else "")
        return f"{_NAMES_OF_KINDS[self.kind]} “{shown}”"

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return not self.is_blank and bool(self.content)

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        if not is_operand(other):
            return NotImplemented
        compared = cell_of(other, notation=self.notation)
        if self.is_blank or compared.is_blank:
            return self.is_blank and compared.is_blank
        if self.text == compared.text or self.kind == compared.kind == "text":
            return self.text == compared.text
        return _same_kind_order(self, compared) == 0

    def __lt__(self, other: object) -> bool:
        order = self._order(other)
        return order is not None and order < 0

    def __le__(self, other: object) -> bool:
        order = self._order(other)
        return order is not None and order <= 0

    def __gt__(self, other: object) -> bool:
        order = self._order(other)
        return order is not None and order > 0

    def __ge__(self, other: object) -> bool:
        order = self._order(other)
        return order is not None and order >= 0

    def __contains__(self, part: object) -> bool:
        sought = cell_of(part)
        return not sought.is_blank and sought.text in self.text

    def __add__(self, other: object) -> "Cell":
        return _joined(self, cell_of(other, notation=self.notation))

    def __radd__(self, other: object) -> "Cell":
        return _joined(cell_of(other, notation=self.notation), self)

    def __sub__(self, other: object) -> "Cell":
        return _calculated(self, cell_of(other, notation=self.notation), sub)

    def __rsub__(self, other: object) -> "Cell":
        return _calculated(cell_of(other, notation=self.notation), self, sub)

    def __neg__(self) -> "Cell":
        return _calculated(cell_of(0), self, sub)

    def __pos__(self) -> "Cell":
        return self

    def _order(self, other: object) -> int | None:
        """Negative, zero or positive as this is less than, like or more than another; ``None`` where one is empty."""
        compared = cell_of(other, notation=self.notation)
        if self.is_blank or compared.is_blank:
            return None
        order = _same_kind_order(self, compared)
        if order is None:
            blamed, rest = (self, compared) if self.name else (compared, self)
            raise blamed.broken(f"cannot be compared with {rest.described}")
        return order


def _same_kind_order(one: Cell, two: Cell) -> int | None:
    """How two cells compare as numbers, dates, times of day or texts; ``None`` where they are of different kinds."""
    orders = (
        _sign(one.number, two.number),
        _sign(one.moment, two.moment),
        _sign(one.time_of_day, two.time_of_day),
        _sign(one.text, two.text) if one.kind == two.kind == "text" else None,
    )
    return next((order for order in orders if order is not None), None)


def _sign(one: Comparable | None, two: Comparable | None) -> int | None:
    return None if one is None or two is None else (one > two) - (one < two)


def _joined(one: Cell, two: Cell) -> Cell:
    """The sum of two numbers; two texts, one behind the other."""
    if one.kind == two.kind == "text" and (one.number is None or two.number is None):
        return Cell(one.text + two.text, one.text + two.text, one.name or two.name, one.notation)
    return _calculated(one, two, add)


def _calculated(one: Cell, two: Cell, calculation: Callable[[Decimal, Decimal], Decimal]) -> Cell:
    first, second = (Decimal(0) if cell.is_blank else cell.number for cell in (one, two))
    if first is None or second is None:
        raise (one if first is None else two).broken("is not a number, and cannot be added or subtracted")
    result = calculation(first, second)
    return Cell(result, number_text(result), one.name or two.name, one.notation)


def _read_time(text: str) -> datetime.time | None:
    try:
        return datetime.time.fromisoformat(text.strip())
    except ValueError:
        return None


def is_operand(value: object) -> bool:
    """Whether a value is a cell, or something that could stand in one."""
    return value is None or isinstance(
        value, Cell | str | int | float | Decimal | datetime.date | datetime.time | FormattedValue
    )


def cell_of(value: object, name: str = "", *, notation: Notation = PLAIN_NOTATION) -> Cell:
    """A value as a cell; what is one already stays as it is.

    Raises:
        BrokenValue: it is a list, a record or a picture.
    """
    match value:
        case Cell():
            return value
        case None | str():
            return Cell(value, str(value or ""), name, notation)
        case bool():
            return Cell(value, str(value).upper(), name, notation)
        case FormattedValue():
            return Cell(value.value, value.text, name, notation)
        case int() | float() | Decimal() | datetime.date() | datetime.time():
            return Cell(value, bare_text(value), name, notation)
    raise BrokenValue("a list, a record or a picture cannot stand here", name or None)


def cells_of(values: Mapping[str, TemplateValue], notation: Notation, prefix: str = "") -> dict[str, object]:
    """A row as a template's expressions take it; pictures stay what they are."""
    return {name: _taken(value, f"{prefix}{name}", notation) for name, value in values.items()}


def _taken(value: TemplateValue, name: str, notation: Notation) -> object:
    if isinstance(value, Picture):
        return value
    if isinstance(value, list | tuple):
        return [cells_of(record, notation, f"{name}.") if isinstance(record, Mapping) else record for record in value]
    return cell_of(value, name, notation=notation)
