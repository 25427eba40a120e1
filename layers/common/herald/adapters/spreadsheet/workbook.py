"""Reading a stranger's Excel workbook: the header, then row by row, in a process of its own.

Use it so::

    with read_workbook(path) as workbook:
        workbook.header            # ("Name", "Phone", ...)
        for row in workbook.rows:  # SheetRow(number=2, cells=("Zoë", 12025550100, ...))
            ...
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from herald.adapters.isolation import start_isolated
from herald.adapters.spreadsheet import package as spreadsheet_package
from herald.adapters.spreadsheet.values import DEFAULT_LIMITS, WorkbookLimits, decode_picture, decode_row
from herald.errors import Invalid, Unavailable
from herald.values.picture import Picture
from herald.values.sheet import SheetRow

READER_MODULE = "herald.adapters.spreadsheet.reader"
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ")  # what an interpreter needs to start, and no secret
CHUNK_BYTES = 64 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Workbook:
    """One sheet: its column titles, and its rows, which can be gone through once.

    Columns without a title are left out of both. Going through ``rows`` raises ``Invalid`` where the workbook breaks
    a rule, which may be after thousands of good rows: count a workbook as read only once the rows have ended.
    """

    header: tuple[str, ...]
    rows: Iterator[SheetRow]


def recognise_bytes(content: bytes) -> None:
    """Refuse what cannot be an .xlsx workbook, judging by its first bytes; `read_workbook` finds out the rest.

    Raises:
        Invalid: workbook_empty, workbook_encrypted, workbook_legacy_format or workbook_not_xlsx.
    """
    spreadsheet_package.recognise_bytes(content)


@contextlib.contextmanager
def read_workbook(
    path: pathlib.Path, *, sheet: str = "", limits: WorkbookLimits = DEFAULT_LIMITS, reader_module: str = READER_MODULE
) -> Iterator[Workbook]:
    """Open an .xlsx workbook; the header is the first row that holds anything, and empty rows are skipped.

    ``sheet`` names the sheet to read, in capitals or not; by default it is the first visible one.

    Dates are ``datetime.date`` where the number format shows no time, durations are text (``26:30:00``), numbers are
    ``int`` or ``float`` of 15 digits. Where the number format shows more than the bare value, it is a `FormattedValue`.
    Text keeps everything but characters that XML forbids. A PNG or JPEG that lies over
    a cell or was placed in it is the cell's value, and so is one that the cell spells out as a ``data:`` URL.

    Raises:
        Invalid: workbook_empty, workbook_too_large, workbook_encrypted, workbook_legacy_format, workbook_not_xlsx,
            workbook_suspicious, workbook_unreadable, workbook_no_visible_sheet, sheet_missing (``sheets`` are those
            there are), workbook_header_unreadable,
            workbook_header_duplicate, workbook_too_many_columns, workbook_too_many_rows, workbook_too_many_pictures,
            workbook_too_complex.
        Unavailable: the reading process did not start.
    """
    spreadsheet_package.recognise(path, limits)
    arguments = [limits.to_json(), str(path.resolve()), sheet]
    with _reading([sys.executable, "-P", "-m", reader_module, *arguments], limits) as process:
        yield workbook_of(process.lines())


def workbook_of(lines: Iterator[bytes]) -> Workbook:
    """Give the workbook that these lines describe, which are those that `reader` writes.

    Raises:
        Invalid: what the lines say is wrong before the first row; going through the rows tells of the rest.
    """
    next(lines)  # that the reader is ready
    match _document(next(lines)):
        case {"header": [*titles]}:
            return Workbook(tuple([str(title) for title in titles]), _rows(lines))
    raise spreadsheet_package.unreadable()


def _rows(lines: Iterator[bytes]) -> Iterator[SheetRow]:
    pictures: dict[str, Picture] = {}
    for line in lines:
        match _document(line):
            case [*row]:
                yield decode_row(row, pictures)
            case {"picture": str(content)}:
                picture = decode_picture(content)
                pictures[picture.name] = picture
            case _:
                return


def _document(line: bytes) -> object:
    document: object = json.loads(line)
    match document:
        case {"error": {"code": str(code), "message": str(message), "fields": dict(fields), **more}}:
            cause = more.get("cause")
            raise Invalid(message, code=code, fields=fields) from (RuntimeError(cause) if cause else None)
    return document


@contextlib.contextmanager
def _reading(command: list[str], limits: WorkbookLimits) -> Iterator["_ReadingProcess"]:
    with start_isolated(
        command,
        environment=_environment(),
        folder=pathlib.Path("/"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as child:
        try:
            yield _ReadingProcess(child, limits)
        finally:
            child.kill()


def _environment() -> dict[str, str]:
    """The little the reading process needs: our modules, and openpyxl on the one XML parser that was inspected."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {
        "PYTHONPATH": os.pathsep.join(str(pathlib.Path(entry).resolve()) for entry in sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "OPENPYXL_LXML": "False",
        "OPENPYXL_DEFUSEDXML": "False",
    }


class _ReadingProcess:
    """Our end of the reading process: lines come in, and the ways a process ends become errors."""

    def __init__(self, child: subprocess.Popen[bytes], limits: WorkbookLimits) -> None:
        if child.stdout is None:
            raise RuntimeError("the reading process was started without a pipe")
        self._child = child
        self._output = child.stdout.fileno()
        self._watch = select.poll()
        self._watch.register(self._output, select.POLLIN)
        self._limits = limits
        self._patience = limits.wait_seconds

    def lines(self) -> Iterator[bytes]:
        """Give what it writes line by line, and raise where it ends; whoever reads stops at the last line of all.

        Raises:
            Invalid: it ended amid the workbook, or there is no waiting for it any longer.
            Unavailable: it did not come up.
        """
        came_up = False
        for line in self._whole_lines():
            came_up = True
            yield line
        raise self._early_end(came_up=came_up) from self._death()

    def _early_end(self, *, came_up: bool) -> Invalid | Unavailable:
        if not came_up:
            return Unavailable("Workbooks cannot be read at the moment. Try again later.")
        if self._child.wait() == -signal.SIGXCPU:
            return self._too_complex()
        return spreadsheet_package.unreadable()

    def _whole_lines(self) -> Iterator[bytes]:
        """Cut what it writes into lines; an unfinished last line counts as not written."""
        pending = bytearray()
        while chunk := self._read_chunk():
            *whole, rest = chunk.split(b"\n")
            for line in whole:
                yield bytes(pending + line)
                pending.clear()
            pending += rest
            if len(pending) > self._limits.line_bytes:
                raise spreadsheet_package.unreadable()

    def _read_chunk(self) -> bytes:
        began = time.monotonic()
        readable = self._watch.poll(max(self._patience, 0) * 1000)
        self._patience -= time.monotonic() - began
        if not readable:
            raise self._too_complex()
        return os.read(self._output, CHUNK_BYTES)

    def _death(self) -> RuntimeError:
        return RuntimeError(f"the reading process ended with status {self._child.wait()}")

    def _too_complex(self) -> Invalid:
        return Invalid(
            f"Reading the workbook takes more than {self._limits.cpu_seconds} seconds. "
            "Split it, or copy its values alone into a new workbook.",
            code="workbook_too_complex",
        )
