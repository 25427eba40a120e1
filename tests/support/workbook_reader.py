"""Workbooks read without a process for each: what the reading process writes, written in this one."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from herald.adapters.spreadsheet import package, reader
from herald.adapters.spreadsheet.values import DEFAULT_LIMITS, WorkbookLimits
from herald.adapters.spreadsheet.workbook import Workbook, workbook_of


@contextmanager
def read_here(path: Path, *, sheet: str = "", limits: WorkbookLimits = DEFAULT_LIMITS) -> Iterator[Workbook]:
    """What `read_workbook` gives, for tests of what becomes of cells; nothing bounds the memory and time it takes."""
    package.recognise(path, limits)
    written = io.StringIO()
    with redirect_stdout(written), warnings.catch_warnings(action="ignore"):
        reader.write_answer(path, sheet, limits)
    yield workbook_of(iter(written.getvalue().encode().split(b"\n")))
