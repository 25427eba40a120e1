"""ResultFlow's dashboard: sums, what happened lately, and statuses for those who poll."""

import os
from collections.abc import Mapping
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.permissions import Permission
from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.figures.activity import Activity
from herald.results.figures.activity_store import ActivityStore
from herald.results.figures.model import Figures
from herald.results.figures.statistics import Statistics
from herald.results.figures.store import FiguresStore
from herald.results.reports.model import DeliveryStatus, ReportStatus
from herald.values.clock import to_text
from herald.values.page import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE

api = compose_api(RESULTFLOW)
statistics = Statistics(FiguresStore(os.environ["RESULTS_TABLE"]), BatchStore())
activities = ActivityStore()
handler = api.handle
Status = TypeVar("Status", BatchStatus, ReportStatus, DeliveryStatus)


class BatchCounts(BaseModel):
    """How many batches there are, and in which status."""

    model_config = ConfigDict(defer_build=True)

    total: int
    pending: int
    processing: int
    completed: int
    failed: int

    @classmethod
    def of(cls, figures: Figures) -> "BatchCounts":
        """The view of these figures."""
        return cls(total=sum(figures.batches.values()), **_by_name(figures.batches))


class ReportCounts(BaseModel):
    """How many reports there are, and in which status."""

    model_config = ConfigDict(defer_build=True)

    total: int
    pending: int
    ready: int
    failed: int

    @classmethod
    def of(cls, figures: Figures) -> "ReportCounts":
        """The view of these figures."""
        return cls(total=sum(figures.reports.values()), **_by_name(figures.reports))


class DeliveryCounts(BaseModel):
    """Where the texts of the reports are; a report without a PDF is not among those not sent."""

    model_config = ConfigDict(defer_build=True)

    not_sent: int
    scheduled: int
    queued: int
    sending: int
    unknown: int
    sent: int
    delivered: int
    undelivered: int
    failed: int

    @classmethod
    def of(cls, figures: Figures) -> "DeliveryCounts":
        """The view of these figures."""
        return cls(**_by_name(figures.deliveries))


DeliveryRate = Annotated[
    float | None,
    Field(description="Delivered, as a share of delivered, undelivered and failed; null before there are any."),
]
UpdatedAt = Annotated[str | None, Field(description="When these sums last changed; null before they first did.")]


class Summary(BaseModel):
    """Everything at one glance."""

    model_config = ConfigDict(defer_build=True)

    batches: BatchCounts
    reports: ReportCounts
    deliveries: DeliveryCounts
    delivery_rate: DeliveryRate
    opened: int = Field(description="Reports that were opened at least once.")
    downloads: int = Field(description="How often a PDF was opened.")
    templates: int
    updated_at: UpdatedAt


class ActivityView(BaseModel):
    """One thing that happened; ``name`` is the batch's or the template's at that time."""

    model_config = ConfigDict(defer_build=True)

    kind: str
    at: str
    name: str | None
    batch_id: str | None
    template_id: str | None
    report_id: str | None

    @classmethod
    def of(cls, activity: Activity) -> "ActivityView":
        """The view of an activity."""
        return cls(
            kind=activity.kind.value,
            at=to_text(activity.at),
            name=activity.name or None,
            batch_id=activity.batch_id or None,
            template_id=activity.template_id or None,
            report_id=activity.report_id or None,
        )


class ActivityList(BaseModel):
    """What happened, newest first; ``next_cursor`` continues the list."""

    model_config = ConfigDict(defer_build=True)

    activities: list[ActivityView]
    next_cursor: str | None


class ErrorCount(BaseModel):
    """How many reports a carrier's error code was the last word on."""

    model_config = ConfigDict(defer_build=True)

    error_code: str
    reports: int


class DeliveryStatistics(BaseModel):
    """What became of the texts, of all batches or of one; the ten most frequent errors."""

    model_config = ConfigDict(defer_build=True)

    batch_id: str | None
    attempted: int = Field(description="Reports that somebody has begun to send.")
    by_status: DeliveryCounts
    delivery_rate: DeliveryRate
    errors: list[ErrorCount]
    updated_at: UpdatedAt


class DeliveryStatusView(DeliveryCounts):
    """The deliveries' counts alone, for polling."""

    updated_at: UpdatedAt


class ReportsStatusView(ReportCounts):
    """The reports' counts alone, for polling."""

    updated_at: UpdatedAt


@api.get("/api/v1/admin/dashboard/summary", summary="Everything at one glance", tags=["Dashboard"])
@requires(Permission.INSIGHTS_READ)
def get_summary() -> Summary:
    """Sums over all batches; they follow what happens by a second or two."""
    figures = statistics.of_tenant(api.caller.tenant_id)
    return Summary(
        batches=BatchCounts.of(figures),
        reports=ReportCounts.of(figures),
        deliveries=DeliveryCounts.of(figures),
        delivery_rate=figures.delivery_rate,
        opened=figures.opened,
        downloads=figures.downloads,
        templates=figures.templates,
        updated_at=_changed_at(figures),
    )


@api.get("/api/v1/admin/dashboard/activity", summary="What happened lately", tags=["Dashboard"])
@requires(Permission.INSIGHTS_READ)
def list_activity(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ActivityList:
    """The last ninety days of batches and templates, and each report's first opening."""
    page = activities.page(api.caller.tenant_id, size=limit, cursor=cursor)
    return ActivityList(activities=[ActivityView.of(each) for each in page.items], next_cursor=page.next_cursor)


@api.get("/api/v1/admin/delivery/status", summary="Delivery statistics", tags=["Delivery"])
@requires(Permission.RESULTS_READ)
def get_delivery_statistics(
    batch_id: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
) -> DeliveryStatistics:
    """What became of the texts of all batches, or of one."""
    tenant_id = api.caller.tenant_id
    figures = statistics.of_batch(tenant_id, batch_id) if batch_id else statistics.of_tenant(tenant_id)
    return DeliveryStatistics(
        batch_id=batch_id,
        attempted=figures.attempted,
        by_status=DeliveryCounts.of(figures),
        delivery_rate=figures.delivery_rate,
        errors=[ErrorCount(error_code=code, reports=count) for code, count in figures.errors],
        updated_at=_changed_at(figures),
    )


@api.get("/api/v1/admin/status/delivery", summary="Where all texts are", tags=["Delivery"])
@requires(Permission.RESULTS_READ)
def poll_delivery_status() -> DeliveryStatusView:
    """The deliveries of all batches, at the path that pollers use."""
    figures = statistics.of_tenant(api.caller.tenant_id)
    return DeliveryStatusView(**_by_name(figures.deliveries), updated_at=_changed_at(figures))


@api.get("/api/v1/admin/status/reports", summary="How far all reports are", tags=["Reports"])
@requires(Permission.RESULTS_READ)
def poll_reports_status() -> ReportsStatusView:
    """The reports of all batches, at the path that pollers use."""
    figures = statistics.of_tenant(api.caller.tenant_id)
    return ReportsStatusView(
        total=sum(figures.reports.values()), **_by_name(figures.reports), updated_at=_changed_at(figures)
    )


def _by_name(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: count for status, count in counts.items()}


def _changed_at(figures: Figures) -> str | None:
    return to_text(figures.updated_at) if figures.updated_at else None
