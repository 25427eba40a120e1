"""The rows of a batch in bulk over DynamoDB: stored, looked through and removed, whatever is in them."""

from collections.abc import Iterable
from itertools import islice

from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.rows import ReportRow, report_partition, row_of

_FIRST, _LAST = "row#", "row#~"


class RowStore:
    """All rows of a batch at once."""

    def put_many(self, reports: Iterable[Report]) -> int:
        """Stores new reports, over what an earlier try at the same workbook left; gives their number."""
        return ReportRow.write_many(row_of(report) for report in reports)

    def pending(self, tenant_id: str, batch_id: str, *, execution: str) -> list[int]:
        """The rows that wait for an execution of the batch machine, in order."""
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(_FIRST, _LAST),
            attributes=("row_number", "status", "execution"),
        )
        return [
            int(row["row_number"]["N"])
            for row in found
            if row["status"]["S"] == ReportStatus.PENDING.value
            # As in `Report.rendered_by`: the first execution bears the batch's id.
            and (row.get("execution", {}).get("S") or batch_id) == execution
        ]

    def remove(self, tenant_id: str, batch_id: str, *, at_most: int) -> int:
        """Removes rows of a batch, the first ones first; fewer than ``at_most`` means that none is left.

        Raises:
            Unavailable: the database is busy; what was removed is gone, and doing it again is safe.
        """
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(_FIRST, _LAST),
            attributes=("pk", "sk"),
        )
        return ReportRow.delete_many((item["pk"]["S"], item["sk"]["S"]) for item in islice(found, at_most))
