"""Sending reports: asked for at a door, done by a worker, followed through the messages' own records."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol, Self

from herald.errors import Unavailable, Unprocessable
from herald.messaging.model import MessageStatus
from herald.messaging.service import TryAgainLater
from herald.results.links import mint_link
from herald.results.model import (
    ROWS_PER_CHUNK,
    Batch,
    BatchStatus,
    Chunk,
    DeliveryStatus,
    Link,
    Place,
    Report,
    ReportStatus,
)
from herald.results.passwords import ReportPasswords
from herald.values.clock import Clock, utc_now
from herald.values.ids import derived_id

DEFAULT_MESSAGE = "{name}, your report: {link}"
"""Short, so that it stays one segment (160 characters) also with an address as long as API Gateway's own."""
LONGEST_MESSAGE = 1000
REFERENCE_KIND = "report"
_MAY_BE_SENT_FROM = [
    DeliveryStatus.NOT_SENT,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.UNDELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.UNKNOWN,
]
# Also what seems to be under way: its claim may have been released (a busy carrier), or its worker may have died with
# it. The claim of its message, not this, is what keeps a text from going out twice.
_MAY_BE_TAKEN_FROM = [DeliveryStatus.QUEUED, DeliveryStatus.SENDING]
_MOST_PARTS = 100
_MOST_TRIES = 12
_FIRST_DELAY_SECONDS = 2
_LONGEST_DELAY_SECONDS = 300


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, as they are at this moment."""
        ...


class Deliveries(Protocol):
    """Where it is recorded how the delivery of each report stands."""

    def set_password(self, report: Report, password_hash: str) -> None:
        """Replaces a report's password."""
        ...

    def begin_delivery(
        self, place: Place, *, now: datetime, delivery_id: str, from_statuses: Sequence[DeliveryStatus]
    ) -> bool:
        """Queues a report for a new delivery; False where its present one is not in ``from_statuses``."""
        ...

    def update_delivery(
        self, place: Place, status: DeliveryStatus, *, now: datetime, delivery_id: str, error_code: str
    ) -> bool:
        """Moves a report's delivery on; False where another delivery has begun since."""
        ...


class Links(Protocol):
    """Where links are kept."""

    def put(self, link: Link) -> None:
        """Stores a new link."""
        ...


class Work(Protocol):
    """The queue of the delivery worker."""

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        """Puts work on the queue, to be seen after the delay."""
        ...


class Messenger(Protocol):
    """Sends one message at most once (`herald.messaging.service.Messenger`)."""

    def claim(self, *, tenant_id: str, message_id: str, to: str, body: str, reference: str) -> bool:
        """Reserves a message; False where it was claimed before."""
        ...

    def hand_over(self, *, tenant_id: str, message_id: str, to: str, text: str) -> MessageStatus:
        """Gives a claimed message to the carrier."""
        ...


class RequestingDelivery:
    """What happens at the door: the request is checked, recorded and queued."""

    def __init__(
        self,
        batches: BatchRecords,
        deliveries: Deliveries,
        work: Work,
        passwords: ReportPasswords,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._deliveries = deliveries
        self._work = work
        self._passwords = passwords
        self._clock = clock

    def send_report(
        self,
        report: Report,
        *,
        delivery_id: str,
        phone: str,
        custom_message: str,
        schedule_time: datetime | None = None,
    ) -> str | None:
        """Queues one report, also one that was sent before.

        Args:
            report: it must be ready.
            delivery_id: the same for each try at this request.
            phone: another number than the sheet's, E.164, or empty.
            custom_message: the text, with ``{name}`` and ``{link}`` (added where missing), or empty for the usual one.
            schedule_time: not served yet; refused rather than ignored, as the text would go out at once.

        Returns:
            The password, where the sheet had none and one was made: shown this once, kept only as a hash.

        Raises:
            Unprocessable: the report is not ready, or is on its way already, or is to be sent at a later time.
        """
        report.require_pdf()
        if schedule_time is not None:
            raise Unprocessable(
                "Sending at a later time is not served yet; leave schedule_time out to send now.",
                code="schedule_unavailable",
            )
        message_id = message_id_of(delivery_id, report)
        if report.delivery_id != message_id and not self._deliveries.begin_delivery(
            report.place, now=self._clock(), delivery_id=message_id, from_statuses=_MAY_BE_SENT_FROM
        ):
            raise Unprocessable("This report is on its way already.", code="delivery_in_progress")
        password = self._password_for(report, message_id)
        row = report.row
        work = DeliveryWork(report.tenant_id, report.batch_id, row, row, delivery_id, phone, custom_message)
        self._work.send([work.to_message()])
        return password

    def send_batch(self, tenant_id: str, batch_id: str, *, delivery_id: str, custom_message: str) -> int:
        """Queues the reports of a batch that were never sent; gives how many of its reports are ready.

        Raises:
            Unprocessable: the batch is not completed, or some rows have no password (send those one by one: a
                generated password is shown to whoever asks for it).
        """
        batch = self._batches.get(tenant_id, batch_id)
        if batch.status is not BatchStatus.COMPLETED:
            raise Unprocessable("The batch is not completed yet.", code="batch_not_completed")
        if batch.without_password:
            raise Unprocessable(
                f"{batch.without_password} rows have no password: add a password column, or send them one by one.",
                code="password_missing",
                fields={"rows_without_password": batch.without_password},
            )
        work = DeliveryWork(tenant_id, batch_id, 1, batch.last_row, delivery_id, custom_message=custom_message)
        self._work.send([work.to_message()])
        return batch.successful

    def _password_for(self, report: Report, message_id: str) -> str | None:
        password = self._passwords.generate(message_id)
        password_hash = self._passwords.hash(report.report_id, password)
        if not report.recipient.password_hash:
            self._deliveries.set_password(report, password_hash)
            return password
        # The second try of a request that made one shows the same one again.
        return password if report.recipient.password_hash == password_hash else None


@dataclass(frozen=True, slots=True)
class DeliveryWork:
    """A message of the delivery queue: a chunk whose reports are to be sent, once per ``delivery_id``."""

    tenant_id: str
    batch_id: str
    first_row: int
    last_row: int
    delivery_id: str
    phone: str = ""
    custom_message: str = ""
    tries: int = 0

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    def parts(self) -> list[Self]:
        """The work in pieces: of a chunk's size, or so many larger ones that they are soon divided themselves."""
        rows = self.last_row - self.first_row + 1
        size = max(ROWS_PER_CHUNK, -(-rows // _MOST_PARTS))
        return [
            replace(self, first_row=first_row, last_row=min(first_row + size - 1, self.last_row))
            for first_row in range(self.first_row, self.last_row + 1, size)
        ]

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)


class Delivering:
    """What happens in the worker: each report of a chunk gets its link and its text, at most once."""

    def __init__(
        self,
        reports: Reports,
        deliveries: Deliveries,
        links: Links,
        messenger: Messenger,
        work: Work,
        *,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        self._reports = reports
        self._deliveries = deliveries
        self._links = links
        self._messenger = messenger
        self._work = work
        self._public_url = public_url
        self._clock = clock

    def deliver(self, work: DeliveryWork) -> dict[str, int]:
        """Sends what is queued in a chunk; gives how many texts ended in which state.

        More than a chunk is divided, so that whoever asks for a batch need not wait until all of it is queued. Where
        the carrier is busy, the rest of the chunk goes back to the queue with a growing delay.

        Raises:
            Unavailable: the carrier was busy for too long; the message belongs to the dead letters.
        """
        parts = work.parts()
        if len(parts) > 1:
            self._work.send([part.to_message() for part in parts])
            return {"divided": len(parts)}
        counts: dict[str, int] = {}
        chunk = Chunk(work.first_row, work.last_row)
        for report in self._reports.chunk(work.tenant_id, work.batch_id, chunk):
            if not self._take(report, work):
                continue
            try:
                outcome = self._deliver(report, work)
            except TryAgainLater:
                self._postpone(replace(work, first_row=report.row, tries=work.tries + 1))
                return counts | {"postponed": work.last_row - report.row + 1}
            counts[outcome] = counts.get(outcome, 0) + 1
        return counts

    def _take(self, report: Report, work: DeliveryWork) -> bool:
        """Whether this work is what sends the report: it was queued for it, or was never sent and now is."""
        if report.status is not ReportStatus.READY:
            return False
        message_id = message_id_of(work.delivery_id, report)
        if report.delivery_id == message_id:
            return report.delivery_status in _MAY_BE_TAKEN_FROM
        return self._deliveries.begin_delivery(
            report.place, now=self._clock(), delivery_id=message_id, from_statuses=[DeliveryStatus.NOT_SENT]
        )

    def _deliver(self, report: Report, work: DeliveryWork) -> str:
        wording = work.custom_message or DEFAULT_MESSAGE
        # Without its link a text is of no use, and other clients of this contract do not know the word for it.
        wording = wording if "{link}" in wording else f"{wording} {{link}}"
        text = _addressed(wording, report.recipient.name)
        message = {
            "tenant_id": report.tenant_id,
            "message_id": message_id_of(work.delivery_id, report),
            "to": work.phone or report.recipient.phone,
        }
        # Before the claim: a claimed text must be handed over, and a link that nobody was sent just expires.
        link, token = mint_link(report, now=self._clock())
        self._links.put(link)
        if not self._messenger.claim(**message, body=text.replace("{link}", "…"), reference=reference_of(report)):
            return "claimed_before"
        url = f"{self._public_url}/customer?token={token}"
        return self._messenger.hand_over(**message, text=text.replace("{link}", url)).value

    def _postpone(self, work: DeliveryWork) -> None:
        if work.tries > _MOST_TRIES:
            raise Unavailable("The carrier has been busy for too long.", code="carrier_busy")
        delay = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2 ** (work.tries - 1))
        self._work.send([work.to_message()], delay_seconds=delay)


class FollowingDelivery:
    """Takes what became of a message back to its report."""

    def __init__(self, deliveries: Deliveries, *, clock: Clock = utc_now) -> None:
        self._deliveries = deliveries
        self._clock = clock

    def follow(
        self, reference: str, *, tenant_id: str, message_id: str, status: MessageStatus, error_code: str
    ) -> bool:
        """Moves a report's delivery to where its message is; False where the message is not the report's newest."""
        place = place_of(tenant_id, reference)
        if place is None:
            return False
        return self._deliveries.update_delivery(
            place,
            DeliveryStatus(status.value),
            now=self._clock(),
            delivery_id=message_id,
            error_code=error_code,
        )


def _addressed(wording: str, name: str) -> str:
    if not name:
        wording = wording.replace("{name}, ", "")
        wording = wording[:1].upper() + wording[1:]
    return wording.replace("{name}", name).strip()


def message_id_of(delivery_id: str, report: Report) -> str:
    """The message that carries a report in a delivery: one, however often the delivery is tried."""
    return derived_id(delivery_id, report.report_id)


def reference_of(report: Report) -> str:
    """What a message about a report carries: the report's place."""
    return f"{REFERENCE_KIND}#{report.batch_id}#{report.row}"


def place_of(tenant_id: str, reference: str) -> Place | None:
    """The report that a reference names; ``None`` where it names something else."""
    kind, _, place = reference.partition("#")
    if kind != REFERENCE_KIND:
        return None
    batch_id, _, row = place.partition("#")
    return Place(tenant_id, batch_id, int(row))
