"""API keys: how a program signs in. Shown once, kept as a hash, confined to scopes, ended at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from herald.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from herald.identity.keys.model import LONGEST_NAME, MOST_KEYS, USUAL_LIFETIME_DAYS, ApiKey, checked_scopes
from herald.identity.keys.store import KeyStore
from herald.identity.keys.text import PREFIX, SECRET_CHARACTERS, hash_of, join_key, split_key, unknown_key
from herald.identity.model import Principal, Role
from herald.identity.rate_limits.model import subject_of_user
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.staff.store import MembershipStore
from herald.values.clock import Clock, utc_now
from herald.values.ids import random_text

_SHOWN_CHARACTERS = 6
_USE_NOTED_EVERY = timedelta(hours=1)


class ApiKeys:
    def __init__(
        self, store: KeyStore, memberships: MembershipStore, rate_limits: RateLimitStore, *, clock: Clock = utc_now
    ) -> None:
        self._store = store
        self._memberships = memberships
        self._rate_limits = rate_limits
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
            days: how long it is good, or ``None`` for a year.

        Raises:
            Invalid: it has no name, or a scope that a program cannot have.
            Conflict: the tenant has too many keys (``too_many_keys``).
            Forbidden: the caller has just ceased to be an administrator.
        """
        if not 1 <= len(name.strip()) <= LONGEST_NAME:
            raise Invalid("Say what the key is for.", fields={"name": f"1 to {LONGEST_NAME} characters"})
        present = self._store.of_tenant(principal.tenant_id)
        if len(present) >= MOST_KEYS:
            raise Conflict("There are too many keys; revoke one that is not used.", code="too_many_keys")
        now, secret = self._clock(), random_text(width=SECRET_CHARACTERS)
        key = ApiKey(
            tenant_id=principal.tenant_id,
            key_id=key_id,
            secret_hash=hash_of(secret),
            name=name.strip(),
            hint=f"{PREFIX}…{secret[:_SHOWN_CHARACTERS]}",
            role=Role.INTEGRATION,
            scopes=checked_scopes(scopes),
            created_by=principal.user_id,
            created_at=now,
            expires_at=now.replace(microsecond=0) + timedelta(days=days or USUAL_LIFETIME_DAYS),
        )
        self._store.add(key)
        for earlier in present:
            if earlier.key_id == key_id:  # made by an earlier try at this request, whose answer got lost
                self._store.delete(earlier)
        if not self._is_answered_for(key):
            raise Forbidden("Only an administrator makes API keys.", code="permission_denied")
        return key, join_key(principal.tenant_id, secret)

    def of_tenant(self, principal: Principal) -> list[ApiKey]:
        """All keys of the caller's tenant, without their secrets."""
        return self._store.of_tenant(principal.tenant_id)

    def revoke(self, principal: Principal, key_id: str) -> None:
        """Ends a key at once and everywhere.

        Raises:
            NotFound: the tenant has no such key.
        """
        self._end(self._get(principal, key_id))

    def hand_over(self, principal: Principal, key_id: str, person_id: str) -> ApiKey:
        """Makes another administrator answer for a key: it ends with their work here, no more with its maker's.

        Raises:
            NotFound: the tenant has no such key, or the person is not one of its administrators.
        """
        key = self._get(principal, key_id)
        if not self._is_admin(principal.tenant_id, person_id):
            raise NotFound("There is no such administrator here.", fields={"user_id": person_id})
        handed = replace(key, handed_to=person_id)
        if not (self._store.hand_over(key, person_id) and self._is_answered_for(handed)):
            raise _no_such_key(key_id)
        return handed

    def end_of_owner(self, tenant_id: str, person_id: str) -> None:
        """Ends at once all keys that a person answers for, as they are no administrator there any more."""
        for key in self._store.of_tenant(tenant_id):
            if key.owner == person_id:
                self._end(key)

    def verify(self, text: str) -> ApiKey:
        """The key that a text is, its use noted.

        Raises:
            Unauthenticated: it is none of ours, or was revoked, or has expired.
        """
        tenant_id, secret = split_key(text)
        key = self._store.find(tenant_id, hash_of(secret))
        now = self._clock()
        if key is None:
            raise unknown_key()
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthenticated("This API key has expired; generate another one.", code="token_expired")
        if key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY:
            self._store.note_use(key, now=now)
        return key

    def _get(self, principal: Principal, key_id: str) -> ApiKey:
        key = next((key for key in self._store.of_tenant(principal.tenant_id) if key.key_id == key_id), None)
        if key is None:
            raise _no_such_key(key_id)
        return key

    def _is_answered_for(self, key: ApiKey) -> bool:
        """Whether a key's owner is still an administrator; where they ceased to be while it was stored, it ends.

        Whoever ends their work ends the keys that they find afterwards: either they find this one, or this finds that.
        """
        if self._is_admin(key.tenant_id, key.owner):
            return True
        self._end(key)
        return False

    def _is_admin(self, tenant_id: str, person_id: str) -> bool:
        membership = self._memberships.find(tenant_id, person_id)
        return membership is not None and membership.is_admin

    def _end(self, key: ApiKey) -> None:
        self._rate_limits.end_session(subject_of_user(key.tenant_id, key.principal.user_id), key.principal.session_id)
        self._store.delete(key)


def _no_such_key(key_id: str) -> NotFound:
    return NotFound("There is no such key.", fields={"key_id": key_id})
