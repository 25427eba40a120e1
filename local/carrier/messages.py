"""The messages the carrier holds: what they are, how they read in Twilio's JSON, and how many are kept."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum

from local.carrier.segments import count_segments

API_VERSION = "2010-04-01"
_PRICE_PER_SEGMENT = 0.0079
"""US dollars; only the sign and the form matter to a client."""


class Status(StrEnum):
    """Where a message stands, in the order in which it may move."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"

    def follows(self, other: "Status") -> bool:
        """Whether a message may move from ``other`` to this status."""
        order = list(Status)
        return order.index(self) > order.index(other)


class Direction(StrEnum):
    """Who wrote the message."""

    OUTBOUND = "outbound-api"
    INBOUND = "inbound"


@dataclass(slots=True, frozen=True)
class CallbackPost:
    """One post of a status callback, and what came back: an HTTP status, or the error that prevented one."""

    message_status: Status
    attempt: int
    posted_at: datetime
    response_status: int | None
    error: str | None


def new_sid() -> str:
    """A message sid nobody has had before."""
    return "SM" + secrets.token_hex(16)


@dataclass(slots=True)
class Message:
    """One text, outbound or inbound."""

    account_sid: str
    to: str
    sender: str | None
    body: str
    status: Status
    direction: Direction = Direction.OUTBOUND
    messaging_service_sid: str | None = None
    status_callback: str | None = None
    media_count: int = 0
    error_code: int | None = None
    error_message: str | None = None
    sid: str = field(default_factory=new_sid)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None
    callbacks: list[CallbackPost] = field(default_factory=list)

    def move_to(self, status: Status) -> None:
        """Take ``status``, unless the message has already got further."""
        if not status.follows(self.status):
            return
        self.status = status
        self.updated_at = datetime.now(UTC)
        if self.sent_at is None and status is not Status.QUEUED:
            self.sent_at = self.updated_at

    def document(self) -> dict[str, object]:
        """The message as Twilio's Message resource."""
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"
        # Twilio knows neither sender nor segments of a message that still waits for its service to choose a sender.
        segments = 0 if self.status is Status.ACCEPTED else count_segments(self.body)
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": format_datetime(self.created_at),
            "date_sent": self.sent_at and format_datetime(self.sent_at),
            "date_updated": format_datetime(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.sender,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": str(self.media_count),
            "num_segments": str(segments),
            "price": f"{-_PRICE_PER_SEGMENT * segments:.5f}" if self.sent_at else None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


class MessageStore:
    """The newest messages, in the order of their arrival."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._messages: dict[str, Message] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def newest_first(self) -> Iterator[Message]:
        """Every message, from the newest to the oldest."""
        return reversed(self._messages.values())

    def add(self, message: Message) -> None:
        """Keep ``message``; beyond the capacity the oldest is forgotten."""
        self._messages[message.sid] = message
        if len(self._messages) > self._capacity:
            del self._messages[next(iter(self._messages))]

    def find(self, sid: str) -> Message | None:
        """The message of this sid, if it is still remembered."""
        return self._messages.get(sid)

    def clear(self) -> None:
        """Forget every message."""
        self._messages.clear()
