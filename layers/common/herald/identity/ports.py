"""What identity needs of the outside world."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class PasswordHasher(Protocol):
    def hash(self, password: str) -> str:
        """A salted hash, with its own parameters in it."""
        ...

    def matches(self, password_hash: str, password: str) -> bool:
        """Whether the password made the hash; takes as long for no hash (``""``) as for one."""
        ...


class MailQueue(Protocol):
    """Where mails are asked for."""

    def send(self, messages: Sequence[Mapping[str, object]]) -> None:
        """Puts messages on the queue."""
        ...


class Mailer(Protocol):
    def send(self, *, to: str, subject: str, text: str) -> None:
        """Hands a plain text to one address over for delivery."""
        ...


class ErasureQueue(Protocol):
    """Where it is asked that something is erased."""

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        """Puts messages on the queue, to be seen after the delay."""
        ...
