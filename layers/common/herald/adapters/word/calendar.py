"""Names of months and days in the languages that a template can write dates in: Unicode's CLDR, by Babel.

Babel is only there where templates are filled (`functions/workers/render`); what languages there are, everybody knows.
"""

from functools import cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES: Final = ("en", "es", "pt", "fr", "sw")

Width = Literal["wide", "abbreviated"]


def language_of(tag: str) -> str | None:
    """The language of a tag such as ``es`` or ``es-MX``; English for none, None for one that is not ours."""
    language = tag.strip().lower().replace("_", "-").partition("-")[0] or "en"
    return language if language in LANGUAGES else None


def month_name(language: str, month: int, width: Width) -> str:
    """The name of a month (from 1) as it stands within a date, in one of `LANGUAGES`."""
    return str(_locale(language).months["format"][width][month])


def day_name(language: str, weekday: int, width: Width) -> str:
    """The name of a day (from Monday, 0) as it stands within a date, in one of `LANGUAGES`."""
    return str(_locale(language).days["format"][width][weekday])


@cache
def _locale(language: str) -> "Locale":
    from babel import Locale

    return Locale(language)
