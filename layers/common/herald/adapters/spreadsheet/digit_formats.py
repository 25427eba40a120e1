"""Numbers under the digits of a format: ``#,##0.00``, ``0%``, ``00000``, ``0.00E+00``, ``# ?/?``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from herald.adapters.spreadsheet.format_tokens import Kind, Section, Token, UnsupportedFormat
from herald.values.sheet import number_text

_GROUP: Final = 3
_HUNDRED: Final = 100
_THOUSAND: Final = 1000
_LONGEST_DENOMINATOR: Final = 4
_LARGEST_MAGNITUDE: Final = 30
# Each token as one letter, for the shape of a section.
_LETTERS: Final = {Kind.LITERAL: "l", Kind.PERCENT: "%", Kind.COMMA: ",", Kind.POINT: "."}
_PLAIN_DIGITS: Final = re.compile(r"(?P<before>[l%]*)(?P<whole>#,##0|0+)(?:\.(?P<decimals>0+))?(?P<behind>[l%]*)")


@dataclass(frozen=True, slots=True)
class PlainDigits:
    """A section as nearly all are: ``#,##0.00``, ``0%``, ``00000``, with texts before and behind; drawn at once."""

    before: str
    behind: str
    factor: int
    rounding: Decimal
    drawn: str

    def show(self, number: Decimal) -> str:
        """As `show_number`."""
        if number and abs(number.adjusted()) > _LARGEST_MAGNITUDE:
            raise UnsupportedFormat
        rounded = (number * self.factor).quantize(self.rounding, ROUND_HALF_UP)
        return f"{self.before}{rounded:{self.drawn}}{self.behind}"


def plain_digits(section: Section) -> PlainDigits | None:
    """A section's plain form; ``None`` where it takes `show_number` to draw it."""
    written = "".join(
        _LETTERS.get(token.kind, token.text if token.kind is Kind.DIGIT else "x") for token in section.tokens
    )
    found = _PLAIN_DIGITS.fullmatch(written)
    if found is None:
        return None
    decimals = len(found["decimals"] or "")
    percents = sum(1 for token in section.tokens if token.kind is Kind.PERCENT)
    width = len(found["whole"]) + (decimals + 1 if decimals else 0)
    return PlainDigits(
        before="".join(token.text for token in section.tokens[: found.end("before")]),
        behind="".join(token.text for token in section.tokens[found.start("behind") :]),
        factor=_HUNDRED**percents,
        rounding=Decimal(1).scaleb(-decimals),
        drawn=(",f" if "," in found["whole"] else f"0{width}f"),
    )


def show_number(number: Decimal, section: Section) -> str:
    """A number that is not negative under one section of a format.

    Raises:
        UnsupportedFormat: the section asks for something that is not supported.
    """
    if number and abs(number.adjusted()) > _LARGEST_MAGNITUDE:
        raise UnsupportedFormat
    tokens = section.tokens
    if section.has(Kind.GENERAL, Kind.TEXT):
        return "".join(
            token.text if token.kind not in {Kind.GENERAL, Kind.TEXT} else number_text(number) for token in tokens
        )
    if not section.has(Kind.DIGIT):
        return "".join(token.text for token in tokens)
    number *= Decimal(_HUNDRED) ** sum(1 for token in tokens if token.kind is Kind.PERCENT)
    if section.has(Kind.SLASH):
        return _fraction(number, tokens)
    if section.has(Kind.EXPONENT):
        return _scientific(number, tokens)
    return _fixed(number, tokens)


def _fixed(number: Decimal, tokens: Sequence[Token]) -> str:
    whole, fraction = _at_the_point(tokens)
    places = _digits(fraction)
    last_digit = max(index for index, token in enumerate(tokens) if token.kind is Kind.DIGIT)
    thousands = sum(
        1
        for index, token in enumerate(tokens)
        if token.kind is Kind.COMMA and (index > last_digit or (fraction and index == len(whole) - 1))
    )
    rounded = (number / Decimal(_THOUSAND) ** thousands).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    digits, _, decimals = f"{rounded:f}".partition(".")
    return _whole(digits, whole) + _decimals(decimals, fraction)


def _at_the_point(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """What stands before the decimal point, and it with what follows."""
    point = next((index for index, token in enumerate(tokens) if token.kind is Kind.POINT), len(tokens))
    return tokens[:point], tokens[point:]


def _digits(tokens: Sequence[Token]) -> int:
    return sum(1 for token in tokens if token.kind is Kind.DIGIT)


def _whole(digits: str, tokens: Sequence[Token]) -> str:
    """Digits put into their places from the right; the first place takes all that are left."""
    places = [index for index, token in enumerate(tokens) if token.kind is Kind.DIGIT]
    grouped = bool(places) and any(token.kind is Kind.COMMA for token in tokens[places[0] : places[-1]])
    left = digits.lstrip("0")
    shown: list[str] = []
    written = 0
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind is not Kind.DIGIT:
            shown += [] if token.kind is Kind.COMMA else [token.text]
            continue
        count = len(left) if index == places[0] else 1
        taken, left = left[len(left) - count :] if count else "", left[: len(left) - count] if count else left
        for digit in reversed(taken or ("0" if token.text == "0" else "")):
            if grouped and written and written % _GROUP == 0:
                shown.append(",")
            shown.append(digit)
            written += 1
    return "".join(reversed(shown))


def _decimals(decimals: str, tokens: Sequence[Token]) -> str:
    needed = len(decimals.rstrip("0"))
    shown: list[str] = []
    place = 0
    for token in tokens:
        if token.kind is Kind.DIGIT:
            shown += decimals[place] if token.text == "0" or place < needed else ""
            place += 1
        elif token.kind is not Kind.COMMA:
            shown.append(token.text)
    return "".join(shown)


def _scientific(number: Decimal, tokens: Sequence[Token]) -> str:
    at = next(index for index, token in enumerate(tokens) if token.kind is Kind.EXPONENT)
    mantissa, exponent_tokens = tokens[:at], tokens[at + 1 :]
    whole, fraction = _at_the_point(mantissa)
    step = max(1, _digits(whole))
    rounding = Decimal(1).scaleb(-_digits(fraction))
    exponent = number.adjusted() // step * step if number else 0
    rounded = number.scaleb(-exponent).quantize(rounding, ROUND_HALF_UP)
    if rounded >= Decimal(10) ** step:
        exponent += step
        rounded = number.scaleb(-exponent).quantize(rounding, ROUND_HALF_UP)
    digits, _, decimals = f"{rounded:f}".partition(".")
    sign = "-" if exponent < 0 else tokens[at].text[1].replace("-", "")
    return (
        _whole(digits, whole) + _decimals(decimals, fraction) + f"E{sign}" + _whole(str(abs(exponent)), exponent_tokens)
    )


def _fraction(number: Decimal, tokens: Sequence[Token]) -> str:
    """``5 1/4``: a whole number where the format has a place for it, and the nearest fraction it has room for."""
    slash = next(index for index, token in enumerate(tokens) if token.kind is Kind.SLASH)
    if any(token.kind not in {Kind.DIGIT, Kind.LITERAL, Kind.SLASH} for token in tokens):
        raise UnsupportedFormat
    before, after = tokens[:slash], tokens[slash + 1 :]
    denominator = "".join(token.text for token in after).strip()
    gap = next((index for index, token in enumerate(before) if token.kind is Kind.LITERAL), None)
    whole = int(number) if gap is not None else 0
    rest = Fraction(number) - whole
    part = _nearest(rest, denominator)
    if part == 1 and gap is not None:
        whole, part = whole + 1, Fraction(0)
    bottom = int(denominator) if denominator.isdigit() and int(denominator) else part.denominator
    shown = f"{part * bottom}/{bottom}" if part or gap is None else ""
    return " ".join(filter(None, [str(whole) if gap is not None and (whole or not shown) else "", shown]))


def _nearest(rest: Fraction, denominator: str) -> Fraction:
    if denominator.isdigit() and int(denominator):
        bottom = int(denominator)
        return Fraction(int(rest * bottom + Fraction(1, 2)), bottom)
    if not denominator or set(denominator) - set("?#0") or len(denominator) > _LONGEST_DENOMINATOR:
        raise UnsupportedFormat
    return rest.limit_denominator(10 ** len(denominator) - 1)
