"""What the doors take and show of batches."""

from pydantic import BaseModel, ConfigDict, Field

from herald.results.batches.model import Batch
from herald.results.batches.pace import estimated_completion
from herald.results.batches.service import BatchWishes, NewBatch
from herald.results.rendering.retrying import Retried
from herald.results.views import ProblemView
from herald.values.clock import to_text, utc_now

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
LONGEST_SHEET_NAME = 31
SHEET_NAME = r"^[^\x00-\x1f\[\]:*?/\\]*$"
"""Excel's own rules."""
ABOUT_SHEET = "The name of the sheet to read; by default the first visible one."
ABOUT_COUNTRY = "Where phone numbers without a country code are dialled, as two letters (KE); by default the tenant's."
ABOUT_PROTECTION = "Whether each PDF opens with its row's password only; every row needs one then."


class BatchRequest(BaseModel):
    """A workbook that is going to come, and the template that it goes through."""

    model_config = ConfigDict(defer_build=True)

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    description: str = Field(default="", max_length=LONGEST_DESCRIPTION)
    template_id: str = Field(min_length=1, max_length=100)
    sheet: str = Field(default="", max_length=LONGEST_SHEET_NAME, pattern=SHEET_NAME, description=ABOUT_SHEET)
    country: str = Field(default="", max_length=2, description=ABOUT_COUNTRY)
    protect_pdf: bool = Field(default=False, description=ABOUT_PROTECTION)

    @property
    def wishes(self) -> BatchWishes:
        """What is to be otherwise than usual."""
        return BatchWishes(self.sheet, self.country, self.protect_pdf)


class BatchView(BaseModel):
    """A batch as others see it."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    description: str
    template_id: str
    status: str
    created_at: str
    updated_at: str
    total: int
    successful: int
    failed: int
    sheet: str | None
    country: str | None
    protect_pdf: bool
    retained_until: str
    problem: ProblemView | None
    upload_url: str | None = Field(
        default=None, description="Of one batch that waits for a workbook: where it goes, within the hour."
    )

    @classmethod
    def of(cls, batch: Batch, *, upload_url: str | None = None) -> "BatchView":
        """The view of a batch."""
        return cls(
            id=batch.batch_id,
            name=batch.name,
            description=batch.description,
            template_id=batch.template_id,
            status=batch.status.value,
            created_at=to_text(batch.created_at),
            updated_at=to_text(batch.updated_at),
            total=batch.total,
            successful=batch.successful,
            failed=batch.failed,
            sheet=batch.sheet or None,
            country=batch.country or None,
            protect_pdf=batch.protect_pdf,
            retained_until=to_text(batch.retained_until),
            problem=ProblemView.of(batch.problem),
            upload_url=upload_url,
        )


class BatchCreated(BaseModel):
    """A new batch and where its workbook goes: a PUT of the file to ``upload_url`` within the hour starts the work."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    description: str
    template_id: str
    status: str
    created_at: str
    upload_url: str

    @classmethod
    def of(cls, new: NewBatch) -> "BatchCreated":
        """The view of a batch that was just created."""
        return cls(
            id=new.batch.batch_id,
            name=new.batch.name,
            description=new.batch.description,
            template_id=new.batch.template_id,
            status=new.batch.status.value,
            created_at=to_text(new.batch.created_at),
            upload_url=new.upload_url,
        )


class BatchList(BaseModel):
    """Some batches, newest first; ``next_cursor`` continues the list."""

    model_config = ConfigDict(defer_build=True)

    batches: list[BatchView]
    next_cursor: str | None


class Progress(BaseModel):
    """How many rows have become a PDF, or certainly never will."""

    model_config = ConfigDict(defer_build=True)

    total: int
    processed: int
    successful: int
    failed: int


class BatchStatusView(BaseModel):
    """Where a batch is; ``estimated_completion`` is an extrapolation of its pace, and null before there is one."""

    model_config = ConfigDict(defer_build=True)

    id: str
    status: str
    progress: Progress
    started_at: str | None
    updated_at: str
    estimated_completion: str | None
    problem: ProblemView | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchStatusView":
        """The status of a batch at this moment."""
        estimate = estimated_completion(batch, now=utc_now())
        return cls(
            id=batch.batch_id,
            status=batch.status.value,
            progress=Progress(
                total=batch.total, processed=batch.processed, successful=batch.successful, failed=batch.failed
            ),
            started_at=to_text(batch.started_at) if batch.started_at else None,
            updated_at=to_text(batch.updated_at),
            estimated_completion=to_text(estimate) if estimate else None,
            problem=ProblemView.of(batch.problem),
        )


class BatchRetried(BaseModel):
    """How many rows are being rendered again."""

    model_config = ConfigDict(defer_build=True)

    batch_id: str
    status: str
    reports: int

    @classmethod
    def of(cls, retried: Retried) -> "BatchRetried":
        """The view of a batch that is rendered once more."""
        return cls(batch_id=retried.batch.batch_id, status=retried.batch.status.value, reports=retried.rows)
