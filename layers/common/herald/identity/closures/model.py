"""When a closed organisation is erased, and what is asked for then."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self

GRACE_PERIOD = timedelta(days=30)
"""In which an administrator can undo it."""
REMEMBERED_FOR = timedelta(days=2)
"""That an organisation was erased, by its id alone: longer than any token of it is good."""


@dataclass(frozen=True, slots=True)
class TenantErasure:
    """A message of the queue: a closed tenant of which a part is to be erased.

    ``part`` is empty for the first one, ``cursor`` is where to go on in it, and ``found`` counts what this round found.
    """

    tenant_id: str
    round: int = 1
    part: str = ""
    cursor: str | None = None
    found: int = 0

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)
