"""What contexts that do not know each other say of an erasing that they all have a part in."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was found and erased, and where to go on; ``cursor`` is ``None`` where nothing is left for now."""

    count: int
    cursor: str | None = None


class ErasingPart(Protocol):
    """What one context does about one kind of a tenant's traces; whatever it does twice is harmless."""

    def erase(self, tenant_id: str, cursor: str | None, /) -> Erased:
        """Erases so much as fits into one invocation, from where an earlier one says to go on."""
        ...
