"""What a workbook is made of once it has been read, and how it travels from the reading process to ours."""

import dataclasses
import datetime
import json

from herald.values.sheet import CellFault, CellValue, SheetRow

MEGABYTE = 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """How much of a stranger's workbook is read, and at what cost.

    Sizes are in bytes, times in seconds. ``ratio`` is the largest believable compression; it is judged only beyond
    ``ratio_floor_bytes``, because a small sheet of equal rows compresses very well. ``wait_seconds`` bounds the time
    spent waiting for the reading process, not the time the caller takes over the rows.
    """

    zipped_bytes: int = 20 * MEGABYTE
    inflated_bytes: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_floor_bytes: int = 20 * MEGABYTE
    parts: int = 5_000
    rows: int = 100_000
    columns: int = 200
    memory_bytes: int = 1024 * MEGABYTE
    cpu_seconds: int = 60
    wait_seconds: float = 120.0

    def to_json(self) -> str:
        """Give the limits as one line for the reading process."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "WorkbookLimits":
        """Read back what ``to_json`` wrote."""
        return cls(**json.loads(line))


DEFAULT_LIMITS = WorkbookLimits()

TYPE_NAMES = {datetime.datetime: "datetime", datetime.date: "date", datetime.time: "time"}


def encode_row(row: SheetRow) -> str:
    """Write a row as one line of JSON; what JSON has no word for becomes an object with one telling key."""
    return json.dumps([row.number, row.cells], ensure_ascii=False, default=_tagged, separators=(",", ":"))


def decode_row(document: list[object]) -> SheetRow:
    """Read back a row that ``encode_row`` wrote, after JSON has been parsed."""
    number, cells = document
    if not isinstance(number, int) or not isinstance(cells, list):
        raise TypeError("a row is a number and a list of cells")
    return SheetRow(number, tuple([_untagged(cell) if isinstance(cell, dict) else cell for cell in cells]))


def _tagged(value: object) -> dict[str, object]:
    if isinstance(value, CellFault):
        return {"fault": [value.code, value.message]}
    if isinstance(value, datetime.date | datetime.time):
        return {TYPE_NAMES[type(value)]: value.isoformat()}
    raise TypeError(f"a cell never holds a {type(value).__name__}")


def _untagged(document: dict[str, object]) -> CellValue:
    ((tag, content),) = document.items()
    match tag, content:
        case "fault", [str(code), str(message)]:
            return CellFault(code, message)
        case "datetime", str(text):
            return datetime.datetime.fromisoformat(text)
        case "date", str(text):
            return datetime.date.fromisoformat(text)
        case "time", str(text):
            return datetime.time.fromisoformat(text)
    raise TypeError(f"no cell is tagged {tag}")
