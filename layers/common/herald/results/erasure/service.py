"""Removing what a deleted batch leaves behind: its rows, its PDFs and its workbook, a bounded part at a time.

Two rounds, because a rendering that was under way when the batch was deleted may store a PDF afterwards. Whatever is
done twice is harmless, and the batch itself goes last: as long as it is there, the work can be taken up again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from herald.results.batches.executions import latest_execution
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.service import workbook_key
from herald.results.batches.store import BatchStore
from herald.results.ports import ObjectStore, Queue, Workflow
from herald.results.reports.store import ReportStore

ROWS_AT_ONCE = 10_000
FILES_AT_ONCE = 10_000
SECONDS_UNTIL_RENDERINGS_HAVE_ENDED = 240
"""Longer than one invocation of the renderer (120 s) and of the step around it (125 s), with a minute to spare."""
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Erasure:
    """A message of the queue: a deleted batch whose traces are to be removed."""

    tenant_id: str
    batch_id: str
    round: int = 1

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)


class Erasing:
    def __init__(
        self,
        batches: BatchStore,
        reports: ReportStore,
        documents: ObjectStore,
        uploads: ObjectStore,
        workflow: Workflow,
        queue: Queue,
        *,
        rows_at_once: int = ROWS_AT_ONCE,
        files_at_once: int = FILES_AT_ONCE,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._documents = documents
        self._uploads = uploads
        self._workflow = workflow
        self._queue = queue
        self._rows_at_once = rows_at_once
        self._files_at_once = files_at_once

    def erase(self, erasure: Erasure) -> dict[str, int]:
        """Removes a part of what is left, and asks for the next; gives how many rows and files went."""
        batch = self._batches.find(erasure.tenant_id, erasure.batch_id)
        if batch is None or batch.status is not BatchStatus.DELETED:
            return {"rows": 0, "files": 0}
        # Also here: the request that deleted the batch may have raced with the reader that was about to start it.
        self._workflow.stop(latest_execution(batch))
        rows = self._reports.remove(batch.tenant_id, batch.batch_id, at_most=self._rows_at_once)
        files = self._documents.delete_under(_folder(batch), at_most=self._files_at_once)
        self._uploads.delete(workbook_key(batch.tenant_id, batch.batch_id))
        if rows == self._rows_at_once or files == self._files_at_once:
            self._queue.send([asdict(erasure)])
        elif erasure.round < _ROUNDS:
            following = Erasure(erasure.tenant_id, erasure.batch_id, erasure.round + 1)
            self._queue.send([asdict(following)], delay_seconds=SECONDS_UNTIL_RENDERINGS_HAVE_ENDED)
        else:
            self._batches.remove(batch)
        return {"rows": rows, "files": files}


def _folder(batch: Batch) -> str:
    return f"{batch.tenant_id}/{batch.batch_id}/"
