"""API keys in DynamoDB: ``{tenant}#keys``, by the hash of their secret."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from herald.identity.keys.model import MOST_KEYS, ApiKey
from herald.identity.model import Role
from herald.identity.permissions import Permission
from herald.identity.store import IdentityRow
from herald.storage import EnumAttribute, JsonAttribute, TimestampAttribute


class KeyRow(IdentityRow):
    """An API key, without its secret; goes by itself when it has expired."""

    tenant_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    name = UnicodeAttribute()
    hint = UnicodeAttribute()
    role = EnumAttribute(Role)
    scopes = JsonAttribute[tuple[Permission, ...]](tuple[Permission, ...])
    created_by = UnicodeAttribute()
    created_at = TimestampAttribute()
    last_used_at = TimestampAttribute(null=True)
    handed_to = UnicodeAttribute(null=True)


class KeyStore:
    """Keys, in the partition of their tenant's."""

    def add(self, key: ApiKey) -> bool:
        """Stores a new key; False where this secret exists already."""
        return KeyRow.from_entity(key, *_key(key.tenant_id, key.secret_hash)).save_if(KeyRow.partition.does_not_exist())

    def find(self, tenant_id: str, secret_hash: str) -> ApiKey | None:
        """The tenant's key with that hash."""
        row = KeyRow.find(*_key(tenant_id, secret_hash))
        return _api_key(row) if row else None

    def of_tenant(self, tenant_id: str) -> list[ApiKey]:
        """All keys of a tenant, oldest first."""
        rows = KeyRow.query(_partition(tenant_id), limit=MOST_KEYS, consistent_read=True)
        return sorted(map(_api_key, rows), key=lambda key: key.created_at)

    def delete(self, key: ApiKey) -> None:
        """Forgets a key; harmless where it is gone."""
        KeyRow(*_key(key.tenant_id, key.secret_hash)).delete()

    def hand_over(self, key: ApiKey, person_id: str) -> bool:
        """Records who answers for a key from now on; False where it is gone."""
        row = KeyRow(*_key(key.tenant_id, key.secret_hash))
        return row.update_if([KeyRow.handed_to.set(person_id)], KeyRow.partition.exists())

    def note_use(self, key: ApiKey, *, now: datetime) -> None:
        """Records that a key was used; harmless where it is gone."""
        row = KeyRow(*_key(key.tenant_id, key.secret_hash))
        row.update_if([KeyRow.last_used_at.set(now)], KeyRow.partition.exists())


def _api_key(row: KeyRow) -> ApiKey:
    return row.to_entity(ApiKey, secret_hash=row.sort)  # keys from before the attribute have it in their key alone


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#keys"


def _key(tenant_id: str, secret_hash: str) -> tuple[str, str]:
    return _partition(tenant_id), secret_hash
