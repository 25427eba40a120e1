"""Dates, times and durations under the letters of a format: ``d mmmm yyyy``, ``h:mm AM/PM``, ``[h]:mm:ss``."""

import datetime
from collections.abc import Sequence
from typing import Final

from herald.adapters.spreadsheet.format_tokens import Kind, Section, Token, UnsupportedFormat

_NOON: Final = 12
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}
_MICROSECONDS: Final = 1_000_000
_SHORT_NAME: Final = 3
_SHORT_YEAR: Final = 2
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PLAIN: Final = frozenset({Kind.LITERAL, Kind.COMMA, Kind.SLASH, Kind.POINT})


def show_moment(moment: datetime.datetime, section: Section) -> str:
    """A date and time under one section of a format.

    Raises:
        UnsupportedFormat: the section asks for something that is not supported.
    """
    on_the_clock = section.has(Kind.NOON)
    shown: list[str] = []
    for token, role in _roles(section):
        if token.kind is Kind.NOON:
            shown.append(token.text.split("/")[moment.hour >= _NOON])
        elif role:
            letters, _, decimals = token.text.partition(".")
            shown.append(_part(moment, role, len(letters), section.language, on_the_clock=on_the_clock))
            shown.append(_split_second(moment.microsecond, len(decimals)))
        elif token.kind in _PLAIN:
            shown.append(token.text)
        else:
            raise UnsupportedFormat
    return "".join(shown)


def _part(moment: datetime.datetime, role: str, length: int, language: str, *, on_the_clock: bool) -> str:
    if length >= _SHORT_NAME and role in {"month", "d"} and language != "en":
        raise UnsupportedFormat
    match role:
        case "y":
            return f"{moment.year:04}" if length > _SHORT_YEAR else f"{moment.year % 100:02}"
        case "month":
            return _named_or_number(moment.month, _MONTHS[moment.month - 1], length)
        case "d":
            return _named_or_number(moment.day, _DAYS[moment.weekday()], length)
        case "h":
            return _padded(moment.hour % _NOON or _NOON if on_the_clock else moment.hour, length)
        case "minute":
            return _padded(moment.minute, length)
    return _padded(moment.second, length)


def show_duration(duration: datetime.timedelta, section: Section) -> str:
    """A duration under one section of a format, in which ``[h]`` holds all of its hours.

    Raises:
        UnsupportedFormat: the section asks for something that is not supported, or the duration is negative.
    """
    seconds, microseconds = divmod(round(duration / datetime.timedelta(microseconds=1)), _MICROSECONDS)
    if seconds < 0:
        raise UnsupportedFormat
    shown: list[str] = []
    for token, role in _roles(section):
        letters, _, decimals = token.text.partition(".")
        unit = _SECONDS.get(role[:1])
        if token.kind in _PLAIN:
            shown.append(token.text)
        elif unit is None:
            raise UnsupportedFormat
        elif token.kind is Kind.ELAPSED:
            shown.append(str(seconds // unit).rjust(len(letters), "0"))
        else:
            within = seconds // unit % (24 if unit == _SECONDS["h"] else 60)
            shown.append(_padded(within, len(letters)) + _split_second(microseconds, len(decimals)))
    return "".join(shown)


def shows_a_day(section: Section) -> bool:
    """Whether a format says which day it is, and not only what time."""
    return any(role in {"y", "month", "d"} for _, role in _roles(section))


def _roles(section: Section) -> Sequence[tuple[Token, str]]:
    """Each token with what it shows of a date; an ``m`` is the minute behind an hour or ahead of a second."""
    tokens = section.tokens
    letters = [
        (index, token.text[0].lower()) for index, token in enumerate(tokens) if token.kind in {Kind.DATE, Kind.ELAPSED}
    ]
    minutes = set()
    for place, (index, letter) in enumerate(letters):
        before = letters[place - 1][1] if place else ""
        after = letters[place + 1][1] if place + 1 < len(letters) else ""
        if letter == "m" and (before == "h" or after == "s" or tokens[index].kind is Kind.ELAPSED):
            minutes.add(index)
    roles = {
        index: ("minute" if index in minutes else "month") if letter == "m" else letter for index, letter in letters
    }
    return [(token, roles.get(index, "")) for index, token in enumerate(tokens)]


def _named_or_number(number: int, name: str, length: int) -> str:
    if length < _SHORT_NAME:
        return _padded(number, length)
    if length == _SHORT_NAME:
        return name[:_SHORT_NAME]
    return name[0] if length > _SHORT_NAME + 1 and name in _MONTHS else name


def _padded(number: int, length: int) -> str:
    return f"{number:02}" if length > 1 else str(number)


def _split_second(microseconds: int, places: int) -> str:
    return f".{microseconds:06}"[: places + 1] if places else ""
