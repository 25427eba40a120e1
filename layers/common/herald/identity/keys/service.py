"""API keys: how a program signs in. Shown once, kept as a hash, confined to scopes, ended at once.

A key is ``hk_``, its tenant's id in 22 characters and a secret of 32 random ones (190 bits), so that it is looked up in
its own tenant and nowhere else.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from herald.errors import Conflict, Invalid, NotFound, Unauthenticated
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, permissions_of
from herald.values.clock import Clock, utc_now
from herald.values.ids import compact_id, expand_id, random_text

PREFIX = "hk_"
MOST_KEYS = 50
"""Of one tenant; all of them are one answer."""
LONGEST_NAME = 100
_TENANT_CHARACTERS = 22
_SECRET_CHARACTERS = 32
_SHOWN_CHARACTERS = 6
_USE_NOTED_EVERY = timedelta(hours=1)
_FOR_PEOPLE = frozenset({Permission.OWN_ACCOUNT, Permission.KEYS_MANAGE})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. ``hint`` is the beginning of its secret, by which its owner recognises it."""

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

    @property
    def principal(self) -> Principal:
        """Who is asking when somebody comes with this key."""
        return Principal(self.key_id, self.tenant_id, self.role, f"key-{self.key_id}", frozenset(self.scopes))


class KeyRecords(Protocol):
    """Where keys are kept."""

    def add(self, key: ApiKey) -> bool:
        """Stores a new key; False where this id exists already."""
        ...

    def find(self, tenant_id: str, secret_hash: str) -> ApiKey | None:
        """The tenant's key with that hash."""
        ...

    def of_tenant(self, tenant_id: str) -> list[ApiKey]:
        """All keys of a tenant, oldest first."""
        ...

    def delete(self, key: ApiKey) -> None:
        """Forgets a key; harmless where it is gone."""
        ...

    def note_use(self, key: ApiKey, *, now: datetime) -> None:
        """Records that a key was used."""
        ...


class Revocations(Protocol):
    """What refuses a key that is still remembered somewhere."""

    def end_session(self, principal: Principal) -> None:
        """Refuses every later request of the session, at once and everywhere."""
        ...


class ApiKeys:
    """The use cases of keys."""

    def __init__(self, records: KeyRecords, revocations: Revocations, *, clock: Clock = utc_now) -> None:
        self._records = records
        self._revocations = revocations
        self._clock = clock

    def generate(
        self, principal: Principal, *, key_id: str, name: str, scopes: Iterable[str], days: int | None
    ) -> tuple[ApiKey, str]:
        """A new key, and its text, which is shown this once.

        Args:
            principal: whose tenant the key is for.
            key_id: names the key; the same for each try at it, of which the last one's is good.
            name: what it is for.
            scopes: the permissions it is confined to; all that programs may have where there are none.
            days: how long it is good, or ``None`` for ever.

        Raises:
            Invalid: it has no name, or a scope that a program cannot have.
            Conflict: the tenant has too many keys (``too_many_keys``).
        """
        if not 1 <= len(name.strip()) <= LONGEST_NAME:
            raise Invalid("Say what the key is for.", fields={"name": f"1 to {LONGEST_NAME} characters"})
        present = self._records.of_tenant(principal.tenant_id)
        if len(present) >= MOST_KEYS:
            raise Conflict("There are too many keys; revoke one that is not used.", code="too_many_keys")
        now, secret = self._clock(), random_text(width=_SECRET_CHARACTERS)
        key = ApiKey(
            tenant_id=principal.tenant_id,
            key_id=key_id,
            secret_hash=hash_of(secret),
            name=name.strip(),
            hint=f"{PREFIX}…{secret[:_SHOWN_CHARACTERS]}",
            role=Role.INTEGRATION,
            scopes=_checked_scopes(scopes),
            created_by=principal.user_id,
            created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
        self._records.add(key)
        for earlier in present:
            if earlier.key_id == key_id:  # made by an earlier try at this request, whose answer got lost
                self._records.delete(earlier)
        return key, f"{PREFIX}{compact_id(principal.tenant_id)}{secret}"

    def of_tenant(self, principal: Principal) -> list[ApiKey]:
        """All keys of the caller's tenant, without their secrets."""
        return self._records.of_tenant(principal.tenant_id)

    def revoke(self, principal: Principal, key_id: str) -> None:
        """Ends a key at once and everywhere.

        Raises:
            NotFound: the tenant has no such key.
        """
        key = next((key for key in self._records.of_tenant(principal.tenant_id) if key.key_id == key_id), None)
        if key is None:
            raise NotFound("There is no such key.", fields={"key_id": key_id})
        self._revocations.end_session(key.principal)
        self._records.delete(key)

    def verify(self, text: str) -> ApiKey:
        """The key that a text is, its use noted.

        Raises:
            Unauthenticated: it is none of ours, or was revoked, or has expired.
        """
        tenant_id, secret = _parts(text)
        key = self._records.find(tenant_id, hash_of(secret))
        now = self._clock()
        if key is None:
            raise _not_ours()
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthenticated("This API key has expired; generate another one.", code="token_expired")
        if key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY:
            self._records.note_use(key, now=now)
        return key


def is_api_key(token: str) -> bool:
    """Whether a bearer token is meant as an API key."""
    return token.startswith(PREFIX)


def hash_of(secret: str) -> str:
    """What is kept of a key's secret; it is random and long, so that a fast hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _parts(text: str) -> tuple[str, str]:
    tenant_part, secret = text[len(PREFIX) :][:_TENANT_CHARACTERS], text[len(PREFIX) + _TENANT_CHARACTERS :]
    if len(secret) != _SECRET_CHARACTERS:
        raise _not_ours()
    try:
        return expand_id(tenant_part), secret
    except ValueError as error:
        raise _not_ours() from error


def _checked_scopes(scopes: Iterable[str]) -> tuple[Permission, ...]:
    possible = permissions_of(Role.INTEGRATION) - _FOR_PEOPLE
    asked = set(scopes)
    unknown = sorted(asked - {permission.value for permission in possible})
    if unknown:
        raise Invalid(
            f"A key cannot have these scopes: {', '.join(unknown)}.",
            fields={"scopes": f"any of {', '.join(sorted(possible))}"},
        )
    return tuple(sorted(map(Permission, asked))) if asked else tuple(sorted(possible))


def _not_ours() -> Unauthenticated:
    return Unauthenticated("The API key is not valid.")
