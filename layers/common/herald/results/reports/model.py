"""Reports: a batch's rows, each on its way to one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from herald.errors import Unprocessable
from herald.results.batches.model import Batch, BatchProblem, BatchStatus
from herald.values.sheet import Value

MOST_PHONES_KNOWN = 10


class ReportStatus(StrEnum):
    """Whether a row has become a PDF."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class DeliveryStatus(StrEnum):
    """Whether a report's message has reached its person."""

    NOT_SENT = "not_sent"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RecipientDetails:
    """Who a report is for, as the sheet says."""

    name: str
    phone: str
    email: str = ""
    language: str = ""
    password_hash: str = ""
    sealed_password: str = ""
    """Of batches with ``protect_pdf`` only: the password in a form that the renderer can open."""


@dataclass(frozen=True, slots=True)
class Report:
    """One row of a batch, on its way to being one person's PDF."""

    tenant_id: str
    batch_id: str
    row: int
    report_id: str
    recipient: RecipientDetails
    status: ReportStatus
    created_at: datetime
    updated_at: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    pdf_key: str = ""
    problem: BatchProblem | None = None
    delivery_id: str = ""
    delivery_status: DeliveryStatus = DeliveryStatus.NOT_SENT
    delivery_error: str = ""
    downloads: int = 0
    revision: int = 1
    """Counts what was made of the row: each change of it is rendered anew, and an older rendering counts no more."""
    scheduled_for: datetime | None = None
    expires_at: datetime | None = None
    execution: str = ""
    """The execution of the batch machine that accounts for the row while it is pending; empty for the batch's first."""
    link_generation: int = 0
    """Grows when the links of before are to lead nowhere, with whatever was opened by them."""
    office_failures: int = 0
    """In how many rounds LibreOffice crashed or hung over this revision of the row, alone."""
    texted_phones: tuple[str, ...] = ()
    """Marks of phones (`herald.results.duplicates.model`) that got a text about it which its delivery does not tell of:
    it went to another number, the row's was corrected since, or a later delivery took its place."""

    def to_be_rendered(self, *, execution: str, now: datetime) -> "Report":
        """The report as an execution is to render it anew: its next revision, with its old PDF until then."""
        return replace(
            self,
            status=ReportStatus.PENDING,
            problem=None,
            revision=self.revision + 1,
            execution=execution,
            updated_at=now,
            office_failures=0,
        )

    def with_links_withdrawn(self) -> "Report":
        """The report with none of its links of before leading to it."""
        return replace(self, link_generation=self.link_generation + 1)

    def with_text_at(self, mark: str) -> "Report":
        """The report, known to have gone to a phone whatever becomes of it; `MOST_PHONES_KNOWN` are."""
        others = [known for known in self.texted_phones if known != mark]
        return replace(self, texted_phones=tuple([*others, mark][-MOST_PHONES_KNOWN:]))

    @property
    def lacks_password(self) -> bool:
        """Whether the row counts among its batch's ``without_password``: one that failed is sent to nobody."""
        return not self.recipient.password_hash and self.status is not ReportStatus.FAILED

    def require_pdf(self) -> str:
        """Where the PDF is kept.

        Raises:
            Unprocessable: the report has none (``report_not_ready``).
        """
        if self.status is not ReportStatus.READY:
            raise Unprocessable("This report has no PDF.", code="report_not_ready")
        return self.pdf_key

    @property
    def delivery(self) -> "Delivery":
        """Where its latest text is."""
        return Delivery(self.delivery_status, self.delivery_error, self.scheduled_for)

    @property
    def place(self) -> "Place":
        """Where this report stands."""
        return Place(self.tenant_id, self.batch_id, self.row)


class Delivery(NamedTuple):
    """Where a report's latest text is, or when it is to go out."""

    status: DeliveryStatus
    error_code: str
    scheduled_for: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report stands: its batch, and its row's number as Excel shows it."""

    tenant_id: str
    batch_id: str
    row: int


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
class ReportsPart:
    """Some reports of a batch, and the row up to which they were looked for; ``None`` at the batch's end."""

    reports: Sequence[Report]
    reached: int | None


_DELIVERY_RANK = {
    DeliveryStatus.NOT_SENT: 0,
    DeliveryStatus.SCHEDULED: 1,
    DeliveryStatus.QUEUED: 2,
    DeliveryStatus.SENDING: 2,
    DeliveryStatus.UNKNOWN: 3,
    DeliveryStatus.SENT: 4,
    DeliveryStatus.UNDELIVERED: 5,
    DeliveryStatus.FAILED: 6,
    DeliveryStatus.DELIVERED: 7,
}
_UNDER_WAY = 2


def delivery_statuses_before(status: DeliveryStatus) -> list[DeliveryStatus]:
    """The statuses that this one may follow. Queued means ours, before sending, and the carrier's, after it."""
    rank = _DELIVERY_RANK[status]
    return [
        before for before, its_rank in _DELIVERY_RANK.items() if its_rank < rank or (its_rank == rank == _UNDER_WAY)
    ] or [status]
