"""What the dashboard shows."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from herald.http.schemas import NextCursor, TextOrNull, Timestamp, View
from herald.results.batches.model import BatchStatus
from herald.results.reports.model import ReportStatus
from herald.results.statistics.activity import ActivityKind


class BatchCounts(View):
    """How many batches there are, and in which status."""

    total: int
    """The four together; deleted batches are none."""
    pending: int
    """Waiting for their workbook."""
    processing: int
    """Being read or rendered."""
    completed: int
    """With a PDF or a reason why not for every row."""
    failed: int
    """Whose workbook as a whole would not do."""


class ReportCounts(View):
    """How many reports there are, and in which status."""

    total: int
    """The three together."""
    pending: int
    """Being rendered, or waiting for it."""
    ready: int
    """With their PDF."""
    failed: int
    """Without a PDF, and with a reason."""


class DeliveryCounts(View):
    """Where the texts of the reports are; a report without a PDF is not among those not sent."""

    not_sent: int
    """With a PDF, and not asked to be sent, or taken back."""
    scheduled: int
    """Waiting for a time of their own."""
    queued: int
    """On their way to the carrier, or waiting there."""
    sending: int
    """Being handed to the carrier, or by it to the network."""
    unknown: int
    """Perhaps sent, and nobody can tell yet; never sent again by themselves."""
    sent: int
    """Given to the person's network."""
    delivered: int
    """On the phone."""
    undelivered: int
    """Not taken by the person's network or phone."""
    failed: int
    """Refused by the carrier, or too long to be sent."""


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
    """The organisation's batches, counted."""
    reports: Annotated[ReportCounts, BeforeValidator(with_total)]
    """The reports of all batches, counted."""
    deliveries: DeliveryCounts
    """Where the latest text of each report is, counted."""
    delivery_rate: DeliveryRate
    opened: int
    """Reports whose PDF was opened by its recipient at least once."""
    downloads: int
    """How often recipients opened a PDF, all openings together."""
    templates: int
    """How many templates there are."""
    updated_at: UpdatedAt


class ActivityView(View):
    """One thing that happened; ``name`` is the batch's or the template's at that time."""

    kind: ActivityKind
    """What happened."""
    at: Timestamp
    """When it happened."""
    name: TextOrNull
    """What the batch or the template was called then; null for a report, so that nobody is named."""
    batch_id: TextOrNull
    """UUID of the batch that it was about, or that the report is of; null for a template's."""
    template_id: TextOrNull
    """UUID of the template that it was about, or that the batch is on; null for a report's."""
    report_id: TextOrNull
    """UUID of the report that was opened; null for anything else."""


class ActivityList(View):
    """What happened, newest first; ``next_cursor`` continues the list."""

    activities: list[ActivityView] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor


class ErrorCount(View):
    """How many reports a carrier's error code was the last word on."""

    error_code: str = Field(examples=["21610", "message_too_long"])
    """The carrier's code (Twilio's), or one of ours."""
    reports: int
    """How many reports have it as the last word on their text."""


class DeliveryStatistics(View):
    """What became of the texts, of all batches or of one; the ten most frequent errors."""

    batch_id: str | None
    """UUID of the batch that was asked for; null for all batches."""
    attempted: int
    """Reports that somebody has begun to send: all but those not sent and those scheduled."""
    by_status: DeliveryCounts = Field(validation_alias="deliveries")
    """Where the latest text of each report is, counted."""
    delivery_rate: DeliveryRate
    errors: list[ErrorCount]
    """The most frequent reasons for texts that did not arrive, ten at most, the most frequent first."""
    updated_at: UpdatedAt


class DeliveryStatusView(DeliveryCounts):
    """The deliveries' counts alone, for polling."""

    updated_at: UpdatedAt


class ReportsStatusView(ReportCounts):
    """The reports' counts alone, for polling."""

    updated_at: UpdatedAt
