"""Where delivery goes in tests: a queue nobody empties, a scheduler whose time never comes, and who asks for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from herald.errors import Unavailable
from herald.messaging.model import MessageChange
from herald.messaging.service import Messenger
from herald.messaging.store import MessageRow, MessageStore
from herald.results.batches.model import Batch
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.corrections.store import CorrectionStore
from herald.results.delivery.delivering import Delivering, FollowingDelivery
from herald.results.delivery.duplicates import DuplicateTexts
from herald.results.delivery.model import DeliveryWork
from herald.results.delivery.service import BatchDelivery, ReportDelivery
from herald.results.delivery.store import DeliveryStore, PasswordStore
from herald.results.duplicates.store import PhoneIndex
from herald.results.links.store import LinkStore
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock
from herald.values.ids import new_id
from tests.messaging.outbox import FakeCarrier
from tests.support.clock import FakeClock
from tests.support.cloud import PUBLIC_URL
from tests.support.results import NOW, PASSWORDS, TENANT, reports_store
from tests.support.tenants import standings

_A_CENTURY_OF_DAYS = 36_500


@dataclass
class FullQueue:
    """A queue that nobody empties."""

    messages: list[tuple[dict[str, object], int]] = field(default_factory=list)
    broken: bool = False

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        if self.broken:
            raise Unavailable("The queue is busy; try again in a moment.", code="queue_busy")
        self.messages += [(dict(message), delay_seconds) for message in messages]

    def works(self) -> list[DeliveryWork]:
        return [DeliveryWork.from_message(message) for message, _ in self.messages]


@dataclass
class IdleSchedule:
    """A scheduler whose time never comes."""

    entries: dict[str, tuple[datetime, dict[str, object]]] = field(default_factory=dict)

    def put_once(self, name: str, moment: datetime, message: Mapping[str, object]) -> bool:
        if name in self.entries:
            return False
        self.entries[name] = (moment, dict(message))
        return True

    def delete(self, name: str) -> None:
        self.entries.pop(name, None)

    def delete_beginning(self, beginning: str, *, at_most: int) -> int:
        found = [name for name in self.entries if name.startswith(beginning)][:at_most]
        for name in found:
            del self.entries[name]
        return len(found)

    def works(self) -> list[DeliveryWork]:
        return [DeliveryWork.from_message(message) for _, message in self.entries.values()]


@dataclass
class DeliveryRequests:
    """The use cases of whoever asks for deliveries."""

    reports: ReportDelivery
    batches: BatchDelivery


def delivery_requests(
    queue: FullQueue, schedule: IdleSchedule, clock: Clock, *, batches: BatchStore | None = None
) -> DeliveryRequests:
    """Over the real stores."""
    duplicates = DuplicateTexts(reports_store(), PhoneIndex())
    return DeliveryRequests(
        ReportDelivery(
            DeliveryStore(),
            PasswordStore(),
            MessageStore(),
            queue,
            schedule,
            PASSWORDS,
            duplicates,
            CorrectionStore(),
            clock=clock,
        ),
        BatchDelivery(batches or BatchStore(), reports_store(), queue, schedule, duplicates, clock=clock),
    )


class DeliveryPipeline:
    """The worker, its carrier and its queue, and the stream of messages between them and the reports."""

    def __init__(self, *, reports: ReportStore | None = None) -> None:
        self.clock = FakeClock(NOW)
        self.carrier = FakeCarrier()
        self.queue = FullQueue()
        messenger = Messenger(MessageStore(), self.carrier, callback_base="https://callback", clock=self.clock)
        self.worker = Delivering(
            BatchStore(),
            reports or ReportStore(),
            DeliveryStore(),
            LinkStore(),
            messenger,
            self.queue,
            DuplicateTexts(reports or ReportStore(), PhoneIndex()),
            standings=standings(self.clock),
            public_url=PUBLIC_URL,
            clock=self.clock,
        )

    def deliver(self, work: DeliveryWork) -> dict[str, int]:
        """Does one piece of work."""
        return self.worker.deliver(work)

    def follow_all(self) -> None:
        """Tells the reports what their messages are at this moment, as the stream does."""
        following = FollowingDelivery(DeliveryStore(), clock=self.clock)
        for row in MessageRow.scan():
            following.follow(MessageChange(row.tenant_id, row.message_id, row.reference, row.status, row.error_code))

    def phones(self) -> list[str]:
        """Whom the carrier was asked to text, in order."""
        return [offer.to for offer in self.carrier.offers]


def whole(batch: Batch, *, delivery_id: str = "", text: str = "", tries: int = 0, phone: str = "") -> DeliveryWork:
    """The work of a whole (small) batch."""
    return DeliveryWork(
        TENANT, batch.batch_id, 1, 25, delivery_id or new_id(), phone=phone, custom_message=text, tries=tries
    )


def keep_for_ever(batch_id: str) -> None:
    """Retains a batch of the tests' fixed past as long as today's clock may need it."""
    row = BatchRow(batches_partition(TENANT), batch_id)
    row.update(actions=[BatchRow.retention_days.set(_A_CENTURY_OF_DAYS)])
