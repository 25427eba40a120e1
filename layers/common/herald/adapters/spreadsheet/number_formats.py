"""What Excel shows for a value under the number format of its cell.

Of what is not supported the bare value is shown: conditions (``[<100]``), forms that the machine decides (the short
date, ``[$-F800]``), names of months and days in other languages than English, other calendars and digits. Spaces that
only align (``_x``, ``*x``, ``?``) are left out.
"""

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final, NamedTuple

from herald.adapters.spreadsheet.date_formats import show_duration, show_moment, shows_a_day
from herald.adapters.spreadsheet.digit_formats import PlainDigits, plain_digits, show_number
from herald.adapters.spreadsheet.format_tokens import Kind, Section, UnsupportedFormat, sections_of
from herald.values.sheet import SIGNIFICANT_DIGITS, FormattableValue

# Built-in formats 14 and 22, which each machine shows in its own way.
_MACHINE_FORMATS: Final = frozenset({"mm-dd-yy", "m/d/yy h:mm", "m/d/yyyy h:mm"})
_GENERAL: Final = frozenset({"general", "@", ""})
_FIRST_DAY: Final = datetime.date(1900, 1, 1)
_NEGATIVE, _ZERO = 1, 2
_DATES_KEPT: Final = 20_000
_COUNTED: Final = re.compile("[1-9]")
_SHOWN: Final = frozenset({Kind.DATE, Kind.NOON, Kind.ELAPSED})


def shown_value(value: FormattableValue, number_format: str) -> str | None:
    """What Excel shows; ``None`` where that is the bare value, or nobody but the machine knows."""
    sections = _sections(number_format)
    if sections is None:
        return None
    try:
        if isinstance(value, int | float):
            return _shown_number(Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}"), sections)
        return _shown_moment(value, number_format)
    except UnsupportedFormat:
        return None


def shown_duration(duration: datetime.timedelta, number_format: str) -> str | None:
    """What Excel shows for a duration; ``None`` where that is not known."""
    sections = _sections(number_format)
    try:
        return show_duration(duration, sections[0].section).strip() if sections else None
    except UnsupportedFormat:
        return None


class _Part(NamedTuple):
    """A section of a format, and its plain form where it has one."""

    section: Section
    plain: PlainDigits | None

    def show(self, number: Decimal) -> str:
        return (show_number(number, self.section) if self.plain is None else self.plain.show(number)).strip()


def _shown_number(number: Decimal, sections: Sequence[_Part]) -> str:
    part, sign = _part_for(number, sections)
    if part.plain is None and part.section.has(*_SHOWN):
        raise UnsupportedFormat
    shown = part.show(abs(number))
    # Excel shows no sign where rounding leaves nothing: -0.001 is 0.00.
    return sign + shown if sign and _COUNTED.search(shown) else shown


def _part_for(number: Decimal, sections: Sequence[_Part]) -> tuple[_Part, str]:
    if number == 0 and len(sections) > _ZERO:
        return sections[_ZERO], ""
    if number >= 0:
        return sections[0], ""
    if len(sections) > _NEGATIVE:
        return sections[_NEGATIVE], ""
    return sections[0], "-"


@lru_cache(_DATES_KEPT)
def _shown_moment(value: datetime.date | datetime.time, number_format: str) -> str | None:
    sections = _sections(number_format)
    if not sections or not sections[0].section.has(Kind.DATE):
        return None
    section = sections[0].section
    if isinstance(value, datetime.datetime):
        return show_moment(value, section).strip()
    if isinstance(value, datetime.date):
        return show_moment(datetime.datetime.combine(value, datetime.time()), section).strip()
    if shows_a_day(section):
        return None  # Excel shows the day 0 of January 1900
    return show_moment(datetime.datetime.combine(_FIRST_DAY, value), section).strip()


@cache
def _sections(number_format: str) -> Sequence[_Part] | None:
    if number_format.casefold() in _GENERAL or number_format in _MACHINE_FORMATS:
        return None
    try:
        return [_Part(section, plain_digits(section)) for section in sections_of(number_format)]
    except UnsupportedFormat:
        return None
