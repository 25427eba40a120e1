"""Templates, batches, reports and links: entities and their rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from herald.errors import Unprocessable
from herald.values.picture import Picture

CellText = str | int | float | bool | date | datetime | time | Picture | None
Value = CellText | Sequence[Mapping[str, CellText]]
"""What a placeholder stands for: a cell, or the rows of a loop."""

LINK_LIFETIME = timedelta(hours=24)
"""ResultFlow: customer "Token lifetime: 24 hours"; it begins with the sending."""
LINKS_KEPT_AFTER_EXPIRY = timedelta(days=7)
"""So that an old link is told to be expired, not unknown."""
WRONG_PASSWORDS_ALLOWED = 5
DELIVERY_GIVEN_UP_AFTER = timedelta(hours=1)
ROWS_PER_CHUNK = 100
"""Rows per render invocation: four conversions of letters, half a second of work. Slow rows take several invocations,
each of which goes on where the one before ended. A thousand chunks fit into an execution's input (256 KiB)."""
ROWS_SPANNED_BY_CHUNK = 1000
"""From a chunk's first row to its last: all that stands between them is read."""
TEXTS_PER_CHUNK = 25
"""Reports per message of the delivery queue."""
LARGEST_TEMPLATE_BYTES = 4 * 1024 * 1024
"""Through the API: Lambda takes six megabytes, and the file travels in base64."""
LARGEST_UPLOADED_TEMPLATE_BYTES = 10 * 1024 * 1024
"""Through an upload URL: the largest file that a Word template may be."""
RETENTION_DAYS = (7, 30, 90, 365, 1095)
"""What a tenant can choose from: each has a lifecycle rule of the documents' bucket, which a rule per tenant cannot."""

_PASSING_PROBLEMS = frozenset({"not_rendered", "chunk_unfinished"})


class BatchStatus(StrEnum):
    """Where a batch is; ``pending`` until its workbook arrives."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    DELETED = "deleted"
    """Shown to nobody: its rows and files are being removed."""


class TemplateStatus(StrEnum):
    """Where a template is; ``pending`` until its first file arrives, ``failed`` where no file of it was any good."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Merging(StrEnum):
    """Whether several rows through one conversion give the same pages as each row alone."""

    UNKNOWN = "unknown"
    FAITHFUL = "faithful"
    UNFAITHFUL = "unfaithful"


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
class TemplateProblem:
    """What is wrong with an uploaded template; ``paragraph`` is the text that the mistake stands in."""

    code: str
    message: str
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A Word template: its newest version that is good (0 where there is none yet), and how the last upload went."""

    tenant_id: str
    template_id: str
    name: str
    description: str
    version: int
    placeholders: tuple[str, ...]
    object_key: str
    created_at: datetime
    updated_at: datetime
    status: TemplateStatus = TemplateStatus.READY
    problem: TemplateProblem | None = None
    warnings: tuple[str, ...] = ()

    def require_ready(self) -> None:
        """Whether anything can be made of the template.

        Raises:
            Unprocessable: no file of it was good yet (``template_not_ready``).
        """
        if self.status is not TemplateStatus.READY:
            raise Unprocessable("This template has no file that works yet; upload one.", code="template_not_ready")


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One file of a template, as it was when a batch began with it; never changed, and kept for its batches.

    ``pages`` is how long a sample row comes out; it and ``merging`` are found out once, by rendering samples.
    ``upload`` says which upload it came by, and ``fingerprint`` is a hash of its file.
    """

    tenant_id: str
    template_id: str
    version: int
    object_key: str
    placeholders: tuple[str, ...]
    merging: Merging = Merging.UNKNOWN
    pages: int = 0
    upload: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ResultSettings:
    """What a tenant decides for its new batches.

    ``retention_days`` is one of `RETENTION_DAYS`; ``country`` (ISO 3166, two letters, or empty) is where phone numbers
    without a country code are dialled.
    """

    tenant_id: str
    retention_days: int = 365
    country: str = ""


@dataclass(frozen=True, slots=True)
class BatchProblem:
    """Why a batch stopped, or what is wrong with one of its rows (``row`` is the number that Excel shows).

    ``details`` is JSON for programs: the columns that are missing and those there are, or a row's further faults.
    """

    code: str
    message: str
    row: int | None = None
    column: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def came_of_rendering(self) -> bool:
        """Whether the row was good as it was read, and failed later."""
        return self.may_pass or self.code.startswith("template_")

    @property
    def may_pass(self) -> bool:
        """Whether rendering the row again, as it is, may go well."""
        return self.code.startswith("pdf_") or self.code in _PASSING_PROBLEMS


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook turned out to hold; ``without_password`` counts good rows, as `Report.lacks_password` does."""

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
    template_version: int = 1
    sheet: str = ""
    country: str = ""
    protect_pdf: bool = False
    retention_days: int = 365
    runs: int = 0
    """How many executions of the batch machine were begun; each has its number in its name."""
    run_started_at: datetime | None = None
    run_started_with: int = 0
    """How many rows were settled when the latest of these executions began: its pace is counted from there."""
    scheduled_for: datetime | None = None
    scheduled_delivery_id: str = ""
    """The batch's one delivery at a later time, or the last there was; empty where it was taken back."""

    @property
    def retained_until(self) -> datetime:
        """When the batch, its reports and their PDFs are forgotten."""
        return self.created_at + timedelta(days=self.retention_days)

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
    retained_until: datetime | None = None
    execution: str = ""
    """The execution of the batch machine that is to render the row; empty for the batch's first."""

    def to_be_rendered(self, *, execution: str, now: datetime) -> "Report":
        """The report as an execution is to render it anew: its next revision, with its old PDF until then."""
        return replace(
            self,
            status=ReportStatus.PENDING,
            problem=None,
            revision=self.revision + 1,
            execution=execution,
            updated_at=now,
        )

    @property
    def lacks_password(self) -> bool:
        """Whether the row counts among its batch's ``without_password``: one that failed is sent to nobody."""
        return not self.recipient.password_hash and self.status is not ReportStatus.FAILED

    @property
    def rendered_by(self) -> str:
        """The name of the execution that accounts for the row while it is pending; the first bears the batch's id."""
        return self.execution or self.batch_id

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


class LinkState(StrEnum):
    """What somebody with a link is told; ``wrong`` never says whether it is the token or the password."""

    OPEN = "open"
    WRONG = "wrong"
    EXPIRED = "expired"
    LOCKED = "locked"


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


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a pending row: a PDF's key, or the reason why there is none.

    It counts for the ``revision`` of the row that was rendered, and for no other.
    """

    row: int
    pdf_key: str = ""
    problem: BatchProblem | None = None
    revision: int = 1


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


def chunks_of(rows: Sequence[int]) -> list[Chunk]:
    """Rows, in order, in runs of at most `ROWS_PER_CHUNK` that span at most `ROWS_SPANNED_BY_CHUNK`."""
    runs: list[list[int]] = []
    for row in rows:
        if not runs or len(runs[-1]) == ROWS_PER_CHUNK or row - runs[-1][0] >= ROWS_SPANNED_BY_CHUNK:
            runs.append([])
        runs[-1].append(row)
    return [Chunk(run[0], run[-1]) for run in runs]
