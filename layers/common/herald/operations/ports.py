"""What operations need of the outside world."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from herald.values.dead_letter import DeadLetter


class LetterQueue(Protocol):
    """A queue of dead letters."""

    def depth(self) -> int:
        """About how many letters there are."""
        ...

    def look(self) -> Sequence[DeadLetter]:
        """Some letters, which stay."""
        ...

    def take(self, most: int) -> Sequence[DeadLetter]:
        """Some letters, which nobody else is given for a while; none where there are none left."""
        ...

    def remove(self, letters: Sequence[DeadLetter]) -> None:
        """Removes letters that were taken."""
        ...


class Destination(Protocol):
    """Where work goes that is to be tried again."""

    def offer(self, messages: Sequence[Mapping[str, object]]) -> Mapping[int, str]:
        """Hands over work; gives what was not taken, by position, and why in a word. Never raises for that."""
        ...


class Worker(Protocol):
    """A function that does work when it can."""

    def tell(self, payload: Mapping[str, object]) -> None:
        """Hands it some work, or raises Unavailable."""
        ...
