"""The state machine that renders batches: how its executions are called, and what they are told.

A pending row belongs to one execution, by name: the batch's first, a later one over the rows that failed, or one for
this row alone. Whichever ends accounts for its own rows and leaves those of the others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from herald.results.batches.model import Batch, Chunk

EVERY_ROW = Chunk(1, 9_999_999)
"""Excel's sheets end at row 1,048,576."""
SECONDS_UNTIL_RENDERINGS_HAVE_ENDED = 240
"""Longer than one invocation of the renderer (120 s) and of the step around it (125 s), with a minute to spare."""
_ROW_EXECUTION = re.compile(r".+-r(\d+)-\d+")


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A pending row: its number, the execution it belongs to, which revision of it is to be rendered, its old PDF."""

    row: int
    execution: str
    revision: int
    pdf_key: str = ""


def rendering_input(batch: Batch, chunks: Sequence[Chunk]) -> dict[str, object]:
    """What an execution is told: whose batch it is, and the runs of rows to render."""
    return {
        "tenant_id": batch.tenant_id,
        "batch_id": batch.batch_id,
        "chunks": [{"first_row": chunk.first_row, "last_row": chunk.last_row} for chunk in chunks],
    }


def latest_execution(batch: Batch) -> str:
    """The execution over many rows of a batch that began last; `Batch.runs` counts them."""
    return _execution_of_run(batch, batch.runs)


def next_execution(batch: Batch) -> str:
    """The execution that renders many rows of a batch again."""
    return _execution_of_run(batch, batch.runs + 1)


def _execution_of_run(batch: Batch, run: int) -> str:
    return batch.batch_id if run <= 1 else f"{batch.batch_id}-{run}"


def execution_of_row(batch_id: str, row: int, *, revision: int) -> str:
    """The execution that renders one revision of one row."""
    return f"{batch_id}-r{row}-{revision}"


def row_of_execution(execution: str) -> int | None:
    """The one row that an execution is for; ``None`` for one over many rows."""
    name = _ROW_EXECUTION.fullmatch(execution)
    return int(name[1]) if name else None
