"""ResultFlow's reports: list, detail, correct, withdraw, retry, delete, PDF, send."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from herald.http.access import requires, shows_personal_data, with_a_secret_in_its_answer
from herald.http.answers import redirect, redirect_to
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.failures import fails_with
from herald.http.parameters import Cursor, PageSize
from herald.identity.permissions import Permission
from herald.results.composition import results
from herald.results.delivery.service import customer_phone
from herald.results.reports.model import DeliveryStatus, ReportFilter, ReportStatus
from herald.results.reports.pdf_addresses import Disposition
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import ReportDetail, ReportList, ReportRequest, SendRequest, SentReport

api = compose_api(RESULTFLOW)
reports, corrections, deletions = results().reports, results().corrections, results().deletions
pdf_addresses = results().pdf_addresses
delivery = results().report_delivery
handler = api.handle

ReportId = Annotated[str, Path(description="UUID of the report.")]


@api.get("/api/v1/admin/reports", summary="List reports", tags=["Reports"])
@fails_with(HTTPStatus.NOT_FOUND)
@shows_personal_data
@requires(Permission.RESULTS_READ)
def list_reports(
    batch_id: Annotated[
        str, Query(max_length=100, description="UUID of a batch; without it, of all, newest first.")
    ] = "",
    status: Annotated[ReportStatus | None, Query(description="Only reports of this status.")] = None,
    delivery_status: Annotated[
        DeliveryStatus | None, Query(description="Only reports whose latest text has this status.")
    ] = None,
    search: Annotated[
        str, Query(max_length=100, description="Part of a name, phone number or e-mail; case and accents are alike.")
    ] = "",
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
) -> ReportList:
    """Reports by what they are and whom they are for."""
    wanted = ReportFilter(batch_id, status, delivery_status, search)
    return ReportList.of(reports.page(api.caller.tenant_id, wanted, size=limit, cursor=cursor))


@api.get("/api/v1/admin/reports/<report_id>", summary="One report", tags=["Reports"])
@shows_personal_data
@requires(Permission.RESULTS_READ)
def get_report(report_id: ReportId) -> ReportDetail:
    """A report with its values, and what became of it."""
    return ReportDetail.with_values(reports.get(api.caller.tenant_id, report_id))


@api.put("/api/v1/admin/reports/<report_id>", summary="Correct a report", tags=["Reports"])
@requires(Permission.RESULTS_WRITE)
def update_report(report_id: ReportId, request: ReportRequest) -> ReportDetail:
    """Changes recipient and values; what its document shows is rendered anew."""
    return ReportDetail.with_values(corrections.update(api.caller.tenant_id, report_id, request.correction))


@api.delete("/api/v1/admin/reports/<report_id>", status_code=204, summary="Delete a report", tags=["Reports"])
@requires(Permission.RESULTS_WRITE)
def delete_report(report_id: ReportId) -> None:
    """Removes a report with its PDF; links to it are withdrawn. All else that was kept of it goes within minutes."""
    deletions.delete(api.caller.tenant_id, report_id)


@api.post("/api/v1/admin/reports/<report_id>/withdraw", summary="Withdraw a report's links", tags=["Reports"])
@requires(Permission.RESULTS_WRITE)
def withdraw_links(report_id: ReportId) -> ReportDetail:
    """Links that were sent, and whatever was opened by them, lead nowhere from now on; a new text brings a new link."""
    return ReportDetail.with_values(corrections.withdraw_links(api.caller.tenant_id, report_id))


@api.post(
    "/api/v1/admin/reports/<report_id>/retry", status_code=202, summary="Render a failed report again", tags=["Reports"]
)
@requires(Permission.RESULTS_WRITE)
def retry_report(report_id: ReportId) -> ReportDetail:
    """Another try at a report that failed for no fault of its row."""
    return ReportDetail.with_values(corrections.retry(api.caller.tenant_id, report_id))


@api.get(
    "/api/v1/admin/reports/<report_id>/pdf",
    status_code=302,
    summary="A report's PDF",
    tags=["Reports"],
    responses=redirect("The PDF, at an address that is good for a minute."),
)
@shows_personal_data
@requires(Permission.RESULTS_READ)
def get_report_pdf(
    report_id: ReportId,
    disposition: Annotated[
        Disposition, Query(description="`inline` for a browser to show it, `attachment` to save it.")
    ] = "inline",
) -> Response[str]:
    """Leads to the PDF, so that its size is no limit."""
    return redirect_to(pdf_addresses.for_staff(api.caller.tenant_id, report_id, disposition=disposition))


@api.post("/api/v1/admin/reports/<report_id>/send", status_code=202, summary="Send a report", tags=["Delivery"])
@with_a_secret_in_its_answer
@requires(Permission.RESULTS_SEND)
def send_report(report_id: ReportId, request: Annotated[SendRequest | None, Body()] = None) -> SentReport:
    """A text with a link to the person the report is for, now or at ``schedule_time``."""
    report, batch = reports.with_batch(api.caller.tenant_id, report_id)
    delivery_id, asked = api.creation_id(), request or SendRequest()
    requested = delivery.send(
        report,
        delivery_id=delivery_id,
        phone=customer_phone(asked.customer_phone, country=batch.country),
        custom_message=asked.custom_message,
        schedule_time=asked.schedule_time,
        allow_duplicates=asked.allow_duplicates,
    )
    return SentReport.counted(requested, report_id=report_id, delivery_id=delivery_id)


@api.delete(
    "/api/v1/admin/reports/<report_id>/send", status_code=204, summary="Cancel a scheduled text", tags=["Delivery"]
)
@fails_with(HTTPStatus.UNPROCESSABLE_ENTITY)
@requires(Permission.RESULTS_SEND)
def cancel_report_delivery(report_id: ReportId) -> None:
    """Takes back what ``schedule_time`` asked for: the report is one that was not sent."""
    delivery.cancel(reports.get(api.caller.tenant_id, report_id))
