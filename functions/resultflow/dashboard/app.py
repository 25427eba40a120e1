"""ResultFlow's dashboard: sums, what happened lately, and statuses for those who poll."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.failures import fails_with
from herald.http.parameters import Cursor, PageSize
from herald.identity.permissions import Permission
from herald.results.composition import results
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import ActivityList, DeliveryStatistics, DeliveryStatusView, ReportsStatusView, Summary, with_total

api = compose_api(RESULTFLOW)
statistics, activity_log = results().statistics, results().activity_log
handler = api.handle


@api.get("/api/v1/admin/dashboard/summary", summary="Everything at one glance", tags=["Dashboard"])
@requires(Permission.INSIGHTS_READ)
def get_summary() -> Summary:
    """Sums over all batches; they follow what happens by a second or two."""
    return Summary.of(statistics.of_tenant(api.caller.tenant_id))


@api.get("/api/v1/admin/dashboard/activity", summary="What happened lately", tags=["Dashboard"])
@requires(Permission.INSIGHTS_READ)
def list_activity(
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
) -> ActivityList:
    """The last ninety days of batches and templates, and each report's first opening."""
    return ActivityList.of(activity_log.page(api.caller.tenant_id, size=limit, cursor=cursor))


@api.get("/api/v1/admin/delivery/status", summary="Delivery statistics", tags=["Delivery"])
@fails_with(HTTPStatus.NOT_FOUND)
@requires(Permission.RESULTS_READ)
def get_delivery_statistics(
    batch_id: Annotated[
        str | None, Query(min_length=1, max_length=100, description="UUID of a batch; without it, of all.")
    ] = None,
) -> DeliveryStatistics:
    """What became of the texts of all batches, or of one."""
    tenant_id = api.caller.tenant_id
    totals = statistics.of_batch(tenant_id, batch_id) if batch_id else statistics.of_tenant(tenant_id)
    return DeliveryStatistics.of(totals, batch_id=batch_id)


@api.get("/api/v1/admin/status/delivery", summary="Where all texts are", tags=["Delivery"])
@requires(Permission.RESULTS_READ)
def poll_delivery_status() -> DeliveryStatusView:
    """The deliveries of all batches, at the path that pollers use."""
    totals = statistics.of_tenant(api.caller.tenant_id)
    return DeliveryStatusView(**totals.deliveries, updated_at=totals.updated_at)


@api.get("/api/v1/admin/status/reports", summary="How far all reports are", tags=["Reports"])
@requires(Permission.RESULTS_READ)
def poll_reports_status() -> ReportsStatusView:
    """The reports of all batches, at the path that pollers use."""
    totals = statistics.of_tenant(api.caller.tenant_id)
    return ReportsStatusView(**with_total(totals.reports), updated_at=totals.updated_at)
