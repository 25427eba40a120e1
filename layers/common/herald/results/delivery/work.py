"""The work of the delivery queue, and the names that tie a delivery, its messages and its reports together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, Self

from herald.messaging.model import Reference
from herald.results.delivery.model import TEXTS_PER_CHUNK
from herald.results.reports.model import Place, Report
from herald.values.ids import derived_id

REFERENCE_KIND = "report"
_MOST_PARTS = 100


class Work(Protocol):
    """The queue of the delivery worker."""

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        """Puts work on the queue, to be seen after the delay."""
        ...


@dataclass(frozen=True, slots=True)
class DeliveryWork:
    """A message of the delivery queue: a chunk whose reports are to be sent, once per ``delivery_id``.

    With a ``report_id``, it is for that one report, and only as long as this is its newest delivery. With a
    ``scheduled_for`` (RFC 3339), it is a batch's, and only as long as that schedule stands.
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

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    def parts(self) -> list[Self]:
        """The work in pieces: of a chunk's size, or so many larger ones that they are soon divided themselves."""
        rows = self.last_row - self.first_row + 1
        size = max(TEXTS_PER_CHUNK, -(-rows // _MOST_PARTS))
        return [
            replace(self, first_row=first_row, last_row=min(first_row + size - 1, self.last_row))
            for first_row in range(self.first_row, self.last_row + 1, size)
        ]

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)


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
