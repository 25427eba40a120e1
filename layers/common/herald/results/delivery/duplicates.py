"""No phone gets several texts of one batch unless whoever sends has said that it may.

What the workbook's reading found is looked at again: rows may have been corrected since, deleted, or sent.
"""

from collections.abc import Sequence

from herald.errors import NotFound, Unprocessable
from herald.results.batches.model import Batch
from herald.results.batches.store import BatchStore
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.results.reports.store import ReportStore

ABOUT_DUPLICATES = "Whether a phone may get several texts of this batch, as of a parent with two children."
"""For whoever sends."""
_CODE = "duplicate_phones"


class DuplicateTexts:
    """Finds out whether a phone would get more than one text of a batch."""

    def __init__(self, batches: BatchStore, reports: ReportStore) -> None:
        self._batches = batches
        self._reports = reports

    def refuse_in_batch(self, batch: Batch) -> None:
        """Refuses to send a batch in which a phone would get several texts.

        Raises:
            Unprocessable: ``duplicate_phones``; ``rows`` are those that share a phone, and ``phones`` counts these.
        """
        listed = [shared.rows for shared in batch.duplicates.shared_phones]
        groups = [group for rows in listed for group in self._sent_together(batch, rows)]
        count = len(groups) + batch.duplicates.shared_phone_count - len(listed)
        if count:
            raise _several_texts(count, groups or listed)

    def refuse_for_report(self, report: Report) -> None:
        """Refuses to send a report whose phone has got a text of the same batch about another row.

        Raises:
            Unprocessable: ``duplicate_phones``, as above.
        """
        batch = self._batches.get(report.tenant_id, report.batch_id)
        for shared in batch.duplicates.shared_phones:
            if report.row in shared.rows:
                others = [row for row in self._rows(batch, shared.rows) if row.row != report.row]
                if any(other.recipient.phone == report.recipient.phone and _is_texted(other) for other in others):
                    raise _several_texts(1, [shared.rows])

    def _sent_together(self, batch: Batch, rows: Sequence[int]) -> list[list[int]]:
        """The rows, by phone, of which one would be sent while another is sent as well, or was."""
        by_phone: dict[str, list[Report]] = {}
        for report in self._rows(batch, rows):
            if report.status is ReportStatus.READY:
                by_phone.setdefault(report.recipient.phone, []).append(report)
        return [
            [report.row for report in sharing]
            for sharing in by_phone.values()
            if len(sharing) > 1 and not all(map(_is_texted, sharing))
        ]

    def _rows(self, batch: Batch, rows: Sequence[int]) -> list[Report]:
        found = []
        for row in rows:
            try:
                found.append(self._reports.at_row(batch.tenant_id, batch.batch_id, row))
            except NotFound:
                continue
        return found


def _is_texted(report: Report) -> bool:
    return report.delivery_status is not DeliveryStatus.NOT_SENT


def _several_texts(count: int, groups: Sequence[Sequence[int]]) -> Unprocessable:
    first = " and ".join(map(str, groups[0]))
    phones = "A phone" if count == 1 else f"{count:,} phones"
    return Unprocessable(
        f"{phones} would get more than one text of this batch, for example of rows {first}. Correct or delete rows, or "
        "send with `allow_duplicates` true where that is meant.",
        code=_CODE,
        fields={"rows": [list(rows) for rows in groups], "phones": count},
    )
