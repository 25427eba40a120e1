"""Changes of messages reach the queue of whoever they are about, whatever becomes of the other queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.messaging.model import MessageChange, MessageStatus, Reference
from herald.messaging.relay import MessageRelay

Message = Mapping[str, str]
KINDS = ("report", "campaign", "conversation")


class Killed(BaseException):
    """The end of a function that ran out of time."""


@dataclass
class FaultyQueue:
    """Keeps what it takes; each of the coming offers meets one of the faults first."""

    messages: list[Mapping[str, object]] = field(default_factory=list)
    refusals: list[set[int]] = field(default_factory=list)
    kills: int = 0

    def offer(self, messages: Sequence[Mapping[str, object]]) -> dict[int, str]:
        if self.kills:
            self.kills -= 1
            raise Killed
        refused = self.refusals.pop(0) if self.refusals else set()
        self.messages += [message for position, message in enumerate(messages) if position not in refused]
        return {position: "InternalError" for position in sorted(refused) if position < len(messages)}

    def told(self) -> list[str]:
        """The ids of the messages that it knows of, in the order in which they came."""
        return [str(message["message_id"]) for message in self.messages]


def stored(number: int, kind: str = "report") -> Message:
    """A message as it is stored."""
    return {
        "pk": f"tenant#message#{number}",
        "tenant_id": "tenant",
        "message_id": str(number),
        "body": "Your report: ...",
        "reference": f"{kind}#batch#{number}",
        "status": "sent",
        "error_code": "",
    }


def records(*kinds: str) -> dict[str, Message]:
    """The records of a stream, one per kind, by their sequence numbers."""
    return {str(100 + number): stored(number, kind) for number, kind in enumerate(kinds)}


def relay_until_told(relay: MessageRelay, changes: dict[str, Message]) -> int:
    """Hands changes to the relay as Lambda does: what failed comes again with all behind it. Gives the invocations."""
    numbers, invocations = list(changes), 0
    while numbers:
        invocations += 1
        try:
            failed = relay.relay({number: changes[number] for number in numbers}).failed_records
        except Killed:
            continue
        numbers = numbers[numbers.index(failed[0]) :] if failed else []
    return invocations


def test_a_change_goes_to_the_queue_of_what_its_message_is_about() -> None:
    queues = {kind: FaultyQueue() for kind in KINDS}

    relayed = MessageRelay(queues, FaultyQueue()).relay(records("report", "campaign", "report", "conversation"))

    assert [queues[kind].told() for kind in KINDS] == [["0", "2"], ["1"], ["3"]]
    assert relayed.told == {"report": 2, "campaign": 1, "conversation": 1}
    assert relayed.failed_records == []


def test_who_is_told_learns_how_the_message_stands_but_not_to_whom_it_went_or_what_it_says() -> None:
    queue = FaultyQueue()

    MessageRelay({"report": queue}, FaultyQueue()).relay(records("report"))

    (told,) = queue.messages
    change = MessageChange.from_message({name: str(value) for name, value in told.items()})
    assert change == MessageChange("tenant", "0", Reference("report", "batch#0"), MessageStatus.SENT)
    assert told.keys() == {"tenant_id", "message_id", "reference", "status", "error_code"}


@pytest.mark.parametrize("reference", ["invoice#7", "", "report"])
def test_what_nobody_subscribes_to_is_dropped_and_counted(reference: str) -> None:
    relayed = MessageRelay({"campaign": FaultyQueue()}, FaultyQueue()).relay(
        {"100": {**stored(0), "reference": reference}}
    )

    assert relayed.dropped.total() == 1
    assert (relayed.told, relayed.failed_records) == ({}, [])


def test_a_refused_change_is_kept_whole_among_the_dead_letters_and_does_not_come_again() -> None:
    report, dead_letters = FaultyQueue(refusals=[{1}]), FaultyQueue()

    relayed = MessageRelay({"report": report}, dead_letters).relay(records("report", "report", "report"))

    assert (report.told(), dead_letters.told()) == (["0", "2"], ["1"])
    assert dead_letters.messages[0].keys() == report.messages[0].keys()
    assert relayed.refused == {"report: InternalError": 1}
    assert relayed.failed_records == []


def test_changes_that_nothing_takes_come_again_in_the_order_of_the_stream() -> None:
    report, campaign = FaultyQueue(refusals=[{1}]), FaultyQueue(refusals=[{0, 1}])
    dead_letters = FaultyQueue(refusals=[{0, 1}])
    changes = records("report", "campaign", "report", "campaign")

    relayed = MessageRelay({"report": report, "campaign": campaign}, dead_letters).relay(changes)

    assert relayed.failed_records == ["101", "102"]
    assert dead_letters.told() == ["3"]


def test_a_queue_that_takes_nothing_costs_the_others_nothing() -> None:
    broken, other, dead_letters = FaultyQueue(refusals=[set(range(10))]), FaultyQueue(), FaultyQueue()
    relay = MessageRelay({"report": broken, "campaign": other}, dead_letters)

    assert relay_until_told(relay, records("report", "campaign", "report")) == 1

    assert (other.told(), dead_letters.told()) == (["1"], ["0", "2"])


def test_a_relay_that_is_killed_between_two_queues_tells_both_in_the_end() -> None:
    report, campaign = FaultyQueue(), FaultyQueue(kills=1)
    relay = MessageRelay({"report": report, "campaign": campaign}, FaultyQueue())

    assert relay_until_told(relay, records("report", "campaign", "report")) == 2

    assert report.told() == ["0", "2", "0", "2"]
    assert campaign.told() == ["1"]


REFUSALS = some.lists(some.sets(some.integers(0, 11)), max_size=4)


@given(
    kinds=some.lists(some.sampled_from(KINDS), min_size=1, max_size=12),
    refusals=some.tuples(REFUSALS, REFUSALS, REFUSALS, REFUSALS),
    kills=some.tuples(*[some.integers(0, 2)] * 4),
)
def test_every_change_is_told_or_kept_at_least_once_whatever_fails_on_the_way(
    kinds: list[str], refusals: tuple[list[set[int]], ...], kills: tuple[int, ...]
) -> None:
    *queues, dead_letters = (
        FaultyQueue(refusals=list(refused), kills=killed) for refused, killed in zip(refusals, kills, strict=True)
    )

    relay_until_told(MessageRelay(dict(zip(KINDS, queues, strict=True)), dead_letters), records(*kinds))

    told = {number for queue in queues for number in queue.told()}
    assert told | set(dead_letters.told()) == {str(number) for number in range(len(kinds))}


@given(kind=some.text().filter(lambda text: "#" not in text), identifier=some.text())
def test_a_reference_is_read_back_from_its_text(kind: str, identifier: str) -> None:
    assert Reference.from_text(str(Reference(kind, identifier))) == Reference(kind, identifier)
