"""The limits that organisations have instead of the published ones; every endpoint function asks for them."""

from collections.abc import Mapping

from cachetools import TTLCache

from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now

_REMEMBERED_SECONDS = 60
_MOST_REMEMBERED = 10_000


class TenantLimits:
    """Reads them, and remembers them for a minute, those of organisations that have none as well."""

    def __init__(self, tenants: TenantStore, *, clock: Clock = utc_now) -> None:
        self._tenants = tenants
        self._remembered: TTLCache[str, Mapping[str, int]] = TTLCache(
            _MOST_REMEMBERED, _REMEMBERED_SECONDS, timer=lambda: clock().timestamp()
        )

    def of_tenant(self, tenant_id: str) -> Mapping[str, int]:
        """How many requests a tenant's callers may make, by the name of the limit; empty where nothing was agreed."""
        limits = self._remembered.get(tenant_id)
        if limits is None:
            limits = self._remembered[tenant_id] = self._tenants.limits(tenant_id)
        return limits
