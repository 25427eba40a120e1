"""A number format taken apart: its sections, and what each of them is made of (ECMA-376 part 1, 18.8.31)."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_LONGEST_FORMAT: Final = 255
_TOKEN: Final = re.compile(
    r"""(?xis)
      "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | (?P<space>[_*].) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General) | (?P<noon>AM/PM|A/P) | (?P<date>y+|m+|d+|h+|s+(?:\.0+)?) | (?P<exponent>E[+-])
    | (?P<digit>[0#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<slash>/) | (?P<text>@)
    | (?P<literal>[1-9]|[^\w;\[\]"\\_*]|[^\x00-\x7f])
    """
)
_COLOUR: Final = re.compile(r"(?i)black|blue|cyan|green|magenta|red|white|yellow|colou?r ?\d{1,2}")
_CURRENCY: Final = re.compile(r"\$(?P<symbol>[^-\]]*)(?:-(?P<locale>[0-9A-Fa-f]{1,8}))?")
_ELAPSED: Final = re.compile("(?i)h+|m+|s+")
_LOCALE: Final = 0xFFFF
# The machine's own long date and time, which a workbook does not hold.
_MACHINE_LOCALES: Final = frozenset({0xF800, 0xF400})
# [MS-LCID] 2.2: the lower ten bits name the language, and what stands above the region a calendar and digits.
_LANGUAGE: Final = 0x3FF
_LANGUAGES: Final = {0x09: "en", 0x0A: "es", 0x0C: "fr", 0x16: "pt", 0x41: "sw"}


class UnsupportedFormat(Exception):
    """A number format that asks for more than is written here."""


class Kind(Enum):
    """What a token of a format stands for."""

    LITERAL = auto()
    GENERAL = auto()
    DATE = auto()
    NOON = auto()
    ELAPSED = auto()
    DIGIT = auto()
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    EXPONENT = auto()
    SLASH = auto()
    TEXT = auto()


_KINDS: Final = {
    "general": Kind.GENERAL,
    "noon": Kind.NOON,
    "date": Kind.DATE,
    "exponent": Kind.EXPONENT,
    "digit": Kind.DIGIT,
    "point": Kind.POINT,
    "comma": Kind.COMMA,
    "percent": Kind.PERCENT,
    "slash": Kind.SLASH,
    "text": Kind.TEXT,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a format, and what is written there: of a literal, the text that is shown."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a format says for some of the values: positive, negative, zero or text."""

    tokens: tuple[Token, ...]
    language: str

    def has(self, *kinds: Kind) -> bool:
        """Whether a token of one of these kinds is among them."""
        return any(token.kind in kinds for token in self.tokens)


def sections_of(number_format: str) -> tuple[Section, ...]:
    """The sections of a format, between its semicolons.

    Raises:
        UnsupportedFormat: it has a condition, or something else that is not supported.
    """
    if len(number_format) > _LONGEST_FORMAT:
        raise UnsupportedFormat
    sections: list[Section] = []
    tokens: list[Token] = []
    language = "en"
    position = 0
    while position < len(number_format):
        if number_format[position] == ";":
            sections.append(Section(tuple(tokens), language))
            tokens, language, position = [], "en", position + 1
            continue
        found = _TOKEN.match(number_format, position)
        if found is None:
            raise UnsupportedFormat
        position = found.end()
        if found["bracket"] is not None:
            language = _language_of(found["bracket"]) or language
        token = _token(found)
        if token is not None:
            tokens.append(token)
    return (*sections, Section(tuple(tokens), language))


def _token(found: "re.Match[str]") -> Token | None:
    name = found.lastgroup or ""
    written = found[name]
    if name == "bracket":
        return _bracket(written)
    if name == "space":
        return None
    return Token(_KINDS.get(name, Kind.LITERAL), written)


def _bracket(written: str) -> Token | None:
    if _COLOUR.fullmatch(written):
        return None
    if _ELAPSED.fullmatch(written):
        return Token(Kind.ELAPSED, written.lower())
    currency = _CURRENCY.fullmatch(written)
    if currency is None:
        raise UnsupportedFormat
    return Token(Kind.LITERAL, currency["symbol"])


def _language_of(written: str) -> str | None:
    currency = _CURRENCY.fullmatch(written)
    if currency is None or not currency["locale"]:
        return None
    locale = int(currency["locale"], 16)
    if locale > _LOCALE or locale in _MACHINE_LOCALES:
        raise UnsupportedFormat
    return _LANGUAGES.get(locale & _LANGUAGE)
