"""How organisations stand: what they may ask, and whether they are closed; every endpoint function asks for it."""

from cachetools import TTLCache

from herald.identity.tenants.model import Standing
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now

REMEMBERED_SECONDS = 60
_MOST_REMEMBERED = 10_000


class TenantStandings:
    """Reads how they stand, and remembers it for a minute, also of organisations that do not exist."""

    def __init__(self, tenants: TenantStore, *, clock: Clock = utc_now) -> None:
        self._tenants = tenants
        self._remembered: TTLCache[str, Standing] = TTLCache(
            _MOST_REMEMBERED, REMEMBERED_SECONDS, timer=lambda: clock().timestamp()
        )

    def of_tenant(self, tenant_id: str) -> Standing:
        """How a tenant stands; one that does not exist is open, and nothing was agreed with it."""
        standing = self._remembered.get(tenant_id)
        if standing is None:
            standing = self._remembered[tenant_id] = self._tenants.standing(tenant_id)
        return standing
