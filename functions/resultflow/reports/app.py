"""ResultFlow's reports: list, detail, PDF, send."""

import os
from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from herald.adapters.objects import ObjectStore
from herald.adapters.queue import Queue
from herald.http.access import with_a_secret_in_its_answer
from herald.http.answers import redirect
from herald.http.composition import compose_api
from herald.http.resolver import redirect_to
from herald.results.batch_store import BatchStore
from herald.results.composition import report_passwords
from herald.results.delivering import LONGEST_MESSAGE, RequestingDelivery
from herald.results.delivery_store import DeliveryStore
from herald.results.model import Report
from herald.results.rendering import PDF_TYPE
from herald.results.report_store import ReportStore
from herald.results.views import ProblemView
from herald.values.clock import to_text
from herald.values.page import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE
from herald.values.phone import parse_phone

PDF_URL_SECONDS = 60

api = compose_api()
reports = ReportStore(os.environ["RESULTS_TABLE"])
documents = ObjectStore(os.environ["DOCUMENTS_BUCKET"])
batches = BatchStore()
delivery = RequestingDelivery(
    batches,
    DeliveryStore(),
    Queue(os.environ["DELIVERIES_QUEUE_URL"]),
    report_passwords(),
)
handler = api.handle


class DeliveryView(BaseModel):
    """Where a report's latest text is."""

    model_config = ConfigDict(defer_build=True)

    status: str
    error_code: str | None


class ReportView(BaseModel):
    """A report as others see it."""

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
            delivery=DeliveryView(status=report.delivery_status.value, error_code=report.delivery_error or None),
            downloads=report.downloads,
            created_at=to_text(report.created_at),
            updated_at=to_text(report.updated_at),
        )


class ReportList(BaseModel):
    """Some reports, in the order of the sheet; ``next_cursor`` continues the list."""

    model_config = ConfigDict(defer_build=True)

    reports: list[ReportView]
    next_cursor: str | None


class SendRequest(BaseModel):
    """Where a report goes and what the text says; by default to the sheet's number, in our words."""

    model_config = ConfigDict(defer_build=True)

    customer_phone: str = Field(default="", max_length=40)
    custom_message: str = Field(
        default="",
        max_length=LONGEST_MESSAGE,
        description="May use {name} and {link}; the link is added where missing.",
    )
    schedule_time: datetime | None = Field(default=None, description="Not served yet: leave it out to send now.")


class SentReport(BaseModel):
    """A text on its way; ``password`` is there where the sheet had none, and is shown this once."""

    model_config = ConfigDict(defer_build=True)

    report_id: str
    delivery_id: str
    status: str
    password: str | None


@api.get("/api/v1/admin/reports", summary="List the reports of a batch", tags=["Reports"])
def list_reports(
    batch_id: Annotated[str, Query(min_length=1, max_length=100)],
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ReportList:
    """A batch's reports, in the order of its sheet."""
    batches.get(api.caller.tenant_id, batch_id)
    page = reports.page(api.caller.tenant_id, batch_id, size=limit, cursor=cursor)
    return ReportList(reports=[ReportView.of(report) for report in page.items], next_cursor=page.next_cursor)


@api.get("/api/v1/admin/reports/<report_id>", summary="One report", tags=["Reports"])
def get_report(report_id: str) -> ReportView:
    """A report, with what became of it."""
    return ReportView.of(reports.get(api.caller.tenant_id, report_id))


@api.get(
    "/api/v1/admin/reports/<report_id>/pdf",
    status_code=302,
    summary="A report's PDF",
    tags=["Reports"],
    responses=redirect("The PDF, at an address that is good for a minute."),
)
def get_report_pdf(report_id: str) -> Response[str]:
    """Leads to the PDF, so that its size is no limit."""
    report = reports.get(api.caller.tenant_id, report_id)
    name = f"report-{report.row}.pdf"
    url = documents.download_url(
        report.require_pdf(), seconds=PDF_URL_SECONDS, content_type=PDF_TYPE, disposition=f'inline; filename="{name}"'
    )
    return redirect_to(url)


@api.post("/api/v1/admin/reports/<report_id>/send", status_code=202, summary="Send a report", tags=["Delivery"])
@with_a_secret_in_its_answer
def send_report(report_id: str, request: SendRequest) -> SentReport:
    """A text with a link to the person the report is for."""
    report = reports.get(api.caller.tenant_id, report_id)
    delivery_id = api.creation_id()
    phone = parse_phone(request.customer_phone) if request.customer_phone else ""
    password = delivery.send_report(
        report,
        delivery_id=delivery_id,
        phone=phone,
        custom_message=request.custom_message,
        schedule_time=request.schedule_time,
    )
    return SentReport(report_id=report_id, delivery_id=delivery_id, status="queued", password=password)
