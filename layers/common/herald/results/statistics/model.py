"""How much there is of what: counted from the items themselves, so that a sum always agrees with its lists."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from herald.results.batches.model import BatchStatus
from herald.results.reports.model import DeliveryStatus, ReportStatus
from herald.results.statistics.changes import Change, Image, Subject

ERRORS_SHOWN = 10
_DELIVERED = (DeliveryStatus.DELIVERED,)
_CAME_TO_NOTHING = (DeliveryStatus.UNDELIVERED, DeliveryStatus.FAILED)
_NOT_BEGUN = (DeliveryStatus.NOT_SENT, DeliveryStatus.SCHEDULED)


class ErrorCount(NamedTuple):
    """A carrier's error code, and how many reports have it as their last word."""

    error_code: str
    reports: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a tenant, or of one batch, and when they last changed."""

    counts: Mapping[str, int] = field(default_factory=dict)
    updated_at: datetime | None = None

    @property
    def batches(self) -> dict[BatchStatus, int]:
        """How many batches are in each status; deleted ones are none."""
        return {
            status: self._count(f"batch.{status.value}") for status in BatchStatus if status is not BatchStatus.DELETED
        }

    @property
    def reports(self) -> dict[ReportStatus, int]:
        """How many rows are in each status."""
        return {status: self._count(f"report.{status.value}") for status in ReportStatus}

    @property
    def deliveries(self) -> dict[DeliveryStatus, int]:
        """How many reports are in each status of delivery; only those with a PDF count as not sent."""
        return {status: self._count(f"delivery.{status.value}") for status in DeliveryStatus}

    @property
    def attempted(self) -> int:
        """How many reports somebody has begun to send."""
        return sum(count for status, count in self.deliveries.items() if status not in _NOT_BEGUN)

    @property
    def begun(self) -> int:
        """How many reports have been asked to be sent, the scheduled ones included."""
        return sum(count for status, count in self.deliveries.items() if status is not DeliveryStatus.NOT_SENT)

    @property
    def delivery_rate(self) -> float | None:
        """Which share was delivered, of the reports whose delivery has ended; None before the first has."""
        delivered = sum(self.deliveries[status] for status in _DELIVERED)
        ended = delivered + sum(self.deliveries[status] for status in _CAME_TO_NOTHING)
        return round(delivered / ended, 4) if ended else None

    @property
    def errors(self) -> list[ErrorCount]:
        """The most frequent errors, `ERRORS_SHOWN` at most."""
        counts = [
            ErrorCount(name.removeprefix("error."), count)
            for name, count in self.counts.items()
            if name.startswith("error.") and count > 0
        ]
        return sorted(counts, key=lambda error: (-error.reports, error.error_code))[:ERRORS_SHOWN]

    @property
    def downloads(self) -> int:
        """How often a PDF was opened."""
        return self._count("download")

    @property
    def opened(self) -> int:
        """How many reports were opened at least once."""
        return self._count("opened")

    @property
    def templates(self) -> int:
        return self._count("template")

    def _count(self, name: str) -> int:
        return self.counts.get(name, 0)


def counted(subject: Subject, image: Image) -> Counter[str]:
    """What one item, as it is, adds to the sums."""
    if not image:
        return Counter()
    if subject is Subject.TEMPLATE:
        return Counter(["template"])
    if subject is Subject.BATCH:
        status = image["status"]
        return Counter() if status == BatchStatus.DELETED else Counter([f"batch.{status}"])
    return _counted_report(image)


def effect_of(change: Change) -> dict[str, int]:
    """By how much a change alters the sums; what it leaves as it was is not named."""
    sums = counted(change.subject, change.after)
    sums.subtract(counted(change.subject, change.before))
    return {name: count for name, count in sums.items() if count}


def _counted_report(image: Image) -> Counter[str]:
    status, delivery = image["status"], image["delivery_status"]
    counts = Counter([f"report.{status}"])
    if delivery != DeliveryStatus.NOT_SENT or status == ReportStatus.READY:
        counts[f"delivery.{delivery}"] = 1
    if delivery in _CAME_TO_NOTHING and image.get("delivery_error"):
        counts[f"error.{image['delivery_error']}"] = 1
    if downloads := int(image.get("downloads", 0)):
        counts["download"] = downloads
        counts["opened"] = 1
    return counts
