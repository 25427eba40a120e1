"""API keys in DynamoDB: ``{tenant}#keys``, by the hash of their secret."""

from datetime import datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from herald.identity.keys.service import MOST_KEYS, ApiKey
from herald.identity.model import Role
from herald.identity.permissions import Permission
from herald.identity.rows import IdentityRow
from herald.values.clock import from_text, to_text


class KeyRow(IdentityRow):
    """An API key, without its secret; goes by itself when it has expired."""

    tenant_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    name = UnicodeAttribute()
    hint = UnicodeAttribute()
    role = UnicodeAttribute()
    scopes = JSONAttribute()
    created_by = UnicodeAttribute()
    created_at = UnicodeAttribute()
    ends_at = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)


class KeyStore:
    """`KeyRecords` over DynamoDB."""

    def add(self, key: ApiKey) -> bool:
        """Stores a new key; False where this secret exists already."""
        row = KeyRow(
            _partition(key.tenant_id),
            key.secret_hash,
            tenant_id=key.tenant_id,
            key_id=key.key_id,
            name=key.name,
            hint=key.hint,
            role=key.role.value,
            scopes=[scope.value for scope in key.scopes],
            created_by=key.created_by,
            created_at=to_text(key.created_at),
            ends_at=to_text(key.expires_at) if key.expires_at else None,
            expires_at=key.expires_at,
        )
        return row.save_if(KeyRow.partition.does_not_exist())

    def find(self, tenant_id: str, secret_hash: str) -> ApiKey | None:
        """The tenant's key with that hash."""
        try:
            return _key(KeyRow.get(_partition(tenant_id), secret_hash, consistent_read=True))
        except DoesNotExist:
            return None

    def of_tenant(self, tenant_id: str) -> list[ApiKey]:
        """All keys of a tenant, oldest first."""
        rows = KeyRow.query(_partition(tenant_id), limit=MOST_KEYS, consistent_read=True)
        return sorted(map(_key, rows), key=lambda key: key.created_at)

    def delete(self, key: ApiKey) -> None:
        """Forgets a key; harmless where it is gone."""
        KeyRow(_partition(key.tenant_id), key.secret_hash).delete()

    def note_use(self, key: ApiKey, *, now: datetime) -> None:
        """Records that a key was used; harmless where it is gone."""
        KeyRow(_partition(key.tenant_id), key.secret_hash).update_if(
            [KeyRow.last_used_at.set(to_text(now))], KeyRow.partition.exists()
        )


def _key(row: KeyRow) -> ApiKey:
    return ApiKey(
        tenant_id=row.tenant_id,
        key_id=row.key_id,
        secret_hash=row.sort,
        name=row.name,
        hint=row.hint,
        role=Role(row.role),
        scopes=tuple(map(Permission, row.scopes)),
        created_by=row.created_by,
        created_at=from_text(row.created_at),
        expires_at=from_text(row.ends_at) if row.ends_at else None,
        last_used_at=from_text(row.last_used_at) if row.last_used_at else None,
    )


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#keys"
