"""What the report endpoints take and show."""

from typing import Annotated, Self

from pydantic import AliasPath, Field, StringConstraints

from herald.http.schemas import ProblemView, RequestBody, ScheduleTime, TextOrNull, Timestamp, View
from herald.results.corrections.model import Correction
from herald.results.delivery.duplicates import ABOUT_DUPLICATES
from herald.results.delivery.model import RequestedDelivery
from herald.results.delivery.scheduling import ABOUT_SCHEDULE_TIMES
from herald.results.delivery.wording import ABOUT_MESSAGES, LONGEST_MESSAGE
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.row_values import readable

_MOST_VALUES = 200
"""As many as a sheet may have columns."""
_LONGEST_PLACEHOLDER = 255

Cell = str | int | float | bool | None
Placeholder = Annotated[str, StringConstraints(max_length=_LONGEST_PLACEHOLDER)]


class DeliveryView(View):
    """Where a report's latest text is, or when it is to go out."""

    status: str
    error_code: TextOrNull
    scheduled_for: Timestamp | None


class ReportView(View):
    """A report as a list shows it."""

    id: str = Field(validation_alias="report_id")
    batch_id: str
    row: int = Field(description="The row's number, as Excel shows it.")
    name: str = Field(validation_alias=AliasPath("recipient", "name"))
    phone: str = Field(validation_alias=AliasPath("recipient", "phone"))
    email: str = Field(validation_alias=AliasPath("recipient", "email"))
    language: str = Field(validation_alias=AliasPath("recipient", "language"))
    status: str
    problem: ProblemView | None
    delivery: DeliveryView
    downloads: int
    created_at: Timestamp
    updated_at: Timestamp


class ReportDetail(ReportView):
    """A report with everything its document shows; the password is never shown."""

    revision: int = Field(description="Grows by one each time the document is made anew.")
    has_password: bool
    pdf_url: str | None = Field(description="Leads to the PDF; null while there is none.")
    values: dict[str, object] = Field(description="What the template's placeholders stand for in this row.")

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
    next_cursor: str | None


class ReportRequest(RequestBody):
    """What is to change of a row; what is left out stays as it is."""

    shown_by = ReportDetail

    name: str | None = Field(default=None, max_length=1000)
    phone: str | None = Field(default=None, min_length=1, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    language: str | None = Field(default=None, max_length=35)
    password: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)] | None = None
    values: dict[Placeholder, Cell | list[dict[Placeholder, Cell]]] = Field(
        default={},
        max_length=_MOST_VALUES,
        description="New values by placeholder; a loop's is the list of its rows. Dates as text (ISO 8601).",
    )

    @property
    def correction(self) -> Correction:
        return Correction(**dict(self))


class SendRequest(RequestBody):
    """Where a report goes, what the text says and when; by default now to the sheet's number, in our words."""

    customer_phone: str = Field(
        default="",
        max_length=40,
        description="Another number than the sheet's; without a country code where the batch has a country.",
    )
    custom_message: str = Field(default="", max_length=LONGEST_MESSAGE, description=ABOUT_MESSAGES)
    schedule_time: ScheduleTime | None = Field(default=None, description=ABOUT_SCHEDULE_TIMES)
    allow_duplicates: bool = Field(default=False, description=ABOUT_DUPLICATES)


class SentReport(View):
    """A text on its way, or scheduled; ``password`` is there where the sheet had none, and is shown this once."""

    report_id: str
    delivery_id: str
    status: str
    scheduled_for: Timestamp | None
    newly_requested: int = Field(description="1, or 0 where the same request was made before.")
    already_requested: int = Field(description="1 where the same request was made before.")
    password: str | None

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
