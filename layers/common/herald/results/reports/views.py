"""What the door of reports takes and shows."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from herald.results.reports.correcting import Correction
from herald.results.reports.model import Report, ReportStatus
from herald.results.typed_json import readable
from herald.results.views import ProblemView
from herald.values.clock import to_text
from herald.values.page import Page

_MOST_VALUES = 200
"""As many as a sheet may have columns."""
_LONGEST_PLACEHOLDER = 255

Cell = str | int | float | bool | None
Placeholder = Annotated[str, StringConstraints(max_length=_LONGEST_PLACEHOLDER)]


class DeliveryView(BaseModel):
    """Where a report's latest text is, or when it is to go out."""

    model_config = ConfigDict(defer_build=True)

    status: str
    error_code: str | None
    scheduled_for: str | None

    @classmethod
    def of(cls, report: Report) -> "DeliveryView":
        """The view of a report's delivery."""
        return cls(
            status=report.delivery_status.value,
            error_code=report.delivery_error or None,
            scheduled_for=to_text(report.scheduled_for) if report.scheduled_for else None,
        )


class ReportView(BaseModel):
    """A report as a list shows it."""

    model_config = ConfigDict(defer_build=True)

    id: str
    batch_id: str
    row: int = Field(description="The row's number, as Excel shows it.")
    name: str
    phone: str
    email: str
    language: str
    status: str
    problem: ProblemView | None
    delivery: DeliveryView
    downloads: int
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, report: Report) -> "ReportView":
        """The view of a report."""
        return cls(
            id=report.report_id,
            batch_id=report.batch_id,
            row=report.row,
            name=report.recipient.name,
            phone=report.recipient.phone,
            email=report.recipient.email,
            language=report.recipient.language,
            status=report.status.value,
            problem=ProblemView.of(report.problem),
            delivery=DeliveryView.of(report),
            downloads=report.downloads,
            created_at=to_text(report.created_at),
            updated_at=to_text(report.updated_at),
        )


class ReportDetail(ReportView):
    """A report with everything its document shows; the password is never shown."""

    revision: int = Field(description="Grows by one each time the document is made anew.")
    has_password: bool
    pdf_url: str | None = Field(description="Leads to the PDF; null while there is none.")
    values: dict[str, object] = Field(description="What the template's placeholders stand for in this row.")

    @classmethod
    def of(cls, report: Report) -> "ReportDetail":
        """The view of a report with its values."""
        has_pdf = report.status is ReportStatus.READY
        return cls(
            **ReportView.of(report).model_dump(),
            revision=report.revision,
            has_password=bool(report.recipient.password_hash),
            pdf_url=f"/api/v1/admin/reports/{report.report_id}/pdf" if has_pdf else None,
            values=readable(report.values),
        )


class ReportList(BaseModel):
    """Some reports, newest batch first, in the order of its sheet; ``next_cursor`` continues the list.

    A page may be short, even empty, and yet have a cursor: each request looks at a bounded part.
    """

    model_config = ConfigDict(defer_build=True)

    reports: list[ReportView]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[Report]) -> "ReportList":
        """The view of a page."""
        return cls(reports=[ReportView.of(report) for report in page.items], next_cursor=page.next_cursor)


class ReportRequest(BaseModel):
    """What is to change of a row; what is left out stays as it is."""

    model_config = ConfigDict(defer_build=True)

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

    def correction(self) -> Correction:
        """The correction that is asked for."""
        return Correction(
            name=self.name,
            phone=self.phone,
            email=self.email,
            language=self.language,
            password=self.password,
            values=self.values,
        )
