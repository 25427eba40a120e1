"""How a value becomes text in a Word document: cleaned, and drawn after a picture when a filter asks for it."""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from herald.adapters.installed_fonts import described, installed_fonts
from herald.adapters.word.broken_value import BrokenValue
from herald.adapters.word.calendar import day_name, language_of, month_name
from herald.adapters.word.cells import Cell, cell_of, is_operand
from herald.values.picture import Picture
from herald.values.sheet import is_blank

# Writer's layout time grows faster than the rows of a table: 1,000 rows take 1.2 s, 5,000 take 23 s.
MAX_ROWS_PER_LOOP: Final = 1_000
# An Excel cell holds no more than 32,767 characters.
MAX_TEXT_LENGTH: Final = 32_767

# Stands for a line break between filling a value in and writing the XML; no value can contain it.
LINE_BREAK: Final = "\v"
TAB: Final = "\t"
_LINE_ENDS: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# What XML 1.0 cannot hold (section 2.2), and the C1 controls that no font draws.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_NOON: Final = 12
_DATE_TOKEN: Final = re.compile(r"'(?P<literal>[^']*)'|d{1,4}|M{1,4}|yyyy|yy|HH?|hh?|mm?|ss?|AM/PM")
_NUMBER_FORMAT: Final = re.compile("(?:#(?P<group>[ ,.'\u00a0\u202f])##)?0(?:(?P<point>[.,])(?P<decimals>0{1,10}))?")
# A float holds 15 digits: beyond that, rounding to a picture has no meaning.
_NUMBER_BOUND: Final = Decimal(10) ** 15
_AMBIGUOUS: Final = ", or could be two; state the batch's language"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture drawn into a line, as XML that ends the line's text before it and begins it anew after it."""

    xml: str


def is_missing(value: object) -> bool:
    """Whether the value stands for a name that was not given at all."""
    from jinja2.runtime import Undefined

    return isinstance(value, Undefined)


def is_empty(value: object) -> bool:
    """Whether a cell holds nothing; spaces that somebody left in it are nothing."""
    return value.is_blank if isinstance(value, Cell) else is_blank(value)


def printed(value: object) -> object:
    """The text of a value as it stands in the document: nothing for an empty cell, what Excel shows for any other.

    Control characters are dropped and line ends become `LINE_BREAK`.

    Raises:
        BrokenValue: The value is a list, a record or a picture, a text longer than a cell of Excel, or a character
            is in it that no font has.
    """
    if is_missing(value):
        return value
    if isinstance(value, Drawing):
        from markupsafe import Markup

        return Markup(value.xml)  # noqa: S704 - it holds nothing that was not escaped
    if isinstance(value, Picture):
        raise BrokenValue("a picture needs the filter “image”")
    if not is_operand(value):
        raise BrokenValue("a list of records can be repeated with a loop, but not printed")
    cell = cell_of(value)
    text = _clean(cell.text)
    if not text.isascii():
        _refuse_missing_characters(cell, text)
    return text


def plain_text(value: object, placeholder: str) -> str:
    """The text of a value as a program reads it: as `printed`, but with the line ends as they are.

    Raises:
        BrokenValue: As `printed`.
    """
    if isinstance(value, Picture):
        raise BrokenValue(f"{placeholder} is a picture, and not a text", placeholder)
    if not is_operand(value):
        return str(printed(value))
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", cell_of(value).text))


def format_date(value: object, placeholder: str, picture: str = "yyyy-MM-dd", language: object = "en") -> str:
    """The filter ``date``: a date or time drawn after a picture in Word's own letters.

    ``d dd ddd dddd``, ``M MM MMM MMMM``, ``yy yyyy``, ``H HH`` (0-23), ``h hh`` (1-12), ``m mm`` (minutes), ``s ss``
    and ``AM/PM``; what stands between single quotes, and everything else, stands as it is. Names of months and days
    do not depend on the machine's locale.

    Args:
        value: A date, a datetime, a text in ISO 8601, or nothing, which gives nothing.
        placeholder: The name to blame.
        picture: For example ``d MMMM yyyy``.
        language: One of `calendar.LANGUAGES`, also with a region (``es-MX``); nothing and any other is English.

    Raises:
        BrokenValue: The value is no date.
    """
    if is_empty(value):
        return ""
    # Nobody goes without a letter because of the names of its months.
    spoken = language_of("" if is_empty(language) else str(language)) or "en"
    moment = _moment(value, placeholder)
    twelve = moment.hour % _NOON or _NOON
    drawn: dict[str, Callable[[], str]] = {
        "d": lambda: str(moment.day),
        "dd": lambda: f"{moment.day:02}",
        "ddd": lambda: day_name(spoken, moment.weekday(), "abbreviated"),
        "dddd": lambda: day_name(spoken, moment.weekday(), "wide"),
        "M": lambda: str(moment.month),
        "MM": lambda: f"{moment.month:02}",
        "MMM": lambda: month_name(spoken, moment.month, "abbreviated"),
        "MMMM": lambda: month_name(spoken, moment.month, "wide"),
        "yy": lambda: f"{moment.year % 100:02}",
        "yyyy": lambda: f"{moment.year:04}",
        "H": lambda: str(moment.hour),
        "HH": lambda: f"{moment.hour:02}",
        "h": lambda: str(twelve),
        "hh": lambda: f"{twelve:02}",
        "m": lambda: str(moment.minute),
        "mm": lambda: f"{moment.minute:02}",
        "s": lambda: str(moment.second),
        "ss": lambda: f"{moment.second:02}",
        "AM/PM": lambda: "AM" if moment.hour < _NOON else "PM",
    }
    return _DATE_TOKEN.sub(lambda token: drawn[token[0]]() if token["literal"] is None else token["literal"], picture)


def format_number(value: object, placeholder: str, picture: str = "0") -> str:
    """The filter ``number``: a number drawn after a picture, rounded half up as Excel does.

    The picture is ``0``, ``0.00`` or ``#,##0.00``. The mark after ``#`` groups thousands and the mark after ``0`` is
    the decimal mark, just as they are written: ``#.##0,00`` and ``# ##0,00`` work on every machine alike.

    Args:
        value: A number, a text that spells one with a decimal point, or nothing, which gives nothing.
        placeholder: The name to blame.
        picture: For example ``#,##0.00``.

    Raises:
        BrokenValue: The value is no finite number, or the picture is not of that form.
    """
    if is_empty(value):
        return ""
    layout = _NUMBER_FORMAT.fullmatch(picture)
    if layout is None:
        raise BrokenValue('a number format looks like "0", "0.00" or "#,##0.00"', placeholder)
    decimals = len(layout["decimals"] or "")
    rounded = _decimal(value, placeholder).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:{',' if layout['group'] else ''}f}".partition(".")
    whole = whole.replace(",", layout["group"] or "")
    return f"{whole}{layout['point']}{fraction}" if fraction else whole


def default(value: object, replacement: object = "") -> object:
    """The filter ``default``: the value, or the replacement where there is nothing."""
    return replacement if is_empty(value) or is_missing(value) else value


def upper(value: object) -> str:
    """The filter ``upper``: capital letters."""
    return _letters(value).upper()


def lower(value: object) -> str:
    """The filter ``lower``: small letters."""
    return _letters(value).lower()


def searched(value: object) -> object:
    """What stands behind ``in``: a text is searched for what a cell shows, a list for a cell that equals it."""
    return cell_of(value) if isinstance(value, str) else value


def _letters(value: object) -> str:
    if isinstance(value, Picture | Drawing):
        raise BrokenValue("a picture has no letters")
    return cell_of(value).text if is_operand(value) else str(value)


def _refuse_missing_characters(cell: Cell, text: str) -> None:
    character = installed_fonts().missing(text)
    if character:
        raise cell.broken(f"has the character {described(character)}, which no font here has")


def _clean(text: str) -> str:
    if len(text) > MAX_TEXT_LENGTH:
        raise BrokenValue(f"the text is longer than {MAX_TEXT_LENGTH} characters")
    # Control characters go first: a line break's stand-in is one of them.
    return _LINE_ENDS.sub(LINE_BREAK, _CONTROLS.sub("", text))


def rows_of(value: object, placeholder: str) -> Sequence[object]:
    """What a loop walks over: a bounded list of records; nothing counts as an empty one.

    Raises:
        BrokenValue: The value is missing, is no list, or has more than `MAX_ROWS_PER_LOOP` records.
    """
    if is_missing(value):
        raise BrokenValue("the value is missing", placeholder)
    if is_empty(value):
        return ()
    if not isinstance(value, list | tuple):
        raise BrokenValue("a loop needs a list of records", placeholder)
    if len(value) > MAX_ROWS_PER_LOOP:
        raise BrokenValue(f"the list has more than {MAX_ROWS_PER_LOOP} records", placeholder)
    return value


def loop_way(count: int) -> str:
    """How a loop goes over so many records: what stands between two of them is only there from two on."""
    return ("none", "one", "many")[min(count, 2)]


def _moment(value: object, placeholder: str) -> datetime.datetime:
    cell = cell_of(value, placeholder)
    moment = cell.moment
    if moment is None:
        told = cell.notation.date_format
        how = f"as {told}" if told else "in ISO 8601; state the batch's date_format, for example DD/MM/YYYY"
        raise cell.broken(f"is not a date {how}", placeholder)
    return moment


def _decimal(value: object, placeholder: str) -> Decimal:
    cell = cell_of(value, placeholder)
    number = None if cell.kind == "truth" else cell.number
    if number is None:
        hint = "" if cell.notation.decimal_mark or "," not in cell.text else _AMBIGUOUS
        raise cell.broken(f"is not a number{hint}", placeholder)
    if not number.is_finite() or abs(number) >= _NUMBER_BOUND:
        raise BrokenValue("the number is too large to be printed", placeholder)
    return number
