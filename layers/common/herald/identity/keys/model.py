"""API keys: what is kept of them, and what is not.

A key is ``hk_``, its tenant's id in 22 characters and a secret of 32 random ones (190 bits), so that it is looked up in
its own tenant and nowhere else.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from herald.errors import Invalid, Unauthenticated
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, permissions_of
from herald.values.ids import compact_id, expand_id

PREFIX = "hk_"
MOST_KEYS = 50
"""Of one tenant; all of them are one answer."""
LONGEST_NAME = 100
USUAL_LIFETIME_DAYS = 365
SECRET_CHARACTERS = 32
_TENANT_CHARACTERS = 22
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


def is_api_key(token: str) -> bool:
    """Whether a bearer token is meant as an API key."""
    return token.startswith(PREFIX)


def hash_of(secret: str) -> str:
    """What is kept of a key's secret; it is random and long, so that a fast hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def join_key(tenant_id: str, secret: str) -> str:
    return f"{PREFIX}{compact_id(tenant_id)}{secret}"


def split_key(text: str) -> tuple[str, str]:
    """The tenant's id and the secret of a key's text.

    Raises:
        Unauthenticated: it is none of ours.
    """
    tenant_part, secret = text[len(PREFIX) :][:_TENANT_CHARACTERS], text[len(PREFIX) + _TENANT_CHARACTERS :]
    if len(secret) != SECRET_CHARACTERS:
        raise unknown_key()
    try:
        return expand_id(tenant_part), secret
    except ValueError as error:
        raise unknown_key() from error


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


def unknown_key() -> Unauthenticated:
    return Unauthenticated("The API key is not valid.")
