"""The right of one reader to turn a workbook into a batch's rows, kept while it works and given up by dying."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from herald.errors import Conflict
from herald.results.batches.model import Batch
from herald.results.batches.store import BatchStore
from herald.results.reports.model import Report
from herald.values.clock import Clock

RENEWED_AFTER = timedelta(seconds=10)
"""Goes by time, not by rows: however slowly rows are written, most of the lease (45 s) is left before each write."""


class StillReading(Conflict):
    """Another reader holds the batch; the event must come again later."""

    default_code = "batch_being_read"


class Lease:
    """A lease that its reader has just taken."""

    def __init__(self, batches: BatchStore, batch: Batch, reader: str, clock: Clock) -> None:
        self.reader = reader
        self._batches = batches
        self._batch = batch
        self._clock = clock
        self._kept_at = clock()

    def keep(self) -> None:
        """Prolongs the lease where some of its time has gone.

        Raises:
            StillReading: it was lost to another reader, or the batch was deleted.
        """
        now = self._clock()
        if now - self._kept_at < RENEWED_AFTER:
            return
        if not self._batches.keep_reading(self._batch, reader=self.reader, now=now):
            raise StillReading("Another reader took this batch over.")
        self._kept_at = now

    def kept_over(self, reports: Iterable[Report]) -> Iterator[Report]:
        """The same reports, each handed out under the lease."""
        for report in reports:
            self.keep()
            yield report
