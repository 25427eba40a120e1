"""How somebody writes numbers and dates as text: ``1.240,50``, ``15/03/1985``.

What is ambiguous without being told is not read: a wrong number on a letter is worse than a row to correct.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from herald.errors import Invalid

LONGEST_LANGUAGE: Final = 5
ABOUT_LANGUAGE: Final = (
    "The language that numbers given as text are written in (en, es, pt, fr, sw, or with a country: es-MX): "
    "it says whether the comma or the point is the decimal mark."
)
ABOUT_DATE_FORMAT: Final = (
    "How dates given as text are written, for example DD/MM/YYYY: day (D, DD), month (M, MM) and year (YY, YYYY)."
)
LONGEST_DATE_FORMAT: Final = 20
_LANGUAGES: Final = ("en", "es", "fr", "pt", "sw")
_DECIMAL_COMMA: Final = frozenset({"es", "pt", "fr"})
# Unicode CLDR 47: where Spanish is written with a decimal point.
_SPANISH_WITH_A_POINT: Final = frozenset({"MX", "US", "GT", "HN", "NI", "PA", "PE", "PR", "SV", "DO", "BZ", "CU"})
_DATE_PARTS: Final = re.compile("YYYY|YY|MM?|DD?")
_DATE_MARKS: Final = re.compile(r"[/.\- ,]*")
_DIGITS_OF: Final = {
    "Y": ("year", r"\d{4}"),
    "y": ("year", r"\d{2}"),
    "M": ("month", r"\d{1,2}"),
    "D": ("day", r"\d{1,2}"),
}
_PIVOT: Final = 30
"""As Excel: a year of two digits is one from 1930 to 2029."""
_CENTURY: Final = 100


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers and dates are written; empty where nobody said.

    ``decimal_mark`` is ``,`` or ``.``; ``date_format`` is as `require_date_format` gives it.
    """

    decimal_mark: str = ""
    date_format: str = ""

    def number(self, text: str) -> Decimal | None:
        """The number that a text spells; ``None`` where it is none, or could be two."""
        written = text.strip()
        if self.decimal_mark:
            return _read_number(written, self.decimal_mark)
        with_point, with_comma = _read_number(written, "."), _read_number(written, ",")
        if with_point is None or with_comma is None:
            return with_comma if with_point is None else with_point
        return None if "," in written and with_point != with_comma else with_point

    def moment(self, text: str) -> datetime.datetime | None:
        """The moment that a text spells, in ISO 8601 or as the date format says; ``None`` where it is none."""
        written = text.strip()
        try:
            return datetime.datetime.fromisoformat(written)
        except ValueError:
            pass
        found = _date_pattern(self.date_format).fullmatch(written) if self.date_format else None
        if found is None:
            return None
        year = int(found["year"])
        if len(found["year"]) <= 2:  # noqa: PLR2004 - a year of two digits
            year += (_CENTURY * 20) if year < _PIVOT else (_CENTURY * 19)
        try:
            return datetime.datetime(year, int(found["month"]), int(found["day"]))  # noqa: DTZ001 - a sheet knows no time zones
        except ValueError:
            return None


PLAIN_NOTATION: Final = Notation()


def require_date_format(written: str) -> str:
    """A date format in capitals; empty for none.

    Raises:
        Invalid: it does not say where day, month and year stand, each once.
    """
    date_format = written.strip().upper()
    if not date_format:
        return ""
    parts = sorted(part[0] for part in _DATE_PARTS.findall(date_format))
    is_sound = parts == ["D", "M", "Y"] and _DATE_MARKS.fullmatch(_DATE_PARTS.sub("", date_format))
    if not is_sound or len(date_format) > LONGEST_DATE_FORMAT:
        raise Invalid(
            "Write the date format with DD, MM and YYYY once each, for example DD/MM/YYYY or YYYY-MM-DD.",
            fields={"date_format": "for example DD/MM/YYYY"},
        )
    return date_format


def require_language(written: str) -> str:
    """A language that numbers can be written in, as ``es`` or ``es-MX``; empty for none.

    Raises:
        Invalid: it is none of them.
    """
    language, _, country = written.strip().replace("_", "-").partition("-")
    if not written.strip():
        return ""
    if language.lower() not in _LANGUAGES:
        raise Invalid(
            f"Numbers are read in one of these languages: {', '.join(_LANGUAGES)}.",
            fields={"language": f"one of {', '.join(_LANGUAGES)}"},
        )
    return f"{language.lower()}-{country.upper()}" if country else language.lower()


def notation_of(language: str, country: str, date_format: str) -> Notation:
    """How whoever writes a language in a country (two letters, or empty) writes numbers."""
    spoken, _, region = language.partition("-")
    if not spoken:
        return Notation(date_format=date_format)
    with_a_point = spoken == "es" and (region or country) in _SPANISH_WITH_A_POINT
    return Notation("," if spoken in _DECIMAL_COMMA and not with_a_point else ".", date_format)


@cache
def _number_pattern(mark: str) -> re.Pattern[str]:
    group = r"['\u2019 \u00a0\u202f" + ("." if mark == "," else ",") + "]"
    whole = rf"\d{{1,3}}(?P<group>{group})\d{{3}}(?:(?P=group)\d{{3}})*|\d+"
    return re.compile(rf"(?P<sign>[+\-\u2212]?)(?P<whole>{whole})?(?:{re.escape(mark)}(?P<fraction>\d+))?", re.ASCII)


def _read_number(text: str, mark: str) -> Decimal | None:
    found = _number_pattern(mark).fullmatch(text)
    if found is None or not (found["whole"] or found["fraction"]):
        return None
    digits = re.sub(r"\D", "", found["whole"] or "0")
    sign = "-" if found["sign"] in {"-", "\u2212"} else ""
    return Decimal(f"{sign}{digits}.{found['fraction'] or '0'}")


@cache
def _date_pattern(date_format: str) -> re.Pattern[str]:
    pattern = ""
    position = 0
    for part in _DATE_PARTS.finditer(date_format):
        pattern += re.escape(date_format[position : part.start()])
        name, digits = _DIGITS_OF["y" if part[0] == "YY" else part[0][0]]
        pattern += f"(?P<{name}>{digits})"
        position = part.end()
    return re.compile(pattern + re.escape(date_format[position:]), re.ASCII)
