"""API keys: what is kept of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from herald.errors import Invalid
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, permissions_of

MOST_KEYS = 50
"""Of one tenant; all of them are one answer."""
LONGEST_NAME = 100
USUAL_LIFETIME_DAYS = 365
_FOR_PEOPLE = frozenset({Permission.OWN_ACCOUNT, Permission.KEYS_MANAGE})
POSSIBLE_SCOPES = tuple(sorted(permissions_of(Role.INTEGRATION) - _FOR_PEOPLE))
"""What a program may have."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. ``hint`` is the beginning of its secret, by which people recognise it."""

    tenant_id: str
    key_id: str
    secret_hash: str
    name: str
    hint: str
    role: Role
    scopes: tuple[Permission, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    handed_to: str = ""
    """The administrator who answers for it instead of its maker."""

    @property
    def owner(self) -> str:
        """The administrator with whose work here it ends."""
        return self.handed_to or self.created_by

    @property
    def principal(self) -> Principal:
        """Who is asking when somebody comes with this key."""
        return Principal(self.key_id, self.tenant_id, self.role, f"key-{self.key_id}", frozenset(self.scopes))


def checked_scopes(scopes: Iterable[str]) -> tuple[Permission, ...]:
    """The permissions that a key is confined to; all that programs may have where none are named.

    Raises:
        Invalid: a program cannot have one of them.
    """
    asked = set(scopes)
    unknown = sorted(asked - {permission.value for permission in POSSIBLE_SCOPES})
    if unknown:
        raise Invalid(
            f"A key cannot have these scopes: {', '.join(unknown)}.",
            fields={"scopes": f"any of {', '.join(POSSIBLE_SCOPES)}"},
        )
    return tuple(sorted(map(Permission, asked))) if asked else POSSIBLE_SCOPES
