"""A queue that can be looked at."""

from collections.abc import Mapping, Sequence


class RememberingQueue:
    """Keeps what is sent to it in order, and for how long it should have waited."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, object]] = []
        self.delays: list[int] = []

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        """Puts messages on the queue."""
        self.messages += messages
        self.delays += [delay_seconds] * len(messages)

    def take(self) -> Mapping[str, object] | None:
        """The oldest message, if there is one; it is taken."""
        return self.messages.pop(0) if self.messages else None
