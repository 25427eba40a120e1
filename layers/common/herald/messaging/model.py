"""A message on its way to one person: its states, and the rule that they only move forward."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class MessageStatus(StrEnum):
    """Where a message is.

    ``UNKNOWN``: handed to the carrier, perhaps. Nobody can tell, and it is never sent again by itself.
    """

    SENDING = "sending"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


_RANK = {
    MessageStatus.SENDING: 0,
    MessageStatus.UNKNOWN: 1,
    MessageStatus.QUEUED: 2,
    MessageStatus.SENT: 3,
    MessageStatus.FAILED: 4,
    MessageStatus.UNDELIVERED: 5,
    MessageStatus.DELIVERED: 6,
}
"""No two alike, so that reports in any order end in the same place."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a message is about: the kind of thing, which decides who is told of the message, and which one it is.

    Its text is ``kind#id``; only the id may have a ``#`` in it.
    """

    kind: str
    id: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The inverse of ``str``; a text without a kind has one that nobody is told of."""
        kind, _, identifier = text.partition("#")
        return cls(kind, identifier)

    def __str__(self) -> str:
        return f"{self.kind}#{self.id}"


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one person, whose number is not kept: it outlives what it is about.

    ``body`` is what we keep of it: secrets in it are blotted out before it comes here.
    """

    tenant_id: str
    message_id: str
    body: str
    reference: Reference
    status: MessageStatus
    created_at: datetime
    carrier_id: str = ""
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a carrier says became of a message."""

    tenant_id: str
    message_id: str
    status: MessageStatus
    carrier_id: str
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class MessageChange:
    """What whoever a message is about is told when the message has changed: how it stands since."""

    tenant_id: str
    message_id: str
    reference: Reference
    status: MessageStatus
    error_code: str = ""

    @classmethod
    def from_message(cls, message: Mapping[str, str]) -> Self:
        """The change that a message of a subscriber's queue tells (`herald.messaging.relay`)."""
        return cls(
            message["tenant_id"],
            message["message_id"],
            Reference.from_text(message["reference"]),
            MessageStatus(message["status"]),
            message.get("error_code", ""),
        )


def moves_forward(current: MessageStatus, reported: MessageStatus) -> bool:
    """Whether a report tells something newer; callbacks come late, twice and out of order."""
    return _RANK[reported] > _RANK[current]


def statuses_before(reported: MessageStatus) -> list[MessageStatus]:
    """The statuses that a report of this one may replace."""
    return [status for status in MessageStatus if moves_forward(status, reported)]
