"""What the batch endpoints take and show."""

from typing import Literal, Self

from pydantic import AliasPath, Field

from herald.http.schemas import NextCursor, ProblemView, RequestBody, ScheduleTime, TextOrNull, Timestamp, View
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
ABOUT_FILE = "An .xlsx of at most 4 MB; larger ones go to a batch's upload_url."
ABOUT_NAME = "What the batch is called in lists and in the names of its PDFs; by default the file's name."
ABOUT_DESCRIPTION = "Notes on the batch, which recipients never see."
ABOUT_WAITING_BATCH = "UUID of the batch that waits for it; or send a `template_id`."
ABOUT_TEMPLATE = "UUID of a template: creates a batch on it. Without effect beside a `batch_id`."

ShownStatus = Literal["pending", "processing", "completed", "failed"]
"""Of a batch; one that is deleted is shown to nobody."""


class SharedPhoneView(View):
    """A phone, masked, and rows that it stands in, at most ten."""

    phone: str = Field(examples=["+1202*****23"])
    """In international form (E.164) with its middle digits as asterisks."""
    rows: list[int]
    """The rows' numbers as Excel shows them, in the order of the sheet."""


class DuplicatesView(View):
    """Rows that are alike in all they say, and phones that several rows share: at most twenty of each are listed."""

    identical_rows: list[list[int]]
    """Groups of rows that are alike, by their numbers as Excel shows them; at most ten rows of each."""
    identical_row_count: int
    """How many such groups there are in all."""
    shared_phones: list[SharedPhoneView]
    """Phones that stand in several rows, the first ones of them."""
    shared_phone_count: int
    """How many such phones there are in all."""


class BatchView(View):
    """A batch as others see it."""

    id: str = Field(validation_alias="batch_id")
    """UUID of the batch, as other requests name it."""
    name: str
    """What the batch is called in lists and in the names of its PDFs."""
    description: str
    """Notes of whoever created it; empty for none. Recipients never see them."""
    template_id: str
    """UUID of the template that its rows go through."""
    status: ShownStatus
    """`pending` until its workbook arrives, `processing` while it is read and rendered; `completed` once every row has
    its PDF or a reason why not; `failed` where the workbook as a whole would not do."""
    created_at: Timestamp
    """When it was created; its retention is counted from here."""
    updated_at: Timestamp
    """When its status, its counts or its scheduled sending last changed."""
    total: int
    """How many rows its workbook has; 0 until it was read."""
    successful: int
    """How many rows have their PDF."""
    failed: int
    """How many rows have no PDF, and a reason; `GET /api/v1/admin/reports?status=failed` tells it."""
    sheet: TextOrNull
    """The sheet that was asked for; null for the first visible one."""
    country: TextOrNull = Field(examples=["KE"])
    """Where phone numbers without a country code are dialled, as two letters (ISO 3166); null where every number needs
    its code."""
    protect_pdf: bool
    """Whether each PDF opens with its row's password only."""
    language: TextOrNull = Field(examples=["es-MX"])
    """The language that numbers given as text are read in; null where nobody said, so that what could mean two numbers
    costs its row."""
    date_format: TextOrNull = Field(examples=["DD/MM/YYYY"])
    """How dates given as text are read; null where neither the batch nor its template says, so that
    only ISO 8601 is."""
    duplicates: DuplicatesView | None
    """What stands in its rows more than once; null until the workbook is read, and in a list also where rows were
    corrected since somebody looked at this batch alone."""
    retained_until: Timestamp
    """When the batch, its reports and their PDFs are forgotten."""
    problem: ProblemView | None
    """Why the workbook as a whole would not do; null where nothing is wrong with it."""
    upload_url: str | None = None
    """Where to PUT the workbook, within 15 minutes: shown for one batch, to those who may write, while it takes a
    workbook; null otherwise."""


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
    """UUID of the batch, as other requests name it."""
    name: str
    """What the batch is called, as it was sent."""
    description: str
    """Notes on it, as they were sent; empty for none."""
    template_id: str
    """UUID of the template that its rows go through, in the version of this moment."""
    status: ShownStatus
    """`pending`: it waits for its workbook. A repeated request shows how far the batch is by now."""
    created_at: Timestamp
    """When it was created; its retention is counted from here."""
    upload_url: str
    """Where to PUT the workbook, within 15 minutes, with its `Content-Type`; `GET /api/v1/admin/batches/{batch_id}`
    gives a fresh one."""


class BatchList(View):
    """Some batches, newest first; ``next_cursor`` continues the list."""

    batches: list[BatchView] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor


class Progress(View):
    """How many rows have become a PDF, or certainly never will."""

    total: int
    """How many rows the workbook has; 0 until it was read."""
    processed: int
    """`successful` and `failed` together."""
    successful: int
    """How many rows have their PDF."""
    failed: int
    """How many rows have no PDF, and a reason."""


class BatchStatusView(View):
    """Where a batch is; ``estimated_completion`` goes by its speed, and is null before a first row is rendered."""

    id: str = Field(validation_alias="batch_id")
    """UUID of the batch."""
    status: ShownStatus
    """As in the batch itself: go on asking while it is `pending` or `processing`."""
    progress: Progress
    """Its rows, counted."""
    started_at: Timestamp | None
    """When its workbook began to be read; null before."""
    updated_at: Timestamp
    """When its status, its counts or its scheduled sending last changed."""
    estimated_completion: Timestamp | None
    """When a running batch will be done at its speed so far, or when one was that is done; null before a first row is
    rendered."""
    problem: ProblemView | None
    """Why the workbook as a whole would not do; null where nothing is wrong with it."""

    @classmethod
    def at_present(cls, batch: Batch) -> Self:
        return cls.of(batch, progress=batch, estimated_completion=estimated_completion(batch, now=utc_now()))


class BatchRetried(View):
    """How many rows are being rendered again."""

    batch_id: str = Field(validation_alias=AliasPath("batch", "batch_id"))
    """UUID of the batch."""
    status: ShownStatus = Field(validation_alias=AliasPath("batch", "status"))
    """`processing` while its rows are rendered together; `completed` where only rows with a rendering of their own were
    started."""
    reports: int = Field(validation_alias="rows")
    """How many rows are rendered again, or at last; call it again for those that did not fit in."""


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
    """UUID of the batch."""
    delivery_id: str
    """UUID of this request to send; the same for the same `Idempotency-Key`."""
    reports: int
    """How many of the batch's reports have their PDF."""
    newly_requested: int
    """Reports that were never sent and are now on their way, or scheduled."""
    already_requested: int
    """Reports that were sent, are on their way, or keep a time of their own."""
    skipped: int
    """Rows that have no report to send."""
    status: Literal["queued", "scheduled"]
    """`queued` where the texts leave now, `scheduled` where they wait."""
    scheduled_for: Timestamp | None
    """When the texts leave; null for now."""

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

    row: int = Field(validation_alias=AliasPath("recipient", "row"))
    """The row's number as Excel shows it."""
    report_id: str = Field(validation_alias=AliasPath("recipient", "report_id"))
    """UUID of the report that the password opens."""
    name: str = Field(validation_alias=AliasPath("recipient", "name"))
    """Whose it is, as the sheet says; empty where it says nothing."""
    phone: str = Field(validation_alias=AliasPath("recipient", "phone"), examples=["+254712345678"])
    """The number that their text goes to, in international form (E.164)."""
    password: str = Field(examples=["48213907"])
    """Eight digits: pass them on by another way than the text."""


class PasswordList(View):
    """Passwords that were made just now: shown this once. ``next_cursor`` continues with the rows behind them."""

    batch_id: str
    """UUID of the batch."""
    passwords: list[PasswordView] = Field(validation_alias="items")
    """Those made by this request, a thousand at most; it may be empty and yet have a next page."""
    next_cursor: NextCursor
