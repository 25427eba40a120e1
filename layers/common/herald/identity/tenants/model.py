"""An organisation."""

from dataclasses import dataclass
from datetime import datetime


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
