"""Values of a row as JSON that keeps dates and times what they are: ``{"date": "2026-01-25"}``.

Where a cell shows its value in a form of its own, both are kept: ``{"shown": [0.125, "12.5%"]}``. Of a picture it keeps
the name, ``{"picture": "....png"}``: a text, whatever it says, never becomes one.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import cast

import orjson

from herald.values.picture import Picture, named_picture
from herald.values.sheet import CellText, FormattableValue, FormattedValue, Value

LARGEST_ROW_CHARACTERS = 90_000
"""Of a row's values as text: DynamoDB's items end at 400 KB, and a character takes up to four bytes."""
_READERS = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "picture": named_picture,
}
_TAGGED_BY_US = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def encode(values: Mapping[str, Value]) -> str:
    """A row's values as text; equal rows give equal text."""
    return orjson.dumps(values, default=_tagged, option=_TAGGED_BY_US | orjson.OPT_SORT_KEYS).decode()


def decode(text: str) -> dict[str, Value]:
    """The inverse of `encode`."""
    return {name: _read(value) for name, value in orjson.loads(text).items()}


def readable(values: Mapping[str, Value]) -> dict[str, object]:
    """A row's values as others see them: bare, dates, times (ISO 8601) and pictures as text."""
    written = orjson.dumps(values, default=_shown, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    return cast("dict[str, object]", orjson.loads(written))


def cells_of(values: Iterable[Value]) -> Iterator[CellText]:
    """The values, and those of the records of loops."""
    for value in values:
        if isinstance(value, list):
            for record in cast("list[Mapping[str, CellText]]", value):
                yield from record.values()
        else:
            yield cast("CellText", value)


def shown_picture(picture: Picture) -> str:
    """What others see in a picture's place."""
    return f"picture:{picture.name}"


def _shown(value: object) -> object:
    if isinstance(value, FormattedValue):
        return value.value
    if isinstance(value, Picture):
        return shown_picture(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a row")


def _tagged(value: object) -> dict[str, object]:
    if isinstance(value, FormattedValue):
        return {"shown": [value.value, value.text]}
    if isinstance(value, Picture):
        return {"picture": value.name}
    for kind in (datetime, date, time):
        if isinstance(value, kind):
            return {kind.__name__: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot stand in a row")


def _read(value: object) -> Value:
    if isinstance(value, list):
        return [{name: cast("CellText", _read(cell)) for name, cell in element.items()} for element in value]
    if isinstance(value, dict):
        kind, text = next(iter(value.items()))
        if kind == "shown":
            bare, shown = text
            return FormattedValue(cast("FormattableValue", _read(bare)), shown)
        return cast("CellText", _READERS[kind](text))
    return cast("str | int | float | bool | None", value)
