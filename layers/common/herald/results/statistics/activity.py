"""What happened lately, for whoever looks at the dashboard: taken from the changes themselves, never of a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from herald.results.batches.model import BatchStatus
from herald.results.statistics.changes import Change, Subject

ACTIVITY_KEPT = timedelta(days=90)
_SEQUENCE_DIGITS = 40
"""As many as DynamoDB's API gives a stream's sequence numbers."""


class ActivityKind(StrEnum):
    """What kind of thing happened."""

    BATCH_CREATED = "batch_created"
    BATCH_STARTED = "batch_started"
    BATCH_COMPLETED = "batch_completed"
    BATCH_FAILED = "batch_failed"
    BATCH_DELETED = "batch_deleted"
    BATCH_EXPIRED = "batch_expired"
    TEMPLATE_CREATED = "template_created"
    TEMPLATE_CHANGED = "template_changed"
    TEMPLATE_DELETED = "template_deleted"
    REPORT_OPENED = "report_opened"


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happened; ``name`` is the batch's or the template's, as it was then."""

    tenant_id: str
    kind: ActivityKind
    at: datetime
    name: str = ""
    batch_id: str = ""
    template_id: str = ""
    report_id: str = ""


def activity_key(change: Change) -> str:
    """What puts the activities of a tenant in order, and is the same each time that a change is told."""
    return f"{change.at:%Y-%m-%dT%H:%M:%SZ}#{change.sequence:0{_SEQUENCE_DIGITS}}#{change.event_id}"


def activity_of(change: Change) -> Activity | None:
    """What a change means to somebody who looks at the dashboard; most mean nothing."""
    kind = _KIND_OF[change.subject](change)
    if kind is None:
        return None
    image = change.after or change.before
    return Activity(
        tenant_id=change.tenant_id,
        kind=kind,
        at=change.at,
        name="" if change.subject is Subject.REPORT else image.get("name", ""),
        batch_id=image.get("batch_id", ""),
        template_id=image.get("template_id", ""),
        report_id=image.get("report_id", ""),
    )


def _of_batch(change: Change) -> ActivityKind | None:
    before, after = change.before.get("status"), change.after.get("status")
    if before == after:
        return None
    if before is None:
        return ActivityKind.BATCH_CREATED
    if after is None:
        return None if before == BatchStatus.DELETED else ActivityKind.BATCH_EXPIRED
    return {
        BatchStatus.PROCESSING.value: ActivityKind.BATCH_STARTED,
        BatchStatus.COMPLETED.value: ActivityKind.BATCH_COMPLETED,
        BatchStatus.FAILED.value: ActivityKind.BATCH_FAILED,
        BatchStatus.DELETED.value: ActivityKind.BATCH_DELETED,
    }.get(after)


def _of_template(change: Change) -> ActivityKind | None:
    if not change.before:
        return ActivityKind.TEMPLATE_CREATED
    if not change.after:
        return ActivityKind.TEMPLATE_DELETED
    before, after = int(change.before["version"]), int(change.after["version"])
    return ActivityKind.TEMPLATE_CHANGED if 0 < before < after else None


def _of_report(change: Change) -> ActivityKind | None:
    if not change.before or not change.after:
        return None
    before, after = (int(image.get("downloads", 0)) for image in (change.before, change.after))
    return ActivityKind.REPORT_OPENED if before == 0 < after else None


_KIND_OF = {Subject.BATCH: _of_batch, Subject.TEMPLATE: _of_template, Subject.REPORT: _of_report}
