"""Removing what a deleted batch leaves behind: its rows, its PDFs and its workbook, a bounded part at a time.

What a deleted report leaves behind goes in one round, once no rendering of it can be under way.

Two rounds, because a rendering that was under way when the batch was deleted may store a PDF afterwards. Whatever is
done twice is harmless, and the batch itself goes last: as long as it is there, the work can be taken up again.
"""

from contextlib import suppress
from dataclasses import asdict

from herald.errors import NotFound
from herald.results.batches.executions import SECONDS_UNTIL_RENDERINGS_HAVE_ENDED, latest_execution
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.service import workbook_key
from herald.results.batches.store import BatchStore
from herald.results.duplicates.store import PhoneIndex
from herald.results.erasure.model import Erasure, RowErasure
from herald.results.ingesting.pictures import picture_key
from herald.results.ports import ObjectStore, Queue, Workflow
from herald.results.rendering.recording import pdf_keys_of
from herald.results.reports.model import Place
from herald.results.reports.store import ReportStore
from herald.values.picture import named_picture

ROWS_AT_ONCE = 10_000
FILES_AT_ONCE = 10_000
_ROUNDS = 2


class Erasing:
    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        batches: BatchStore,
        reports: ReportStore,
        index: PhoneIndex,
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
        self._index = index
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
        self._index.remove(batch)
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

    def erase_row(self, erasure: RowErasure) -> dict[str, int]:
        """Removes the PDFs of all revisions of a row, its pictures that no other row shows, and the batch's workbook.

        Nothing, where the report is there: deleting it did not come so far, and is tried again.
        """
        batch = self._batches.find(erasure.tenant_id, erasure.batch_id)
        if batch is None or self._is_there(erasure.place):
            return {"rows": 0, "files": 0}
        files = self._documents.delete_under(pdf_keys_of(erasure.place), at_most=self._files_at_once)
        # A workbook is read once: what it holds of everybody else stands in their rows.
        self._uploads.delete(workbook_key(erasure.tenant_id, erasure.batch_id))
        if erasure.pictures:
            shown = self._reports.showing(erasure.tenant_id, erasure.batch_id, erasure.pictures)
            for name in sorted(set(erasure.pictures) - shown):
                self._documents.delete(picture_key(batch, named_picture(name)))
                files += 1
        return {"rows": 1, "files": files}

    def _is_there(self, place: Place) -> bool:
        with suppress(NotFound):
            self._reports.at_row(place.tenant_id, place.batch_id, place.row)
            return True
        return False


def _folder(batch: Batch) -> str:
    return f"{batch.tenant_id}/{batch.batch_id}/"
