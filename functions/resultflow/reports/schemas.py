"""What the report endpoints take and show."""

from typing import Annotated, Self

from pydantic import AliasPath, Field, StringConstraints

from herald.http.schemas import NextCursor, ProblemView, RequestBody, ScheduleTime, TextOrNull, Timestamp, View
from herald.results.corrections.model import Correction
from herald.results.delivery.duplicates import ABOUT_DUPLICATES
from herald.results.delivery.model import RequestedDelivery
from herald.results.delivery.scheduling import ABOUT_SCHEDULE_TIMES
from herald.results.delivery.wording import ABOUT_MESSAGES, LONGEST_MESSAGE
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.results.reports.row_values import readable

_MOST_VALUES = 200
"""As many as a sheet may have columns."""
_LONGEST_PLACEHOLDER = 255

Cell = str | int | float | bool | None
Placeholder = Annotated[str, StringConstraints(max_length=_LONGEST_PLACEHOLDER)]


class DeliveryView(View):
    """Where a report's latest text is, or when it is to go out."""

    status: DeliveryStatus
    """Where the latest text is. It only moves forward; `unknown` means that nobody can tell whether it was sent."""
    error_code: TextOrNull = Field(examples=["21610", "message_too_long", "report_not_ready", "password_missing"])
    """Why it did not arrive, or was not sent: the carrier's own code (Twilio's), or ours; null where nothing is known
    to be wrong."""
    scheduled_for: Timestamp | None
    """When the text leaves that waits; null where none was asked for a later time."""


class ReportView(View):
    """A report as a list shows it."""

    id: str = Field(validation_alias="report_id")
    """UUID of the report, as other requests name it."""
    batch_id: str
    """UUID of the batch whose row it is."""
    row: int
    """The row's number as Excel shows it."""
    name: str = Field(validation_alias=AliasPath("recipient", "name"))
    """Whom it is for, as the sheet says; empty where it says nothing."""
    phone: str = Field(validation_alias=AliasPath("recipient", "phone"), examples=["+254712345678"])
    """Where texts about it go, in international form (E.164); empty where the sheet has no number that can be read."""
    email: str = Field(validation_alias=AliasPath("recipient", "email"))
    """The person's e-mail address as the sheet has it; empty for none. Nothing is sent to it."""
    language: str = Field(validation_alias=AliasPath("recipient", "language"), examples=["sw"])
    """The person's language as the sheet has it, for the text and the page; empty for none."""
    status: ReportStatus
    """`pending` while it is rendered, `ready` once its PDF is there; `failed` where it has none, and `problem` why."""
    problem: ProblemView | None
    """Why it has no PDF; null unless the status is `failed`."""
    delivery: DeliveryView
    """Where its latest text is."""
    downloads: int
    """How often its PDF was opened by whoever has the link; openings by staff do not count."""
    created_at: Timestamp
    """When its row was read."""
    updated_at: Timestamp
    """When the report or its delivery last changed."""


class ReportDetail(ReportView):
    """A report with everything its document shows; the password is never shown."""

    revision: int
    """Grows by one each time the document is made anew."""
    has_password: bool
    """Whether a password is set for the link; sending the report makes one where there is none."""
    pdf_url: str | None
    """The path of `GET /api/v1/admin/reports/{report_id}/pdf`, which leads to the PDF; null while there is none."""
    values: dict[str, object]
    """What the template's placeholders stand for in this row: dates and times in ISO 8601, a loop as a list of its
    rows, a picture as `picture:` and its name."""

    @classmethod
    def with_values(cls, report: Report) -> Self:
        has_pdf = report.status is ReportStatus.READY
        return cls.of(
            report,
            has_password=bool(report.recipient.password_hash),
            pdf_url=f"/api/v1/admin/reports/{report.report_id}/pdf" if has_pdf else None,
            values=readable(report.values),
        )


class ReportList(View):
    """Some reports, newest batch first, in the order of its sheet; ``next_cursor`` continues the list.

    A page may be short, even empty, and yet have a cursor: each request looks at a bounded part.
    """

    reports: list[ReportView] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor


class ReportRequest(RequestBody):
    """What is to change of a row; what is left out stays as it is."""

    shown_by = ReportDetail

    name: str | None = Field(default=None, max_length=1000)
    """Another name; it is also the new value of the sheet's name column."""
    phone: str | None = Field(default=None, min_length=1, max_length=40, examples=["+1 202 555 0188"])
    """Another number, without a country code where the batch has a country. Links that were sent are withdrawn."""
    email: str | None = Field(default=None, max_length=254)
    """Another e-mail address. Links that were sent are withdrawn."""
    language: str | None = Field(default=None, max_length=35)
    """Another language for the text and the page."""
    password: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)] | None = None
    """Another password for the link, and for the PDF where the batch protects it. Links that were sent are
    withdrawn."""
    values: dict[Placeholder, Cell | list[dict[Placeholder, Cell]]] = Field(default={}, max_length=_MOST_VALUES)
    """New values by placeholder; a loop's is the list of its rows. Dates as text (ISO 8601)."""

    @property
    def correction(self) -> Correction:
        return Correction(**dict(self))


class SendRequest(RequestBody):
    """Where a report goes, what the text says and when; by default now to the sheet's number, in our words."""

    customer_phone: str = Field(default="", max_length=40)
    """Another number than the sheet's; without a country code where the batch has a country."""
    custom_message: str = Field(default="", max_length=LONGEST_MESSAGE, description=ABOUT_MESSAGES)
    schedule_time: ScheduleTime | None = Field(default=None, description=ABOUT_SCHEDULE_TIMES)
    allow_duplicates: bool = Field(default=False, description=ABOUT_DUPLICATES)


class SentReport(View):
    """A text on its way, or scheduled; ``password`` is there where the sheet had none, and is shown this once."""

    report_id: str
    """UUID of the report."""
    delivery_id: str
    """UUID of this request to send; the same for the same `Idempotency-Key`."""
    status: DeliveryStatus
    """`queued` where the text leaves now, `scheduled` where it waits; for a request that was made before, where its
    text is by now."""
    scheduled_for: Timestamp | None
    """When the text leaves; null for now."""
    newly_requested: int
    """1, or 0 where the same request was made before."""
    already_requested: int
    """1 where the same request was made before."""
    password: str | None = Field(examples=["48213907"])
    """Eight digits, made where the sheet had none, and shown this once: pass them on by another way than the text. Null
    where there is a password already."""

    @classmethod
    def counted(cls, requested: RequestedDelivery, *, report_id: str, delivery_id: str) -> Self:
        repeated = int(requested.reached is not None)
        return cls.of(
            requested,
            report_id=report_id,
            delivery_id=delivery_id,
            newly_requested=1 - repeated,
            already_requested=repeated,
        )
