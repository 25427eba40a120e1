"""What the dashboard shows."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from herald.http.schemas import TextOrNull, Timestamp, View
from herald.results.batches.model import BatchStatus
from herald.results.reports.model import ReportStatus


class BatchCounts(View):
    """How many batches there are, and in which status."""

    total: int
    pending: int
    processing: int
    completed: int
    failed: int


class ReportCounts(View):
    """How many reports there are, and in which status."""

    total: int
    pending: int
    ready: int
    failed: int


class DeliveryCounts(View):
    """Where the texts of the reports are; a report without a PDF is not among those not sent."""

    not_sent: int
    scheduled: int
    queued: int
    sending: int
    unknown: int
    sent: int
    delivered: int
    undelivered: int
    failed: int


def with_total(counts: Mapping[BatchStatus, int] | Mapping[ReportStatus, int]) -> dict[str, int]:
    return {status.value: count for status, count in counts.items()} | {"total": sum(counts.values())}


DeliveryRate = Annotated[
    float | None,
    Field(description="Delivered, as a share of delivered, undelivered and failed; null before there are any."),
]
UpdatedAt = Annotated[Timestamp | None, Field(description="When these sums last changed; null before they first did.")]


class Summary(View):
    """Everything at one glance."""

    batches: Annotated[BatchCounts, BeforeValidator(with_total)]
    reports: Annotated[ReportCounts, BeforeValidator(with_total)]
    deliveries: DeliveryCounts
    delivery_rate: DeliveryRate
    opened: int = Field(description="Reports that were opened at least once.")
    downloads: int = Field(description="How often a PDF was opened.")
    templates: int
    updated_at: UpdatedAt


class ActivityView(View):
    """One thing that happened; ``name`` is the batch's or the template's at that time."""

    kind: str
    at: Timestamp
    name: TextOrNull
    batch_id: TextOrNull
    template_id: TextOrNull
    report_id: TextOrNull


class ActivityList(View):
    """What happened, newest first; ``next_cursor`` continues the list."""

    activities: list[ActivityView] = Field(validation_alias="items")
    next_cursor: str | None


class ErrorCount(View):
    """How many reports a carrier's error code was the last word on."""

    error_code: str
    reports: int


class DeliveryStatistics(View):
    """What became of the texts, of all batches or of one; the ten most frequent errors."""

    batch_id: str | None
    attempted: int = Field(description="Reports that somebody has begun to send.")
    by_status: DeliveryCounts = Field(validation_alias="deliveries")
    delivery_rate: DeliveryRate
    errors: list[ErrorCount]
    updated_at: UpdatedAt


class DeliveryStatusView(DeliveryCounts):
    """The deliveries' counts alone, for polling."""

    updated_at: UpdatedAt


class ReportsStatusView(ReportCounts):
    """The reports' counts alone, for polling."""

    updated_at: UpdatedAt
