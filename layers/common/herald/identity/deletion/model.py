"""Somebody who left an organisation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Departure:
    """A message of the queue: a person who left a tenant, whose traces there are to be removed.

    ``cursor`` is where to go on in the tenant's audit log.
    """

    person_id: str
    tenant_id: str
    cursor: str | None = None

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)
