"""Invented values that suit a template: for previews, and for finding out how it renders."""

import base64
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from random import Random
from typing import cast

from herald.errors import Invalid
from herald.results.ports import FillableTemplate, TemplateField
from herald.values.sheet import CellText, Value

_WORDS = "The quick brown fox jumps over the lazy dog. "
_DAY = date(2026, 1, 25)
_COUNTS = (0, 1, 2, 7)
"""Of records in a varied row."""
_MOST_ROWS = 20
_VARIED_ROWS = 200
"""Tried, one after another, until each condition has gone both ways; filling one takes a few milliseconds."""
_DEEPEST = 2
"""How deep loops may be nested; a record within the innermost one holds cells alone."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """How much there is of everything."""

    words: int
    number: float
    day: date | None
    records: int
    picture: tuple[int, int] | None
    """Width and height in pixels."""


_TYPICAL = _Amount(words=0, number=1234.5, day=_DAY, records=3, picture=(320, 240))
_SHORT = _Amount(words=1, number=7, day=_DAY, records=1, picture=(60, 90))
_LONG = _Amount(words=120, number=98_765_432.1, day=_DAY, records=40, picture=(1200, 1600))
_EMPTY = _Amount(words=-1, number=0, day=None, records=0, picture=None)


def sample_values(fields: Mapping[str, TemplateField]) -> dict[str, Value]:
    """A row as one would expect it: each text says what it stands for."""
    return _row(fields, _TYPICAL)


def sample_rows(fields: Mapping[str, TemplateField]) -> list[dict[str, Value]]:
    """Rows as different as they come: a usual one first, then short, long and nearly empty ones."""
    return [_row(fields, amount) for amount in (_TYPICAL, _SHORT, _LONG, _EMPTY)]


def varied_rows(fields: Mapping[str, TemplateField]) -> Iterator[dict[str, Value]]:
    """Rows without end in which each value is one of those that conditions tell apart; the same ones every time."""
    for number in count():
        yield _varied_record(fields, Random(number), 0)  # noqa: S311 - nothing is secret


def rows_of_every_kind(
    template: FillableTemplate, examples: Sequence[Mapping[str, Value]] = ()
) -> list[Mapping[str, Value]]:
    """Samples and examples by which every condition goes both ways, and every loop over none, one and many records.

    Returns:
        None at all where a condition or a loop is left that no sample moves: what it hides cannot be compared.
    """
    rows = list(_fillable(template, [*examples, *sample_rows(template.fields)]))
    missing = set(template.branches).difference(*map(template.branches_taken, rows))
    tries = islice(varied_rows(template.fields), _VARIED_ROWS)
    while missing and len(rows) < _MOST_ROWS and (tried := next(tries, None)) is not None:
        for row in _fillable(template, [tried]):
            taken = template.branches_taken(row)
            if not missing.isdisjoint(taken):
                missing -= taken
                rows.append(row)
    return [] if missing else rows


def _fillable(template: FillableTemplate, rows: Sequence[Mapping[str, Value]]) -> Iterator[Mapping[str, Value]]:
    """The rows that suit the template: not every sample does."""
    for row in rows:
        try:
            template.fill(row)
        except Invalid:
            continue
        yield row


def _varied_record(fields: Mapping[str, TemplateField], random: Random, depth: int) -> dict[str, Value]:
    return {name: _varied(name, field, random, depth) for name, field in fields.items()}


def _varied(name: str, field: TemplateField, random: Random, depth: int) -> Value:
    if field.repeated and depth < _DEEPEST:
        records = [_varied_record(field.fields, random, depth + 1) for _ in range(random.choice(_COUNTS))]
        return cast("list[Mapping[str, CellText]]", records)
    choices = [_value(name, field, amount, _DEEPEST) for amount in (_TYPICAL, _SHORT, _EMPTY)]
    for constant in field.compared:
        # Both sides of a limit, and the limit itself.
        choices += [constant] if isinstance(constant, str) else [constant - 1, constant, constant + 1]
    return random.choice(choices)


def _row(fields: Mapping[str, TemplateField], amount: _Amount) -> dict[str, Value]:
    return {name: _value(name, field, amount, 0) for name, field in fields.items()}


def _value(name: str, field: TemplateField, amount: _Amount, depth: int) -> Value:
    if field.repeated and depth < _DEEPEST:
        record = {inner: _value(inner, part, amount, depth + 1) for inner, part in field.fields.items()}
        return [cast("dict[str, CellText]", record)] * amount.records
    if field.kind == "number":
        return amount.number
    if field.kind == "date":
        return amount.day
    if field.kind == "picture":
        return _picture(*amount.picture) if amount.picture else None
    return _text(name, amount)


def _text(name: str, amount: _Amount) -> str:
    if amount.words < 0:
        return ""
    if amount.words == 0:
        return name.replace("_", " ").capitalize()
    words = _WORDS.split() * (amount.words // len(_WORDS.split()) + 1)
    return " ".join(words[: amount.words])


def _picture(width: int, height: int) -> str:
    """A grey PNG as a ``data:`` URL, which is a text like any other value that somebody types (ISO/IEC 15948, 11.2)."""
    row = bytes([0]) + bytes([0xAA]) * -(-width // 8)
    chunks = (
        (b"IHDR", struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    written = b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + written).decode()
