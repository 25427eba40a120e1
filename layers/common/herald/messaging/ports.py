"""What messaging needs of the outside world."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from herald.values.carrier import CarrierAnswer


class Carrier(Protocol):
    """Whoever carries texts to phones."""

    def send(self, *, to: str, body: str, callback_url: str) -> CarrierAnswer:
        """Offers one text; never raises for what the network or the carrier does."""
        ...


class ChangeQueue(Protocol):
    """A queue of changes of messages: a context's, or that of the changes that no context's queue took."""

    def offer(self, messages: Sequence[Mapping[str, object]]) -> dict[int, str]:
        """Puts messages on the queue; gives which of them it did not take, by their positions, and why.

        Never raises for what the network or the queue does.
        """
        ...
