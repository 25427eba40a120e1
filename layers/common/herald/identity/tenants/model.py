"""An organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_NAME = 200
MOST_TENANTS = 100
"""Of one person; a list of theirs is one answer."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation. ``number`` is the integer by which iPerform knows it."""

    tenant_id: str
    name: str
    number: int
    created_at: datetime
    active: bool = True
    tax_number: str = ""
    website: str = ""
    industry: str = ""
    closed_at: datetime | None = None
    """Since when an administrator has it closed; ``None`` where it is at work."""
    erase_at: datetime | None = None
    """From when on a closed one is erased."""
    erasing_since: datetime | None = None
    """When its erasing began, which nobody can undo."""

    @property
    def state(self) -> "TenantState":
        if self.erasing_since is not None:
            return TenantState.ERASING
        return TenantState.OPEN if self.closed_at is None else TenantState.CLOSED

    @property
    def at_work(self) -> bool:
        """Whether it is neither closed nor suspended."""
        return self.active and self.state is TenantState.OPEN


class TenantState(StrEnum):
    """Whether an organisation is there for its people."""

    OPEN = "open"
    CLOSED = "closed"
    """To be erased: nobody does anything in it but undo that."""
    ERASING = "erasing"
    """Being erased, or erased: it is there for nobody."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What every request asks about the organisation that it is for; ``limits`` are those agreed with it, by name."""

    limits: Mapping[str, int]
    state: TenantState = TenantState.OPEN
