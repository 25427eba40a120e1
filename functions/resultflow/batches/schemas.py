"""What the batch endpoints take and show."""

from typing import Self

from pydantic import AliasPath, Field

from herald.http.schemas import ProblemView, RequestBody, ScheduleTime, TextOrNull, Timestamp, View
from herald.results.batches.completion import estimated_completion
from herald.results.batches.model import Batch
from herald.results.batches.service import BatchOptions
from herald.results.delivery.duplicates import ABOUT_DUPLICATES
from herald.results.delivery.model import RequestedDelivery
from herald.results.delivery.scheduling import ABOUT_SCHEDULE_TIMES
from herald.results.delivery.wording import ABOUT_MESSAGES, LONGEST_MESSAGE
from herald.results.files import LARGEST_WORKBOOK_BYTES
from herald.results.statistics.model import Totals
from herald.values.clock import utc_now
from herald.values.notation import ABOUT_DATE_FORMAT, ABOUT_LANGUAGE, LONGEST_DATE_FORMAT, LONGEST_LANGUAGE

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
LONGEST_SHEET_NAME = 31
SHEET_NAME = r"^[^\x00-\x1f\[\]:*?/\\]*$"
"""Excel's own rules."""
LONGEST_COUNTRY = 100
"""Of what somebody may write, to be told how a country is written."""
ABOUT_SHEET = "The name of the sheet to read; by default the first visible one."
ABOUT_COUNTRY = "Where phone numbers without a country code are dialled, as two letters (KE); by default the tenant's."
ABOUT_FILE_SIZE = "Of the workbook, in bytes: `upload_url` then takes a file of this size only."
ABOUT_PROTECTION = "Whether each PDF opens with its row's password only; every row needs one then."


class SharedPhoneView(View):
    """A phone, masked, and rows that it stands in, at most ten."""

    phone: str
    rows: list[int]


class DuplicatesView(View):
    """Rows that are alike in all they say, and phones that several rows share: at most twenty of each are listed."""

    identical_rows: list[list[int]]
    identical_row_count: int = Field(description="How many groups of rows that are alike there are in all.")
    shared_phones: list[SharedPhoneView]
    shared_phone_count: int = Field(description="How many phones stand in several rows in all.")


class BatchView(View):
    """A batch as others see it."""

    id: str = Field(validation_alias="batch_id")
    name: str
    description: str
    template_id: str
    status: str
    created_at: Timestamp
    updated_at: Timestamp
    total: int
    successful: int
    failed: int
    sheet: TextOrNull
    country: TextOrNull
    protect_pdf: bool
    language: TextOrNull
    date_format: TextOrNull
    duplicates: DuplicatesView = Field(description="As they were when the workbook was read.")
    retained_until: Timestamp
    problem: ProblemView | None
    upload_url: str | None = Field(
        default=None, description="Of one batch that waits for a workbook: where it goes, within 15 minutes."
    )


class BatchRequest(RequestBody):
    """A workbook that is going to come, and the template that it goes through."""

    shown_by = BatchView

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    description: str = Field(default="", max_length=LONGEST_DESCRIPTION)
    template_id: str = Field(min_length=1, max_length=100)
    sheet: str = Field(default="", max_length=LONGEST_SHEET_NAME, pattern=SHEET_NAME, description=ABOUT_SHEET)
    country: str = Field(default="", max_length=LONGEST_COUNTRY, description=ABOUT_COUNTRY)
    protect_pdf: bool = Field(default=False, description=ABOUT_PROTECTION)
    language: str = Field(default="", max_length=LONGEST_LANGUAGE, description=ABOUT_LANGUAGE)
    date_format: str = Field(default="", max_length=LONGEST_DATE_FORMAT, description=ABOUT_DATE_FORMAT)
    file_size: int | None = Field(default=None, ge=1, le=LARGEST_WORKBOOK_BYTES, description=ABOUT_FILE_SIZE)

    @property
    def options(self) -> BatchOptions:
        return BatchOptions(self.sheet, self.country, self.protect_pdf, self.language, self.date_format)


class BatchCreated(View):
    """A new batch and where its workbook goes: a PUT of it, with its type, to ``upload_url`` within 15 minutes."""

    id: str = Field(validation_alias="batch_id")
    name: str
    description: str
    template_id: str
    status: str
    created_at: Timestamp
    upload_url: str


class BatchList(View):
    """Some batches, newest first; ``next_cursor`` continues the list."""

    batches: list[BatchView] = Field(validation_alias="items")
    next_cursor: str | None


class Progress(View):
    """How many rows have become a PDF, or certainly never will."""

    total: int
    processed: int
    successful: int
    failed: int


class BatchStatusView(View):
    """Where a batch is; ``estimated_completion`` goes by its speed, and is null before a first row is rendered."""

    id: str = Field(validation_alias="batch_id")
    status: str
    progress: Progress
    started_at: Timestamp | None
    updated_at: Timestamp
    estimated_completion: Timestamp | None
    problem: ProblemView | None

    @classmethod
    def at_present(cls, batch: Batch) -> Self:
        return cls.of(batch, progress=batch, estimated_completion=estimated_completion(batch, now=utc_now()))


class BatchRetried(View):
    """How many rows are being rendered again."""

    batch_id: str = Field(validation_alias=AliasPath("batch", "batch_id"))
    status: str = Field(validation_alias=AliasPath("batch", "status"))
    reports: int = Field(validation_alias="rows")


class BatchSendRequest(RequestBody):
    """What the texts say, and when they go out; by default now, in our words."""

    custom_message: str = Field(default="", max_length=LONGEST_MESSAGE, description=ABOUT_MESSAGES)
    schedule_time: ScheduleTime | None = Field(default=None, description=ABOUT_SCHEDULE_TIMES)
    allow_duplicates: bool = Field(default=False, description=ABOUT_DUPLICATES)


class BatchSent(View):
    """How many reports are ready; those never sent before are on their way now, or scheduled.

    The counts go by the sums of the batch, which follow what happens by a second or two.
    """

    batch_id: str
    delivery_id: str
    reports: int
    newly_requested: int = Field(description="Reports that were never sent and are now on their way, or scheduled.")
    already_requested: int = Field(description="Reports that were sent, are on their way, or keep a time of their own.")
    skipped: int = Field(description="Rows that have no report to send.")
    status: str
    scheduled_for: Timestamp | None

    @classmethod
    def counted(cls, requested: RequestedDelivery, totals: Totals, *, batch_id: str, delivery_id: str) -> Self:
        already = min(totals.begun, requested.reports)
        return cls.of(
            requested,
            batch_id=batch_id,
            delivery_id=delivery_id,
            newly_requested=requested.reports - already,
            already_requested=already,
            skipped=requested.failed,
        )


class PasswordView(View):
    """Somebody's new password, and the number that their text goes to."""

    row: int = Field(validation_alias=AliasPath("recipient", "row"), description="The row's number, as Excel shows it.")
    report_id: str = Field(validation_alias=AliasPath("recipient", "report_id"))
    name: str = Field(validation_alias=AliasPath("recipient", "name"))
    phone: str = Field(validation_alias=AliasPath("recipient", "phone"))
    password: str


class PasswordList(View):
    """Passwords that were made just now: shown this once. ``next_cursor`` continues with the rows behind them."""

    batch_id: str
    passwords: list[PasswordView] = Field(validation_alias="items")
    next_cursor: str | None
