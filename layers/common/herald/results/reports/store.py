"""Reports over DynamoDB: found, listed and stored. A chunk of rows is one query."""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import and_

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from herald.errors import NotFound
from herald.results.batches.executions import EVERY_ROW, WaitingRow
from herald.results.batches.model import Chunk
from herald.results.reports.finding import Part, ReportFilter
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.rows import (
    ReportRow,
    failed_partition,
    report_of,
    report_partition,
    report_sort,
    row_of,
    row_of_sort,
)
from herald.values.page import Page, decode_cursor, encode_cursor
from herald.values.search import search_term

_ROWS_LOOKED_AT = 250
"""How many rows one query holds against a filter."""
_LIGHT = [attribute.attr_name for name, attribute in ReportRow.get_attributes().items() if name != "cells"]
"""Everything but a row's values, which can be long."""


class ReportStore:
    """Reports over DynamoDB."""

    def put_many(self, reports: Iterable[Report]) -> int:
        """Stores new reports, over what an earlier try at the same workbook left; gives their number."""
        return ReportRow.write_many(row_of(report) for report in reports)

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, in order, as they are at this moment."""
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id),
            ReportRow.sort.between(report_sort(chunk.first_row), report_sort(chunk.last_row)),
            consistent_read=True,
        )
        return [report_of(row) for row in rows]

    def pending(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk that wait to be rendered, in order; others may stand between them."""
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id),
            ReportRow.sort.between(report_sort(chunk.first_row), report_sort(chunk.last_row)),
            ReportRow.status == ReportStatus.PENDING.value,
            consistent_read=True,
        )
        return [report_of(row) for row in rows]

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        after = decode_cursor(cursor) if cursor else "row#"
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id), ReportRow.sort > after, limit=size, consistent_read=True
        )
        items = [report_of(row) for row in rows]
        return Page(items, encode_cursor(report_sort(items[-1].row)) if len(items) == size else None)

    def failed_page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's failed reports in the order of the sheet, without their values, as of a moment ago."""
        rows = ReportRow.failed.query(
            failed_partition(tenant_id, batch_id),
            ReportRow.sort > decode_cursor(cursor) if cursor else None,
            limit=size,
            attributes_to_get=_LIGHT,
        )
        items = [report_of(row) for row in rows]
        return Page(items, encode_cursor(report_sort(items[-1].row)) if len(items) == size else None)

    def waiting(self, tenant_id: str, batch_id: str, rows: Chunk = EVERY_ROW) -> Iterator[WaitingRow]:
        """The pending rows of a batch, in order, read as they are asked for."""
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(report_sort(rows.first_row), report_sort(rows.last_row)),
            attributes=("row_number", "status", "execution", "revision", "pdf_key"),
        )
        for row in found:
            if row["status"]["S"] == ReportStatus.PENDING.value:
                # As in `Report.rendered_by`: the first execution bears the batch's id.
                execution = row.get("execution", {}).get("S") or batch_id
                pdf_key = row.get("pdf_key", {}).get("S", "")
                yield WaitingRow(int(row["row_number"]["N"]), execution, int(row["revision"]["N"]), pdf_key)

    def remove(self, tenant_id: str, batch_id: str, *, at_most: int) -> int:
        """Removes rows of a batch, the first ones first; fewer than ``at_most`` means that none is left.

        Raises:
            Unavailable: the database is busy; what was removed is gone, and doing it again is safe.
        """
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(report_sort(EVERY_ROW.first_row), report_sort(EVERY_ROW.last_row)),
            attributes=("pk", "sk"),
        )
        return ReportRow.delete_many((item["pk"]["S"], item["sk"]["S"]) for item in islice(found, at_most))

    def part(self, tenant_id: str, batch_id: str, wanted: ReportFilter, *, after: int, size: int) -> Part:
        """The first reports after a row that a filter lets through, without their values: one query's worth."""
        condition = _condition(wanted)
        after_row = ReportRow.sort > report_sort(after)
        page_size = size if condition is None else _ROWS_LOOKED_AT
        rows = (
            ReportRow.failed.query(
                failed_partition(tenant_id, batch_id),
                after_row,
                condition,
                page_size=page_size,
                attributes_to_get=_LIGHT,
            )
            if wanted.status is ReportStatus.FAILED
            else ReportRow.query(
                report_partition(tenant_id, batch_id),
                after_row,
                condition,
                page_size=page_size,
                attributes_to_get=_LIGHT,
                consistent_read=True,
            )
        )
        pages = rows.page_iter
        reports = [report_of(ReportRow.from_raw_data(item)) for item in next(pages)["Items"]]
        if len(reports) > size:
            return Part(reports[:size], reports[size - 1].row)
        last = pages.last_evaluated_key
        return Part(reports, row_of_sort(last["sk"]["S"]) if last else None)

    def get(self, tenant_id: str, report_id: str) -> Report:
        """A report by its id, or NotFound."""
        found = next(iter(ReportRow.by_report.query(f"{tenant_id}#{report_id}", limit=1)), None)
        if found is None:
            raise NotFound("There is no such report.", fields={"report_id": report_id})
        return self.at(found.partition, found.sort)

    def at_row(self, tenant_id: str, batch_id: str, row: int) -> Report:
        """A report by its place in its batch, or NotFound."""
        return self.at(report_partition(tenant_id, batch_id), report_sort(row))

    def at(self, partition: str, sort: str) -> Report:
        """A report by its key, or NotFound."""
        try:
            return report_of(ReportRow.get(partition, sort, consistent_read=True))
        except DoesNotExist as error:
            raise NotFound("There is no such report.") from error

    def count_download(self, report: Report) -> None:
        """Counts one more opening of the PDF."""
        row = ReportRow(report_partition(report.tenant_id, report.batch_id), report_sort(report.row))
        row.update_if([ReportRow.downloads.add(1)], ReportRow.partition.exists())


def _condition(wanted: ReportFilter) -> Condition | None:
    conditions: list[Condition] = []
    if wanted.status not in (None, ReportStatus.FAILED):  # the failed have an index of their own
        conditions.append(ReportRow.status == wanted.status)
    if wanted.delivery_status is not None:
        conditions.append(ReportRow.delivery_status == wanted.delivery_status.value)
    if wanted.search:
        conditions.append(ReportRow.search.contains(search_term(wanted.search)))
    return reduce(and_, conditions) if conditions else None
