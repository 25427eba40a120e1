"""What Excel shows for a value under the number format of its cell.

Of what is not supported the bare value is shown: conditions (``[<100]``), forms that the machine decides (the short
date, ``[$-F800]``), names of months and days in other languages than English, other calendars and digits. Spaces that
only align (``_x``, ``*x``, ``?``) are left out.
"""

import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from herald.adapters.spreadsheet.date_formats import show_duration, show_moment, shows_a_day
from herald.adapters.spreadsheet.digit_formats import show_number
from herald.adapters.spreadsheet.format_tokens import Kind, Section, UnsupportedFormat, sections_of
from herald.values.sheet import SIGNIFICANT_DIGITS, FormattableValue

# Built-in formats 14 and 22, which each machine shows in its own way.
_MACHINE_FORMATS: Final = frozenset({"mm-dd-yy", "m/d/yy h:mm", "m/d/yyyy h:mm"})
_GENERAL: Final = frozenset({"general", "@", ""})
_FIRST_DAY: Final = datetime.date(1900, 1, 1)
_NEGATIVE, _ZERO = 1, 2
_VALUES_KEPT: Final = 10_000
_SHOWN: Final = frozenset({Kind.DATE, Kind.NOON, Kind.ELAPSED})


@lru_cache(_VALUES_KEPT)
def shown_value(value: FormattableValue, number_format: str) -> str | None:
    """What Excel shows; ``None`` where that is the bare value, or nobody but the machine knows."""
    if number_format.casefold() in _GENERAL or number_format in _MACHINE_FORMATS:
        return None
    sections = _sections(number_format)
    if sections is None:
        return None
    try:
        if isinstance(value, int | float):
            return _shown_number(Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}"), sections)
        return _shown_moment(value, sections[0])
    except UnsupportedFormat:
        return None


def shown_duration(duration: datetime.timedelta, number_format: str) -> str | None:
    """What Excel shows for a duration; ``None`` where that is not known."""
    sections = _sections(number_format)
    try:
        return show_duration(duration, sections[0]).strip() if sections else None
    except UnsupportedFormat:
        return None


def _shown_number(number: Decimal, sections: tuple[Section, ...]) -> str:
    section, sign = _section_for(number, sections)
    if section.has(*_SHOWN):
        raise UnsupportedFormat
    shown = show_number(abs(number), section).strip()
    # Excel shows no sign where rounding leaves nothing: -0.001 is 0.00.
    return sign + shown if any(character in "123456789" for character in shown) else shown


def _section_for(number: Decimal, sections: tuple[Section, ...]) -> tuple[Section, str]:
    if number == 0 and len(sections) > _ZERO:
        return sections[_ZERO], ""
    if number >= 0:
        return sections[0], ""
    if len(sections) > _NEGATIVE:
        return sections[_NEGATIVE], ""
    return sections[0], "-"


def _shown_moment(value: datetime.date | datetime.time, section: Section) -> str:
    if not section.has(Kind.DATE):
        raise UnsupportedFormat
    if isinstance(value, datetime.datetime):
        return show_moment(value, section).strip()
    if isinstance(value, datetime.date):
        return show_moment(datetime.datetime.combine(value, datetime.time()), section).strip()
    if shows_a_day(section):
        raise UnsupportedFormat  # Excel shows the day 0 of January 1900
    return show_moment(datetime.datetime.combine(_FIRST_DAY, value), section).strip()


@cache
def _sections(number_format: str) -> tuple[Section, ...] | None:
    try:
        return sections_of(number_format)
    except UnsupportedFormat:
        return None
