"""Values of a row as JSON that keeps dates and times what they are: ``{"date": "2026-01-25"}``."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import cast

import orjson

from herald.results.model import Value

_READERS = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat}


def encode(values: Mapping[str, Value]) -> str:
    """A row's values as text; equal rows give equal text."""
    return orjson.dumps(values, default=_tagged, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_SORT_KEYS).decode()


def decode(text: str) -> dict[str, Value]:
    """The inverse of `encode`."""
    return {name: _read(value) for name, value in orjson.loads(text).items()}


def _tagged(value: object) -> dict[str, str]:
    for kind in (datetime, date, time):
        if isinstance(value, kind):
            return {kind.__name__: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot stand in a row")


def _read(value: object) -> Value:
    if isinstance(value, list):
        return [{name: cast("date | str", _read(cell)) for name, cell in element.items()} for element in value]
    if isinstance(value, dict):
        kind, text = next(iter(value.items()))
        return cast("date | time", _READERS[kind](text))
    return cast("str | int | float | bool | None", value)
