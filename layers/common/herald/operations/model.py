"""Queues of dead letters, and what may be seen of a letter: pure rules."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

MOST_REPLAYED = 100
"""In one request, so that it ends within its time; what is left is for the next."""
_SHOWN = frozenset(
    {
        *("tenant_id", "batch_id", "report_id", "delivery_id", "erasure_id", "message_id", "mail_id", "template_id"),
        *("row", "first_row", "last_row", "tries", "round", "kind", "status", "error_code", "reference"),
        *("key", "functionArn", "condition", "approximateInvokeCount", "errorType"),
        *("shardId", "startSequenceNumber", "batchSize"),
    }
)
"""The names of what says which work it was and what became of it. Whatever else a letter says may be of a person."""
_LONGEST_SHOWN = 300
_DEEPEST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue of dead letters as it stands."""

    name: str
    depth: int
    """About how many letters there are."""
    oldest_at: datetime | None
    """Of the few letters that were looked at; ``None`` where there are none."""
    can_be_replayed: bool


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """What may be seen of a dead letter."""

    letter_id: str
    sent_at: datetime
    receives: int
    content: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of dead letters: how many were sent back, how many stay and why, about how many are left."""

    replayed: int
    left: int
    kept: Mapping[str, int] = field(default_factory=dict)


def message_in(body: str) -> dict[str, object] | None:
    """The JSON object that a letter is; ``None`` where it is none."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def part_of(message: object, *names: str) -> object:
    """What stands in a message under these names, one within the other; ``None`` where there is nothing."""
    for name in names:
        if not isinstance(message, Mapping):
            return None
        message = message.get(name)
    return message


def shown_content(body: str) -> Mapping[str, str | int]:
    """What a letter says of its work, by the name of each part, wherever in it that stands."""
    content: dict[str, str | int] = {}
    for name, value in _parts(message_in(body), _DEEPEST_SHOWN):
        content.setdefault(name, value[:_LONGEST_SHOWN] if isinstance(value, str) else value)
    return content


def _parts(message: object, depth: int) -> Iterator[tuple[str, str | int]]:
    if not isinstance(message, Mapping) or not depth:
        return
    for name, value in message.items():
        if name in _SHOWN and isinstance(value, str | int):
            yield name, value
        yield from _parts(value, depth - 1)
