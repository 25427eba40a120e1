"""Batches: one workbook through one template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from herald.values.notation import Notation, notation_of

ROWS_PER_CHUNK = 100
"""Rows per render invocation: four conversions of letters, half a second of work. Slow rows take several invocations,
each of which goes on where the one before ended. A thousand chunks fit into an execution's input (256 KiB)."""
ROWS_SPANNED_BY_CHUNK = 1000
"""From a chunk's first row to its last: all that stands between them is read."""
RETENTION_DAYS = (7, 30, 90, 365, 1095)
"""What a tenant can choose from: each has a lifecycle rule of the documents' bucket, which a rule per tenant cannot."""
_PASSING_PROBLEMS = frozenset({"not_rendered"})


class BatchStatus(StrEnum):
    """Where a batch is; ``pending`` until its workbook arrives."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    DELETED = "deleted"
    """Shown to nobody: its rows and files are being removed."""


@dataclass(frozen=True, slots=True)
class BatchDefaults:
    """What a tenant's new batches begin with.

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
class SharedPhone:
    """A phone, masked, that stands in several rows, and the first of these."""

    phone: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows of a sheet that are alike in all they say, and phones that several rows share.

    Listed are the first ones of each; the counts are of all.
    """

    identical_rows: tuple[tuple[int, ...], ...] = ()
    identical_row_count: int = 0
    shared_phones: tuple[SharedPhone, ...] = ()
    shared_phone_count: int = 0


NO_DUPLICATES = Duplicates()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook turned out to hold; ``without_password`` counts good rows, as `Report.lacks_password` does."""

    total: int
    failed: int
    last_row: int
    without_password: int
    duplicates: Duplicates = NO_DUPLICATES


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
    language: str = ""
    date_format: str = ""
    sender_name: str = ""
    """Who its texts and pages say they are from: what the tenant was called when the batch was created."""
    protect_pdf: bool = False
    retention_days: int = 365
    runs: int = 0
    """How many executions of the batch machine were begun; each has its number in its name."""
    run_started_at: datetime | None = None
    run_started_with: int = 0
    """How many rows were done when the latest of these executions began: its speed is counted from there."""
    scheduled_for: datetime | None = None
    duplicates: Duplicates | None = None
    """``None`` until the workbook is read, and again from a correction until somebody looks at the batch."""
    corrections: int = 0
    """How often it may have changed what is alike: what was found before one counts no more."""
    scheduled_delivery_id: str = ""
    """The batch's one delivery at a later time, or the last there was; empty where it was taken back."""

    @property
    def retained_until(self) -> datetime:
        """When the batch, its reports and their PDFs are forgotten."""
        return self.created_at + timedelta(days=self.retention_days)

    @property
    def notation(self) -> Notation:
        """How numbers and dates are written that its workbook has as text."""
        return notation_of(self.language, self.country, self.date_format)

    @property
    def processed(self) -> int:
        """Rows that have become a PDF or certainly never will."""
        return self.successful + self.failed


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of rows that one invocation renders, both ends included."""

    first_row: int
    last_row: int


def chunks_of(rows: Sequence[int]) -> list[Chunk]:
    """Rows, in order, in runs of at most `ROWS_PER_CHUNK` that span at most `ROWS_SPANNED_BY_CHUNK`."""
    runs: list[list[int]] = []
    for row in rows:
        if not runs or len(runs[-1]) == ROWS_PER_CHUNK or row - runs[-1][0] >= ROWS_SPANNED_BY_CHUNK:
            runs.append([])
        runs[-1].append(row)
    return [Chunk(run[0], run[-1]) for run in runs]
