"""Closures in DynamoDB: in the tenant's own row, and in ``closures``, where those are found whose time has come."""

from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from herald.errors import Conflict
from herald.identity.closures.model import REMEMBERED_FOR
from herald.identity.store import IdentityRow
from herald.identity.tenants.model import Tenant
from herald.identity.tenants.store import TenantNumberRow, TenantRow, tenant_key, tenant_number_key
from herald.storage import TimestampAttribute, Transaction

_PARTITION = "closures"


class ClosureRow(IdentityRow):
    """That a tenant is to be erased; there until it is."""

    tenant_id = UnicodeAttribute()
    erase_at = TimestampAttribute()


class ClosureStore:
    """Tenants that are closed."""

    def close(self, tenant_id: str, *, now: datetime, erase_at: datetime) -> None:
        """Closes a tenant; one that is closed gets another day.

        Raises:
            Conflict: it is being erased (``organisation_deleted``).
        """
        actions = [TenantRow.closed_at.set(TenantRow.closed_at | now), TenantRow.erase_at.set(erase_at)]
        with Transaction() as writes:
            writes.update(
                TenantRow(*tenant_key(tenant_id)),
                actions,
                condition=TenantRow.partition.exists() & TenantRow.erasing_since.does_not_exist(),
                refusal=_deleted(),
            )
            writes.save(ClosureRow(_PARTITION, tenant_id, tenant_id=tenant_id, erase_at=erase_at))

    def reopen(self, tenant_id: str) -> None:
        """Opens a tenant again, harmlessly where it is open.

        Raises:
            Conflict: it is being erased (``organisation_deleted``).
        """
        with Transaction() as writes:
            writes.update(
                TenantRow(*tenant_key(tenant_id)),
                [TenantRow.closed_at.remove(), TenantRow.erase_at.remove()],
                condition=TenantRow.partition.exists() & TenantRow.erasing_since.does_not_exist(),
                refusal=_deleted(),
            )
            writes.delete(ClosureRow(_PARTITION, tenant_id))

    def begin_erasing(self, tenant_id: str, *, now: datetime) -> bool:
        """Makes a closed tenant one that is being erased, also again; False where its time has not come, or it is open.

        An erased one has no closure any more.
        """
        if ClosureRow.find(_PARTITION, tenant_id) is None:
            return False
        return TenantRow(*tenant_key(tenant_id)).update_if(
            [TenantRow.erasing_since.set(TenantRow.erasing_since | now)], TenantRow.erase_at <= now
        )

    def finish(self, tenant: Tenant, *, now: datetime) -> None:
        """Leaves nothing of a tenant but its id, for a while, and the times at which it was closed and erased."""
        row = TenantRow(
            *tenant_key(tenant.tenant_id),
            tenant_id=tenant.tenant_id,
            name="",
            number=0,
            created_at=tenant.created_at,
            closed_at=tenant.closed_at,
            erasing_since=tenant.erasing_since,
            expires_at=now + REMEMBERED_FOR,
        )
        with Transaction() as writes:
            writes.save(row)
            writes.delete(TenantNumberRow(*tenant_number_key(tenant.number)))
            writes.delete(ClosureRow(_PARTITION, tenant.tenant_id))

    def due(self, now: datetime) -> Iterator[str]:
        """The tenants whose time has come, a page after another."""
        rows = ClosureRow.query(_PARTITION, filter_condition=ClosureRow.erase_at <= now, consistent_read=True)
        return (row.tenant_id for row in rows)


def _deleted() -> Conflict:
    return Conflict("This organisation is being erased, which cannot be undone.", code="organisation_deleted")
