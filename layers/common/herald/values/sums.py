"""What changes sums: the effect of one write, and the increment of many."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much one write alters the sums; what it leaves as it was is not named.

    ``source`` is the item's partition within its tenant, ``sequence`` the write's number there; ``expires_at`` is when
    the item goes by itself, where it does; ``apart`` are sums of which there may be any number.
    """

    tenant_id: str
    source: str
    sequence: int
    difference: Mapping[str, int]
    expires_at: datetime | None = None
    apart: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        """Whether it leaves every sum as it is."""
        return not self.difference and not self.apart


@dataclass(frozen=True, slots=True)
class Increment:
    """By how much the changes of one partition alter its sums and its tenant's.

    ``position`` and ``new_position`` are the numbers of the last change that the sums hold before and after it;
    ``expires_at`` is when the partition's own sums may go, where that is known.
    """

    tenant_id: str
    source: str
    difference: Mapping[str, int]
    position: int
    new_position: int
    at: datetime
    expires_at: datetime | None
    apart: Mapping[str, int] = field(default_factory=dict)
