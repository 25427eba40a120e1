"""Finding reports in one batch or all of them, newest batch first, by what they are and whom they are for.

Each request looks at a bounded part of what there is. Its page may be short, even empty, and still have a cursor that
goes on where it ended.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, Self

from herald.errors import NotFound
from herald.results.batches.model import Batch, BatchStatus
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.values.page import Page, decode_cursor, encode_cursor, unknown_cursor

_MOST_QUERIES = 20
_MOST_BATCHES = 1000
_BATCHES_PER_PAGE = 100
_LAST_ROW = 9_999_999
_POSITION = re.compile(r"([0-9a-f-]{36})/(\d{1,7})")


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports are wanted; ``search`` stands in the name, the phone number or the e-mail address."""

    batch_id: str = ""
    status: ReportStatus | None = None
    delivery_status: DeliveryStatus | None = None
    search: str = ""

    def may_find_in(self, batch: Batch) -> bool:
        """Whether the counts of a batch leave a chance; before it is read to its end, they leave none."""
        counts = {
            None: batch.total,
            ReportStatus.READY: batch.successful,
            ReportStatus.FAILED: batch.failed,
            ReportStatus.PENDING: batch.total - batch.processed,
        }
        return batch.status is not BatchStatus.DELETED and counts[self.status] > 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some reports of a batch, and the row up to which they were looked for; ``None`` at the batch's end."""

    reports: Sequence[Report]
    reached: int | None


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


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Batch]:
        """Batches, newest first."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def part(self, tenant_id: str, batch_id: str, wanted: ReportFilter, *, after: int, size: int) -> Part:
        """The first reports after a row that a filter lets through, as far as one query comes."""
        ...


class FindingReports:
    """The use case of the list of reports."""

    def __init__(self, batches: BatchRecords, reports: Reports) -> None:
        self._batches = batches
        self._reports = reports

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
                if len(found) == size or queries == _MOST_QUERIES:
                    return Page(found, _cursor(wanted, batch, reached))
            if looked_at == _MOST_BATCHES:
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
