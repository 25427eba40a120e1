"""An organisation."""

from dataclasses import dataclass
from datetime import datetime

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
