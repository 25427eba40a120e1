"""Reports one by one, and lists of them: in one batch or all, newest first, by what they are and whom they are for.

Each request for a list looks at a bounded part of what there is. Its page may be short, even empty, and still have a
cursor that goes on where it ended.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from herald.errors import NotFound
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.reports.model import Report, ReportFilter
from herald.results.reports.store import ReportStore
from herald.values.page import Page, decode_cursor, encode_cursor, unknown_cursor

MOST_QUERIES = 20
MOST_BATCHES = 1000
"""What one request for a list may look at."""
_BATCHES_PER_PAGE = 100
_LAST_ROW = 9_999_999
_POSITION = re.compile(r"([0-9a-f-]{36})/(\d{1,7})")


@dataclass(frozen=True, slots=True)
class _Position:
    """How far a list has come. It names no tenant: a cursor cannot leave its own."""

    batch_id: str
    row: int

    @classmethod
    def from_cursor(cls, cursor: str) -> Self:
        place = _POSITION.fullmatch(decode_cursor(cursor))
        if place is None:
            raise unknown_cursor()
        return cls(place[1], int(place[2]))

    def to_cursor(self) -> str:
        return encode_cursor(f"{self.batch_id}/{self.row}")


class Reports:
    def __init__(
        self,
        batches: BatchStore,
        reports: ReportStore,
        *,
        most_queries: int = MOST_QUERIES,
        most_batches: int = MOST_BATCHES,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._most_queries = most_queries
        self._most_batches = most_batches

    def get(self, tenant_id: str, report_id: str) -> Report:
        """A report, or NotFound."""
        return self.with_batch(tenant_id, report_id)[0]

    def with_batch(self, tenant_id: str, report_id: str) -> tuple[Report, Batch]:
        """A report and its batch, or NotFound."""
        report = self._reports.get(tenant_id, report_id)
        batch = self._batches.get(tenant_id, report.batch_id)
        if batch.status not in (BatchStatus.PROCESSING, BatchStatus.COMPLETED):
            raise NotFound("There is no such report.", fields={"report_id": report_id})
        return report, batch

    def page(self, tenant_id: str, wanted: ReportFilter, *, size: int, cursor: str | None) -> Page[Report]:
        """Reports, those of the newest batch first, within a batch in the order of its sheet.

        Raises:
            Invalid: the cursor is not one of this list's.
            NotFound: there is no such batch.
        """
        position = _Position.from_cursor(cursor) if cursor else None
        found: list[Report] = []
        queries = 0
        for looked_at, (batch, after) in enumerate(self._batches_after(tenant_id, wanted, position), start=1):
            reached = after if wanted.may_find_in(batch) else None
            while reached is not None:
                part = self._reports.part(tenant_id, batch.batch_id, wanted, after=reached, size=size - len(found))
                found += part.reports
                reached = part.reached
                queries += 1
                if len(found) == size or queries == self._most_queries:
                    return Page(found, _cursor(wanted, batch, reached))
            if looked_at == self._most_batches:
                return Page(found, _cursor(wanted, batch, None))
        return Page(found, None)

    def _batches_after(
        self, tenant_id: str, wanted: ReportFilter, position: _Position | None
    ) -> Iterator[tuple[Batch, int]]:
        """The batches from a position on, each with the row after which to look."""
        if wanted.batch_id:
            batch = self._batches.get(tenant_id, wanted.batch_id)
            if position is not None and position.batch_id != batch.batch_id:
                raise unknown_cursor()
            yield batch, position.row if position else 0
            return
        if position is not None and position.row < _LAST_ROW:
            with suppress(NotFound):  # it may be deleted since; the list goes on with the next
                yield self._batches.get(tenant_id, position.batch_id), position.row
        cursor = encode_cursor(position.batch_id) if position else None
        while True:
            page = self._batches.page(tenant_id, size=_BATCHES_PER_PAGE, cursor=cursor)
            yield from ((batch, 0) for batch in page.items)
            cursor = page.next_cursor
            if cursor is None:
                return


def _cursor(wanted: ReportFilter, batch: Batch, reached: int | None) -> str | None:
    if reached is None and wanted.batch_id:
        return None
    return _Position(batch.batch_id, _LAST_ROW if reached is None else reached).to_cursor()
