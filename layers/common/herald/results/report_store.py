"""Reports over DynamoDB: found, listed and stored. A chunk of rows is one query."""

from collections.abc import Iterable

from pynamodb.exceptions import DoesNotExist

from herald.errors import NotFound
from herald.results.model import Chunk, Report
from herald.results.report_rows import ReportRow, report_of, report_partition, report_sort, row_of
from herald.storage import write_many
from herald.values.page import Page, decode_cursor, encode_cursor


class ReportStore:
    """Reports over DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = table

    def put_many(self, reports: Iterable[Report]) -> int:
        """Stores new reports, over what an earlier try at the same workbook left; gives their number."""
        return write_many(self._table, (row_of(report) for report in reports))

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, in order, as they are at this moment."""
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id),
            ReportRow.sort.between(report_sort(chunk.first_row), report_sort(chunk.last_row)),
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
