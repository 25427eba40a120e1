"""Who is asking: pure rules."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in a tenant; `herald.identity.permissions` says what each may do."""

    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    AGENT = "AGENT"
    SALESPERSON = "SALESPERSON"
    VIEWER = "VIEWER"
    INTEGRATION = "INTEGRATION"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as their token says: one user, in one tenant, in one role, in one session."""

    user_id: str
    tenant_id: str
    role: Role
    session_id: str
    scopes: frozenset[str] | None = None
    """What an API key is confined to, within its role; ``None`` for people."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asking at a customer's door: the one person that a link was sent to, for one report."""

    tenant_id: str
    report_id: str
    link_id: str
