"""Who is asking: pure rules."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from herald.values.ids import derived_id

ABSENT_ID = "00000000-0000-0000-0000-000000000000"
"""Looked up in place of what is not there, so that it takes as many reads as what is."""
_LOGINS = "7d3c9a52-6c1b-4f6e-9d6f-6b0f6f0f2f11"


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
    email_verified: bool = True
    """Whether the person's address was confirmed when the token was made."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asking with a link's token: the one person that the link was sent to, for one report."""

    tenant_id: str
    report_id: str
    link_id: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is asking, as IAM says: somebody who runs this installation, and belongs to none of its tenants."""

    arn: str
    """Of the user, or of the role and its session."""
    tenant_id: ClassVar[str] = "operator"
    """Stands where a tenant's id would; those are UUIDs."""


def login_id(login: str) -> str:
    """A stable id for an e-mail address or a user name as it is compared, so that neither stands in a key."""
    return derived_id(_LOGINS, login)
