"""How organisations stand, as functions ask for it."""

from datetime import datetime

from herald.identity.tenants.standings import TenantStandings
from herald.identity.tenants.store import TenantRow, TenantStore, tenant_key
from herald.values.clock import Clock


def standings(clock: Clock) -> TenantStandings:
    """Those of a function that has just started."""
    return TenantStandings(TenantStore(), clock=clock)


def mark(tenant_id: str, **moments: datetime) -> None:
    """Sets when a tenant was closed (``closed_at``), or began to be erased (``erasing_since``)."""
    TenantRow(*tenant_key(tenant_id)).update(
        actions=[getattr(TenantRow, name).set(moment) for name, moment in moments.items()]
    )


def open_again(tenant_id: str) -> None:
    TenantRow(*tenant_key(tenant_id)).update(actions=[TenantRow.closed_at.remove()])
