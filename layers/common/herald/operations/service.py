"""Dead letters: counted, looked at without what they say of people, and sent back to where they came from.

Sending back is at least once: a letter is removed only when its work was taken, and a function that dies in between
leaves it there. All work here may be done twice without doing anything twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from herald.errors import NotFound, Unavailable, Unprocessable
from herald.operations.model import (
    QueueState,
    Replayed,
    ShownLetter,
    message_in,
    part_of,
    shown_content,
)
from herald.operations.ports import Destination, LetterQueue, Worker
from herald.values.dead_letter import DeadLetter


@dataclass(frozen=True, slots=True)
class Letters:
    """A queue of dead letters, and where its work goes to be tried again; ``None`` where that would be wrong."""

    queue: LetterQueue
    destination: Destination | None


class DeadLetters:
    def __init__(self, letters: Mapping[str, Letters]) -> None:
        """Takes the queues by their names."""
        self._letters = letters

    def states(self) -> Sequence[QueueState]:
        """How each queue stands."""
        return [self._state(name, letters) for name, letters in self._letters.items()]

    def look(self, name: str) -> Sequence[ShownLetter]:
        """Some letters of a queue, ten at most, whichever it gives; all of them stay.

        Raises:
            NotFound: there is no such queue.
        """
        return [
            ShownLetter(letter.letter_id, letter.sent_at, letter.receives, shown_content(letter.body))
            for letter in self._get(name).queue.look()
        ]

    def replay(self, name: str, *, most: int) -> Replayed:
        """Sends so many letters of a queue back, at most; what is not taken stays among them, hidden for a minute.

        Raises:
            NotFound: there is no such queue.
            Unprocessable: sending back its letters would do harm (``not_replayable``).
            Unavailable: the queue is busy; what was sent back may come again.
        """
        letters = self._get(name)
        if letters.destination is None:
            raise Unprocessable(
                "What is in this queue cannot be sent back; docs/operations.md says what to do.", code="not_replayable"
            )
        replayed, kept = 0, Counter[str]()
        while replayed + kept.total() < most:
            taken = letters.queue.take(most - replayed - kept.total())
            if not taken:
                break
            refused = _send_back(taken, letters.destination)
            letters.queue.remove([letter for position, letter in enumerate(taken) if position not in refused])
            replayed += len(taken) - len(refused)
            kept.update(refused.values())
        return Replayed(replayed, letters.queue.depth() + kept.total(), kept)

    def _get(self, name: str) -> Letters:
        letters = self._letters.get(name)
        if letters is None:
            raise NotFound(f"There is no such queue; there are {', '.join(self._letters)}.")
        return letters

    def _state(self, name: str, letters: Letters) -> QueueState:
        depth = letters.queue.depth()
        found = letters.queue.look() if depth else ()
        oldest = min((letter.sent_at for letter in found), default=None)
        return QueueState(name, depth, oldest, can_be_replayed=letters.destination is not None)


class LostEvents:
    """Events that functions gave up, as Lambda tells of them: each goes to its function again."""

    def __init__(self, workers: Mapping[str, Worker]) -> None:
        """Takes the functions by their names."""
        self._workers = workers

    def offer(self, messages: Sequence[Mapping[str, object]]) -> Mapping[int, str]:
        """Hands each event over (see `Destination`)."""
        refusals = {position: self._refusal_of(message) for position, message in enumerate(messages)}
        return {position: refusal for position, refusal in refusals.items() if refusal}

    def _refusal_of(self, message: Mapping[str, object]) -> str:
        arn, event = part_of(message, "requestContext", "functionArn"), message.get("requestPayload")
        # arn:aws:lambda:<region>:<account>:function:<name>[:<version>]
        name = "".join(str(arn).split(":")[6:7])
        if name not in self._workers or not isinstance(event, Mapping):
            return "unknown_function"
        try:
            self._workers[name].tell(event)
        except Unavailable as error:
            return error.code
        return ""


class LostChanges:
    """Changes of messages that their subscriber's queue did not take: each goes there again."""

    def __init__(self, subscribers: Mapping[str, Destination]) -> None:
        """Takes the queues by the kind of what messages are about."""
        self._subscribers = subscribers

    def offer(self, messages: Sequence[Mapping[str, object]]) -> Mapping[int, str]:
        """Hands each change over (see `Destination`); one that only tells a place in a stream is not taken."""
        refused: dict[int, str] = {}
        for position, message in enumerate(messages):
            subscriber = self._subscribers.get(str(message.get("reference", "")).partition("#")[0])
            if subscriber is None:
                refused[position] = "place_in_a_stream" if "DDBStreamBatchInfo" in message else "unknown_kind"
                continue
            for reason in subscriber.offer([message]).values():
                refused[position] = reason
        return refused


def _send_back(letters: Sequence[DeadLetter], destination: Destination) -> dict[int, str]:
    """Hands over what letters ask for; gives those that stay, by position, and why."""
    messages = {position: message_in(letter.body) for position, letter in enumerate(letters)}
    readable = {position: message for position, message in messages.items() if message is not None}
    refused = dict.fromkeys(messages.keys() - readable.keys(), "unreadable")
    positions = list(readable)
    offered = destination.offer(list(readable.values())) if readable else {}
    return refused | {positions[number]: reason for number, reason in offered.items()}
