"""What a workbook is made of once it has been read, and how it travels from the reading process to ours."""

import base64
import dataclasses
import datetime
import json
from collections.abc import Callable, Mapping
from typing import cast

from herald.values.picture import Picture, read_picture
from herald.values.sheet import CellFault, CellValue, FormattableValue, FormattedValue, SheetRow

MEGABYTE = 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """How much of a stranger's workbook is read, and at what cost.

    Sizes are in bytes, times in seconds. ``ratio`` is the largest believable compression; it is judged only beyond
    ``ratio_floor_bytes``, because a small sheet of equal rows compresses very well. ``wait_seconds`` bounds the time
    spent waiting for the reading process, not the time the caller takes over the rows. ``line_bytes`` bounds what that
    process says at once: 200 cells of 32,767 characters of up to four bytes come to 26 MB. ``pictures`` counts the
    places of a sheet that show one, and ``picture_bytes`` each picture once: those are packed already, so that an
    honest workbook holds no more of them than its own size.
    """

    zipped_bytes: int = 20 * MEGABYTE
    inflated_bytes: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_floor_bytes: int = 20 * MEGABYTE
    parts: int = 5_000
    rows: int = 100_000
    columns: int = 200
    pictures: int = 100_000
    picture_bytes: int = 40 * MEGABYTE
    memory_bytes: int = 1024 * MEGABYTE
    cpu_seconds: int = 60
    wait_seconds: float = 120.0
    line_bytes: int = 32 * MEGABYTE

    def to_json(self) -> str:
        """Give the limits as one line for the reading process."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "WorkbookLimits":
        """Read back what ``to_json`` wrote."""
        return cls(**json.loads(line))


DEFAULT_LIMITS = WorkbookLimits()

READERS: Mapping[str, Callable[[str], CellValue]] = {
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
}
TYPE_NAMES = {datetime.datetime: "datetime", datetime.date: "date", datetime.time: "time"}


def encode_row(row: SheetRow, write_picture: Callable[[Picture], None]) -> str:
    """Write a row as one line of JSON; what JSON has no word for becomes an object with one key that names its kind.

    A picture becomes its name; ``write_picture`` is called with each, before the row is there to be written.
    """

    def tagged(value: object) -> dict[str, object]:
        if isinstance(value, Picture):
            write_picture(value)
        return _tagged(value)

    return json.dumps([row.number, row.cells], ensure_ascii=False, default=tagged, separators=(",", ":"))


def decode_row(document: list[object], pictures: Mapping[str, Picture]) -> SheetRow:
    """Read back a row that ``encode_row`` wrote, after JSON has been parsed; ``pictures`` came before it."""
    number, cells = document
    if not isinstance(number, int) or not isinstance(cells, list):
        raise TypeError("a row is a number and a list of cells")
    return SheetRow(number, tuple([_untagged(cell, pictures) if isinstance(cell, dict) else cell for cell in cells]))


def encode_picture(picture: Picture) -> str:
    """Write a picture with its content as one line of JSON."""
    return json.dumps({"picture": base64.b64encode(picture.content).decode()})


def decode_picture(content: str) -> Picture:
    """Read back a picture that ``encode_picture`` wrote; what crosses over from a stranger's file is looked at again.

    Raises:
        Invalid: it is none.
    """
    return read_picture(base64.b64decode(content))


def _tagged(value: object) -> dict[str, object]:
    if isinstance(value, Picture):
        return {"picture": value.name}
    if isinstance(value, CellFault):
        return {"fault": [value.code, value.message]}
    if isinstance(value, FormattedValue):
        return {"shown": [value.value, value.text]}
    if isinstance(value, datetime.date | datetime.time):
        return {TYPE_NAMES[type(value)]: value.isoformat()}
    raise TypeError(f"a cell never holds a {type(value).__name__}")


def _untagged(document: dict[str, object], pictures: Mapping[str, Picture]) -> CellValue:
    ((tag, content),) = document.items()
    match tag, content:
        case "picture", str(name):
            return pictures[name]
        case "fault", [str(code), str(message)]:
            return CellFault(code, message)
        case "shown", [value, str(text)]:
            bare = _untagged(value, pictures) if isinstance(value, dict) else value
            return FormattedValue(cast("FormattableValue", bare), text)
        case "datetime" | "date" | "time", str(text):
            return READERS[tag](text)
    raise TypeError(f"no cell is tagged {tag}")
