"""Deliveries: the work of their queue, and the names that tie a delivery, its messages and its reports together."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from herald.messaging.model import Reference
from herald.results.reports.model import DeliveryStatus, Place, Report
from herald.values.ids import derived_id

DELIVERY_GIVEN_UP_AFTER = timedelta(hours=1)
TEXTS_PER_CHUNK = 25
"""Reports per message of the delivery queue."""
REFERENCE_KIND = "report"
_MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class RequestedDelivery:
    """What was asked for: for when (``None``: now), for how many reports, and a password that is shown this once.

    ``failed`` counts the rows of a batch that have no report to send.
    ``reached`` is where the text is already, if the same was asked for before.
    """

    scheduled_for: datetime | None
    reports: int = 1
    failed: int = 0
    password: str | None = None
    reached: DeliveryStatus | None = None

    @property
    def status(self) -> DeliveryStatus:
        if self.reached is not None:
            return self.reached
        return DeliveryStatus.QUEUED if self.scheduled_for is None else DeliveryStatus.SCHEDULED


@dataclass(frozen=True, slots=True)
class DeliveryWork:
    """A message of the delivery queue: a chunk whose reports are to be sent, once per ``delivery_id``.

    With a ``report_id``, it is for that one report, and only as long as this is its newest delivery. With a
    ``scheduled_for`` (RFC 3339), it is a batch's, and only as long as that schedule stands. Without
    ``allow_duplicates``, no phone gets a text of it that has one of the batch about another row.
    """

    tenant_id: str
    batch_id: str
    first_row: int
    last_row: int
    delivery_id: str
    phone: str = ""
    custom_message: str = ""
    tries: int = 0
    report_id: str = ""
    scheduled_for: str = ""
    allow_duplicates: bool = False

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    @property
    def rows(self) -> int:
        """From the first row to the last, both included."""
        return self.last_row - self.first_row + 1

    def parts(self) -> list[Self]:
        """The work in pieces: of a chunk's size, or so many larger ones that they are soon divided themselves."""
        size = max(TEXTS_PER_CHUNK, -(-self.rows // _MOST_PARTS))
        return [
            replace(self, first_row=first_row, last_row=min(first_row + size - 1, self.last_row))
            for first_row in range(self.first_row, self.last_row + 1, size)
        ]

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PasswordRecipient:
    """Somebody whom a report is for, and the hash of their password, empty where they have none."""

    row: int
    report_id: str
    name: str
    phone: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """A password that was made for somebody."""

    recipient: PasswordRecipient
    password: str


def message_id_of(delivery_id: str, report: Report) -> str:
    """The message that carries a report in a delivery: one, however often the delivery is tried."""
    return derived_id(delivery_id, report.report_id)


def reference_of(report: Report) -> Reference:
    """What a message about a report carries: the report's place."""
    return Reference(REFERENCE_KIND, f"{report.batch_id}#{report.row}")


def place_of(tenant_id: str, reference: Reference) -> Place | None:
    """The report that a reference names; ``None`` where it names something else."""
    if reference.kind != REFERENCE_KIND:
        return None
    batch_id, _, row = reference.id.partition("#")
    return Place(tenant_id, batch_id, int(row))
