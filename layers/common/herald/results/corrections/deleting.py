"""Reports are deleted one by one."""

from herald.results.batches.executions import SECONDS_UNTIL_RENDERINGS_HAVE_ENDED
from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.corrections.service import report_busy
from herald.results.corrections.store import CorrectionStore
from herald.results.ports import ObjectStore, Queue
from herald.results.reports.model import Report
from herald.results.reports.row_values import cells_of
from herald.results.reports.service import Reports
from herald.values.clock import Clock, utc_now
from herald.values.picture import Picture

_TRIES = 3


class Deletions:
    def __init__(
        self,
        reports: Reports,
        batches: BatchStore,
        corrections: CorrectionStore,
        documents: ObjectStore,
        erasures: Queue,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._reports = reports
        self._batches = batches
        self._corrections = corrections
        self._documents = documents
        self._erasures = erasures
        self._clock = clock

    def delete(self, tenant_id: str, report_id: str) -> None:
        """Removes a report and its PDF, and a few minutes later whatever else was kept of its row.

        Raises:
            NotFound: there is no such report, or no longer.
            Conflict: somebody else keeps changing it.
        """
        for _ in range(_TRIES):
            report = self._reports.get(tenant_id, report_id)
            # Both before the report goes: whoever was interrupted in between can delete it again, but not what is lost.
            self._erasures.send([_traces_of(report)], delay_seconds=SECONDS_UNTIL_RENDERINGS_HAVE_ENDED)
            if report.pdf_key:
                self._documents.delete(report.pdf_key)
            if self._corrections.delete(report, now=self._clock()):
                self._end(tenant_id, report.batch_id)
                return
        raise report_busy()

    def _end(self, tenant_id: str, batch_id: str) -> None:
        """Ends the batch where its last pending row was deleted: the work that would end it may not be under way."""
        batch = self._batches.get(tenant_id, batch_id)
        if batch.status is BatchStatus.PROCESSING and batch.processed >= batch.total:
            self._batches.complete(batch, now=self._clock())


def _traces_of(report: Report) -> dict[str, object]:
    """What `herald.results.erasure.service.RowErasure` reads."""
    pictures = {cell.name for cell in cells_of(report.values.values()) if isinstance(cell, Picture)}
    place = report.place
    return {
        "tenant_id": place.tenant_id,
        "batch_id": place.batch_id,
        "row": place.row,
        "pictures": sorted(pictures),
    }
