"""No phone gets several texts of one batch unless whoever sends has said that it may."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from herald.errors import Unprocessable
from herald.results.batches.model import Batch
from herald.results.duplicates.model import MOST_GROUPS, MOST_ROWS, Entry, by_phone
from herald.results.duplicates.store import PhoneIndex
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.results.reports.store import ReportStore

ABOUT_DUPLICATES = "Whether a phone may get several texts of this batch, as of a parent with two children."
"""For whoever sends."""
DUPLICATE_PHONES = "duplicate_phones"
_MOST_LOOKED_AT = 1000
"""Rows that share phones, in one request; what is beyond is asked about without a look."""


class DuplicateTexts:
    """Finds out whether a phone would get more than one text of a batch."""

    def __init__(self, reports: ReportStore, index: PhoneIndex) -> None:
        self._reports = reports
        self._index = index

    def refuse_in_batch(self, batch: Batch) -> None:
        """Refuses to send a batch in which a phone would get several texts.

        Raises:
            Unprocessable: ``duplicate_phones``; ``rows`` are those that share a phone, and ``phones`` counts these.
        """
        groups = [group for group in by_phone(self._index.entries(batch)) if len(_rows(group)) > 1]
        sharing = [row for group in groups for row in _rows(group)]
        looked_at = set(sharing[:_MOST_LOOKED_AT])
        known = {
            report.row: report for report in self._reports.at_rows(batch.tenant_id, batch.batch_id, sorted(looked_at))
        }
        refused = [
            _rows(group)
            for group in groups
            if not looked_at.issuperset(_rows(group)) or _would_get_several(group, known)
        ]
        if refused:
            raise _several_texts(refused)

    def refuse_for_report(self, report: Report, phone: str) -> None:
        """Refuses to send a report to a phone that has got, or is to get, a text of the same batch about another row.

        Raises:
            Unprocessable: ``duplicate_phones``, as above.
        """
        texted = self.rows_texted(report, phone)
        if texted:
            raise _several_texts([sorted({*texted, report.row})])

    def rows_texted(self, report: Report, phone: str) -> Collection[int]:
        """The other rows of a report's batch about which a text went, or is to go, to this phone (E.164)."""
        others = [entry for entry in self._index.at_phone(report, phone) if entry.row != report.row]
        rows = sorted({entry.row for entry in others if not entry.is_past_text})
        if len(rows) > _MOST_LOOKED_AT:
            return rows
        found = self._reports.at_rows(report.tenant_id, report.batch_id, rows)
        return {entry.row for entry in others if entry.is_past_text} | {row.row for row in found if _is_texted(row)}


def _rows(group: Iterable[Entry]) -> list[int]:
    return sorted({entry.row for entry in group})


def _would_get_several(group: Sequence[Entry], known: Mapping[int, Report]) -> bool:
    """Whether one row of a phone would be sent while another is sent as well, or was."""
    own = [known[entry.row] for entry in group if not entry.is_past_text and entry.row in known]
    texted = {entry.row for entry in group if entry.is_past_text} | {report.row for report in own if _is_texted(report)}
    unsent = {report.row for report in own if report.status is ReportStatus.READY and not _is_texted(report)}
    return len(unsent) > 1 or any(texted - {row} for row in unsent)


def _is_texted(report: Report) -> bool:
    return report.delivery_status is not DeliveryStatus.NOT_SENT


def _several_texts(groups: Sequence[Sequence[int]]) -> Unprocessable:
    count, listed = len(groups), [list(rows[:MOST_ROWS]) for rows in groups[:MOST_GROUPS]]
    first = " and ".join(map(str, listed[0]))
    phones = "A phone" if count == 1 else f"{count:,} phones"
    return Unprocessable(
        f"{phones} would get more than one text of this batch, for example of rows {first}. Correct or delete rows, or "
        "send with `allow_duplicates` true where that is meant.",
        code=DUPLICATE_PHONES,
        fields={"rows": listed, "phones": count},
    )
