"""What a batch holds more than once, as it is now: found at its reading, and again where rows were corrected since."""

from collections.abc import Collection
from dataclasses import replace

from herald.results.batches.model import Batch, Duplicates, SharedPhone
from herald.results.batches.store import BatchStore
from herald.results.duplicates.model import MOST_GROUPS, MOST_ROWS, Entry, rows_alike
from herald.results.duplicates.store import PhoneIndex
from herald.results.reports.store import ReportStore
from herald.values.phone import mask_phone


class FindingDuplicates:
    def __init__(self, batches: BatchStore, reports: ReportStore, index: PhoneIndex) -> None:
        self._batches = batches
        self._reports = reports
        self._index = index

    def batch(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound, with its duplicates as they are now; without any where its rows are not all read."""
        batch = self._batches.get(tenant_id, batch_id)
        if batch.duplicates is not None or not batch.runs:
            return batch
        found = self.among(batch, list(self._index.entries(batch)))
        self._batches.tell_duplicates(batch, found)
        return replace(batch, duplicates=found)

    def among(self, batch: Batch, entries: Collection[Entry]) -> Duplicates:
        """What is told of the rows of a batch, which are stored."""
        identical = rows_alike(entries, lambda entry: entry.content)
        sharing = rows_alike(entries, lambda entry: entry.phone)
        firsts = [rows[0] for rows in sharing[:MOST_GROUPS]]
        phones = {
            report.row: mask_phone(report.recipient.phone)
            for report in self._reports.at_rows(batch.tenant_id, batch.batch_id, firsts)
        }
        return Duplicates(
            tuple([rows[:MOST_ROWS] for rows in identical[:MOST_GROUPS]]),
            len(identical),
            tuple([SharedPhone(phones.get(rows[0], ""), rows[:MOST_ROWS]) for rows in sharing[:MOST_GROUPS]]),
            len(sharing),
        )
