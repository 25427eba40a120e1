"""What the stream of the results table tells: each write, as what an item was before it and is after it.

The items are read raw and in part: a hundred thousand rows of a workbook come by here one by one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

Image = Mapping[str, str]
"""Some attributes of an item as text; empty where there is no such item."""

_TOLD = (
    "status",
    "name",
    "batch_id",
    "template_id",
    "report_id",
    "version",
    "delivery_status",
    "delivery_error",
    "downloads",
    "expires_at",
)


class Subject(StrEnum):
    """What a change is about."""

    BATCH = "batch"
    REPORT = "report"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one item.

    ``source`` is the item's partition within its tenant: what is written there is told in the order in which it was
    written, under numbers (``sequence``) that grow. ``event_id`` stays the same when a change is told again.
    """

    tenant_id: str
    source: str
    subject: Subject
    sequence: int
    event_id: str
    at: datetime
    before: Image
    after: Image


def changes_of(records: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """The changes of batches, reports and templates among a stream's records, in order."""
    for record in records:
        change = record["dynamodb"]
        tenant_id, _, source = change["Keys"]["pk"]["S"].partition("#")
        subject = _subject_of(source, change["Keys"]["sk"]["S"])
        if subject is None:
            continue
        yield Change(
            tenant_id=tenant_id,
            source=source,
            subject=subject,
            sequence=int(change["SequenceNumber"]),
            event_id=record["eventID"],
            at=datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC),
            before=_image(change.get("OldImage")),
            after=_image(change.get("NewImage")),
        )


def _subject_of(source: str, sort: str) -> Subject | None:
    if source.startswith("batch#"):
        return Subject.REPORT if sort.startswith("row#") else None
    return {"batches": Subject.BATCH, "templates": Subject.TEMPLATE}.get(source)


def _image(item: Mapping[str, Mapping[str, object]] | None) -> Image:
    if not item:
        return {}
    return {name: str(*item[name].values()) for name in _TOLD if name in item}
