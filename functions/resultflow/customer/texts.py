"""What the customer's pages say, in each language that they speak: a file in `texts/` per language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from herald.results.links.languages import DEFAULT_LANGUAGE, LANGUAGES, known_language

_FOLDER = Path(__file__).parent / "texts"
_HOUR = timedelta(hours=1)


class Notice(NamedTuple):
    """A page that only says something."""

    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that the pages say in one language; words in braces are filled in.

    Every field is required, so that no sentence can be missing from a language.
    """

    language: str
    own_name: str
    language_label: str
    title: str
    instruction: str
    label: str
    open_report: str
    error: str
    refused: str
    missing: str
    greeting: str
    greeting_without_name: str
    ready: str
    view: str
    download: str
    time_left: str
    less_than_an_hour: str
    one_hour: str
    hours: str
    look_again: str
    preparing: Notice
    unavailable: Notice
    expired: Notice
    locked: Notice
    withdrawn: Notice
    wrong_link: Notice
    too_many: Notice
    closed: Notice
    fault: Notice
    date: str
    first_of_month: str
    months: tuple[str, ...]

    def written_date(self, moment: datetime) -> str:
        """The day of a moment, e.g. ``22 de noviembre de 2026``."""
        day = self.first_of_month if moment.day == 1 else str(moment.day)
        return self.date.format(day=day, month=self.months[moment.month - 1], year=moment.year)

    def written_hours(self, time: timedelta) -> str:
        """A stretch of time in whole hours, rounded down so that it promises nothing, e.g. ``23 hours``."""
        hours = time // _HOUR
        if hours < 1:
            return self.less_than_an_hour
        return self.one_hour if hours == 1 else self.hours.format(hours=hours)


def texts_in(*languages: str) -> Texts:
    """The texts in the first of the languages that is known, or in English."""
    return all_texts()[next(filter(None, map(known_language, languages)), DEFAULT_LANGUAGE)]


@cache
def all_texts() -> Mapping[str, Texts]:
    """The texts by language (ISO 639-1)."""
    return {language: _read(language) for language in LANGUAGES}


def _read(language: str) -> Texts:
    written: dict[str, Any] = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    notices = {field.name: Notice(**written[field.name]) for field in fields(Texts) if field.type is Notice}
    return Texts(**{**written, **notices, "months": tuple(written["months"]), "language": language})
