"""Templates, batches, reports and links: entities and their rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from herald.errors import Unprocessable

CellText = str | int | float | bool | date | datetime | time | None
Value = CellText | Sequence[Mapping[str, CellText]]
"""What a placeholder stands for: a cell, or the rows of a loop."""

LINK_LIFETIME = timedelta(hours=24)
"""ResultFlow: customer "Token lifetime: 24 hours"; it begins with the sending."""
WRONG_PASSWORDS_ALLOWED = 5
DELIVERY_GIVEN_UP_AFTER = timedelta(hours=1)
ROWS_PER_CHUNK = 25
"""Rows per render invocation: beyond 25 the cost of a row grows again (measured on one-page letters)."""
LARGEST_TEMPLATE_BYTES = 4 * 1024 * 1024


class BatchStatus(StrEnum):
    """Where a batch is; ``pending`` until its workbook arrives."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class ReportStatus(StrEnum):
    """Whether a row has become a PDF."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class DeliveryStatus(StrEnum):
    """Whether a report's message has reached its person."""

    NOT_SENT = "not_sent"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Template:
    """A Word template. A batch remembers the object that it began with, whatever becomes of the template."""

    tenant_id: str
    template_id: str
    name: str
    description: str
    version: int
    placeholders: tuple[str, ...]
    object_key: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class BatchProblem:
    """Why a batch stopped, or what is wrong with one of its rows (``row`` is the number that Excel shows)."""

    code: str
    message: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook turned out to hold; ``without_password`` counts good rows."""

    total: int
    failed: int
    last_row: int
    without_password: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One workbook through one template."""

    tenant_id: str
    batch_id: str
    name: str
    description: str
    template_id: str
    template_key: str
    status: BatchStatus
    created_at: datetime
    updated_at: datetime
    total: int = 0
    successful: int = 0
    failed: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: BatchProblem | None = None
    last_row: int = 0
    without_password: int = 0
    bad_rows: int = 0

    @property
    def processed(self) -> int:
        """Rows that have become a PDF or certainly never will."""
        return self.successful + self.failed


@dataclass(frozen=True, slots=True)
class RecipientDetails:
    """Who a report is for, as the sheet says."""

    name: str
    phone: str
    email: str = ""
    language: str = ""
    password_hash: str = ""


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

    def require_pdf(self) -> str:
        """Where the PDF is kept.

        Raises:
            Unprocessable: the report has none (``report_not_ready``).
        """
        if self.status is not ReportStatus.READY:
            raise Unprocessable("This report has no PDF.", code="report_not_ready")
        return self.pdf_key

    @property
    def place(self) -> "Place":
        """Where this report stands."""
        return Place(self.tenant_id, self.batch_id, self.row)


@dataclass(frozen=True, slots=True)
class Link:
    """Leads one person to one report for a day; only a hash of its secret is kept."""

    tenant_id: str
    link_id: str
    batch_id: str
    row: int
    report_id: str
    expires_at: datetime
    wrong_passwords: int = 0

    @property
    def locked(self) -> bool:
        """Whether too many wrong passwords were tried."""
        return self.wrong_passwords >= WRONG_PASSWORDS_ALLOWED


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of rows that one invocation renders, both ends included."""

    first_row: int
    last_row: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report stands: its batch, and its row's number as Excel shows it."""

    tenant_id: str
    batch_id: str
    row: int


_DELIVERY_RANK = {
    DeliveryStatus.NOT_SENT: 0,
    DeliveryStatus.QUEUED: 1,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.UNKNOWN: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.UNDELIVERED: 4,
    DeliveryStatus.FAILED: 5,
    DeliveryStatus.DELIVERED: 6,
}


def delivery_statuses_before(status: DeliveryStatus) -> list[DeliveryStatus]:
    """The statuses that this one may follow. Queued means ours, before sending, and the carrier's, after it."""
    rank = _DELIVERY_RANK[status]
    return [before for before, its_rank in _DELIVERY_RANK.items() if its_rank < rank or (its_rank == rank == 1)] or [
        status
    ]


def chunks_of(rows: Sequence[int]) -> list[Chunk]:
    """Rows, in order, in runs of at most `ROWS_PER_CHUNK`."""
    return [
        Chunk(rows[start], rows[min(start + ROWS_PER_CHUNK, len(rows)) - 1])
        for start in range(0, len(rows), ROWS_PER_CHUNK)
    ]


def estimated_completion(batch: Batch, *, now: datetime) -> datetime | None:
    """When a running batch will be done at the pace it has kept so far; ``None`` before there is a pace."""
    if batch.status is not BatchStatus.PROCESSING:
        return batch.finished_at
    rendered = batch.processed - batch.bad_rows
    if batch.started_at is None or rendered <= 0:
        return None
    per_row = (now - batch.started_at) / rendered
    return now + per_row * (batch.total - batch.processed)
