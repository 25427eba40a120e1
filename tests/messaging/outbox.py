"""A messenger over the real store, and a carrier that does as it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from herald.messaging.model import Message, MessageStatus, Reference
from herald.messaging.service import Messenger
from herald.messaging.store import MessageStore
from herald.values.carrier import CarrierAccepted, CarrierAnswer, CarrierStatus
from herald.values.ids import new_id
from tests.support.clock import FakeClock

TENANT = "0192f3a4-5b6c-7d8e-9f00-112233445566"
PHONE = "+12025550123"
REFERENCE = Reference("report", "batch#2")
CALLBACK_BASE = "https://api.herald.example/api/v1/webhooks/sms/status"


@dataclass
class Offer:
    """One text as a carrier was offered it."""

    to: str
    body: str
    callback_url: str


@dataclass
class FakeCarrier:
    """Answers what it is told to, and remembers what it was offered."""

    answer: CarrierAnswer = field(default_factory=lambda: CarrierAccepted("SM1", CarrierStatus.QUEUED))
    offers: list[Offer] = field(default_factory=list)
    on_offer: Callable[[], object] = lambda: None

    def send(self, *, to: str, body: str, callback_url: str) -> CarrierAnswer:
        self.offers.append(Offer(to, body, callback_url))
        self.on_offer()
        return self.answer


def messenger_over(carrier: FakeCarrier, clock: FakeClock) -> Messenger:
    return Messenger(MessageStore(), carrier, callback_base=CALLBACK_BASE, clock=clock)


def claimed_message(clock: FakeClock | None = None) -> str:
    """A message that somebody reserved and nobody has sent; its id."""
    message_id = new_id()
    assert claim(messenger_over(FakeCarrier(), clock or FakeClock()), message_id)
    return message_id


def claim(messenger: Messenger, message_id: str) -> bool:
    return messenger.claim(tenant_id=TENANT, message_id=message_id, body="Your report: …", reference=REFERENCE)


def hand_over(messenger: Messenger, message_id: str) -> MessageStatus:
    return messenger.hand_over(tenant_id=TENANT, message_id=message_id, to=PHONE, text="Your report: https://x.example")


def stored(message_id: str) -> Message:
    message = MessageStore().get(TENANT, message_id)
    assert message is not None
    return message
