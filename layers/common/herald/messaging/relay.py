"""Telling each change of a message to whoever the message is about, in the order of the stream.

A change reaches its subscriber's queue at least once, and its consumer perhaps in another order: consumers only move
forward. What a status means is for them to know: one that is new, or gone again after a rollback, holds up nobody here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from herald.messaging.model import MessageChange, Reference
from herald.messaging.ports import ChangeQueue

_TOLD = tuple(each.name for each in fields(MessageChange))


@dataclass(slots=True)
class Relayed:
    """What became of changes: how many were told and dropped, by kind; why some were refused, by kind and reason."""

    told: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed_records: list[str] = field(default_factory=list)
    """Those that must come again: refused, and not kept among the dead letters either."""


class MessageRelay:
    """Puts changes of messages on the queues of those who subscribe to the kind of what the messages are about."""

    def __init__(self, subscribers: Mapping[str, ChangeQueue], dead_letters: ChangeQueue) -> None:
        self._subscribers = subscribers
        self._dead_letters = dead_letters

    def relay(self, messages: Mapping[str, Mapping[str, str]]) -> Relayed:
        """Tells each change; one that its queue refuses is kept among the dead letters, and holds up no other.

        Args:
            messages: how the messages stand since, as they are stored, by the ids of their records.

        Returns:
            What became of them; dropped is what nobody subscribes to.
        """
        relayed, refused_records = Relayed(), set[str]()
        for kind, records in _by_kind(messages).items():
            if kind not in self._subscribers:
                relayed.dropped[kind] += len(records)
                continue
            refused = self._subscribers[kind].offer([_change(messages[record]) for record in records])
            relayed.told[kind] += len(records) - len(refused)
            relayed.refused.update(f"{kind}: {reason}" for reason in refused.values())
            refused_records.update(records[position] for position in refused)
        in_order = [record for record in messages if record in refused_records]
        lost = self._dead_letters.offer([_change(messages[record]) for record in in_order])
        relayed.failed_records = [in_order[position] for position in sorted(lost)]
        return relayed


def _by_kind(messages: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    records: dict[str, list[str]] = {}
    for record, message in messages.items():
        records.setdefault(Reference.from_text(message["reference"]).kind, []).append(record)
    return records


def _change(message: Mapping[str, str]) -> dict[str, str]:
    """What `MessageChange.from_message` reads; not the number and the words of the text."""
    return {name: message[name] for name in _TOLD if name in message}
