"""Every organisation of an installation, for whoever runs it: listed, looked at, and given limits of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from herald.errors import Invalid, NotFound
from herald.identity.rate_limits.model import Limit
from herald.identity.tenants.model import Tenant
from herald.identity.tenants.store import TenantStore
from herald.values.page import Page

MOST_REQUESTS_PER_SECOND = 1000
"""A caller's requests are counted in one item, which takes so many writes."""


@dataclass(frozen=True, slots=True)
class TenantLimit:
    """A published limit, and what a tenant's callers may ask instead (``None``: it holds as it is)."""

    published: Limit
    agreed: int | None

    @property
    def is_agreed(self) -> bool:
        return self.agreed is not None

    @property
    def requests(self) -> int:
        """How many requests each user and key may make in the limit's window."""
        return self.published.requests if self.agreed is None else self.agreed


class TenantDirectory:
    """The use cases of operators and tenants."""

    def __init__(self, tenants: TenantStore, published: Mapping[str, Limit]) -> None:
        """Names the limits that can be agreed otherwise, by their names."""
        self._tenants = tenants
        self._published = published

    def page(self, *, size: int, cursor: str | None) -> Page[Tenant]:
        """Every tenant there is; a page may be short and yet have a cursor.

        Raises:
            Invalid: the cursor is not one of this list's.
        """
        return self._tenants.page(size=size, cursor=cursor)

    def get(self, tenant_id: str) -> Tenant:
        """A tenant, or NotFound."""
        return self._tenants.get(tenant_id)

    def limits_of(self, tenant_id: str) -> Sequence[TenantLimit]:
        """Each limit of a tenant's, and what was agreed instead."""
        agreed = self._tenants.standing(tenant_id).limits
        return [TenantLimit(limit, agreed.get(name)) for name, limit in self._published.items()]

    def set_limits(self, tenant_id: str, agreed: Mapping[str, int]) -> Sequence[TenantLimit]:
        """Agrees these limits with a tenant; what is left out holds as published.

        Running functions know it within a minute (`herald.identity.tenants.standings`).

        Raises:
            Invalid: there is no such limit, or it is below one or above what can be counted.
            NotFound: there is no such tenant.
        """
        wrong = {f"limits.{name}": self._fault_of(name, requests) for name, requests in agreed.items()}
        if fields := {name: fault for name, fault in wrong.items() if fault}:
            raise Invalid("These limits cannot be agreed.", fields=fields)
        if not self._tenants.set_limits(tenant_id, agreed):
            raise NotFound("There is no such organisation.")
        return [TenantLimit(limit, agreed.get(name)) for name, limit in self._published.items()]

    def _fault_of(self, name: str, requests: int) -> str:
        limit = self._published.get(name)
        if limit is None:
            return f"there is no such limit; there are {', '.join(self._published)}"
        most = MOST_REQUESTS_PER_SECOND * limit.seconds
        return "" if 1 <= requests <= most else f"1 to {most} requests in {limit.seconds} seconds"
