"""The organisations of a person: seen, begun, renamed, and changed between."""

from dataclasses import replace

from herald.errors import Conflict, Invalid, NotFound
from herald.identity.accounts.store import PersonStore
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, require
from herald.identity.sessions.model import Origin, SignedIn
from herald.identity.sessions.service import Sessions
from herald.identity.staff.model import Membership, OwnTenant
from herald.identity.staff.store import MembershipStore
from herald.identity.tenants.model import LONGEST_NAME, MOST_TENANTS, Tenant, TenantState
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now


class Tenants:
    """The use cases of a signed-in person and their organisations."""

    def __init__(
        self,
        people: PersonStore,
        tenants: TenantStore,
        memberships: MembershipStore,
        sessions: Sessions,
        *,
        most_tenants: int = MOST_TENANTS,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._tenants = tenants
        self._memberships = memberships
        self._sessions = sessions
        self._most_tenants = most_tenants
        self._clock = clock

    def of_person(self, principal: Principal) -> list[OwnTenant]:
        """Every organisation that the caller belongs to and may enter, oldest membership first."""
        memberships = [place for place in self._memberships.of_person(principal.user_id) if place.active]
        tenants = {
            tenant.tenant_id: tenant
            for tenant in self._tenants.get_many(membership.tenant_id for membership in memberships)
            if tenant.state is not TenantState.ERASING
        }
        return [OwnTenant(tenants[place.tenant_id], place) for place in memberships if place.tenant_id in tenants]

    def create(
        self,
        principal: Principal,
        *,
        tenant_id: str,
        name: str,
        tax_number: str = "",
        website: str = "",
        industry: str = "",
    ) -> OwnTenant:
        """A new organisation with the caller as its ADMIN; ``tenant_id`` is the same for each try at it.

        Raises:
            Invalid: it has no name.
            Conflict: the caller belongs to too many (``too_many_tenants``).
        """
        name = _checked_name(name)
        if len(self._memberships.of_person(principal.user_id)) >= self._most_tenants:
            raise Conflict("You belong to too many organisations to begin another.", code="too_many_tenants")
        now = self._clock()
        tenant = Tenant(
            tenant_id=tenant_id,
            name=name,
            number=self._tenants.next_number(),
            created_at=now,
            tax_number=tax_number,
            website=website,
            industry=industry,
        )
        first = Membership(tenant_id, principal.user_id, Role.ADMIN, 1, now)
        try:
            self._memberships.add_first(first, tenant)
        except Conflict:
            return self.get(principal, tenant_id)  # an earlier try at this request went that far
        return OwnTenant(tenant, first)

    def get(self, principal: Principal, tenant_id: str) -> OwnTenant:
        """One of the caller's organisations.

        Raises:
            NotFound: there is none of that id, or the caller does not belong to it.
        """
        membership = self._memberships.find(tenant_id, principal.user_id)
        tenant = self._tenants.get(tenant_id) if membership is not None and membership.active else None
        if membership is None or tenant is None or tenant.state is TenantState.ERASING:
            raise NotFound("There is no such organisation.")
        return OwnTenant(tenant, membership)

    def name_of(self, tenant_id: str) -> str:
        """What an organisation is called; empty where it is gone."""
        tenant = self._tenants.find(tenant_id)
        return tenant.name if tenant else ""

    def number_of(self, tenant_id: str) -> int:
        """The number by which iPerform knows an organisation.

        Raises:
            NotFound: there is none of that id.
        """
        return self._tenants.get(tenant_id).number

    def update(
        self,
        principal: Principal,
        tenant_id: str,
        *,
        name: str | None = None,
        website: str | None = None,
        industry: str | None = None,
    ) -> OwnTenant:
        """Changes what one of the caller's organisations says of itself; ``None`` leaves a thing as it is.

        Raises:
            Forbidden: the caller's role there does not allow it.
            Invalid: it would have no name.
            NotFound: the caller does not belong to it.
        """
        own = self.get(principal, tenant_id)
        require(replace(principal, tenant_id=tenant_id, role=own.membership.role), Permission.TENANT_MANAGE)
        tenant = replace(
            own.tenant,
            name=own.tenant.name if name is None else _checked_name(name),
            website=own.tenant.website if website is None else website,
            industry=own.tenant.industry if industry is None else industry,
        )
        self._tenants.update(tenant)
        return replace(own, tenant=tenant)

    def switch(self, principal: Principal, tenant_id: str, *, origin: Origin) -> SignedIn:
        """A session in another organisation of the caller's, which also becomes the one that a sign-in opens.

        The session in the first one goes on: two windows may show two organisations.

        Raises:
            NotFound: the caller does not belong to it.
        """
        self.get(principal, tenant_id)
        user = self._memberships.get_user(tenant_id, principal.user_id)
        self._people.set_home(principal.user_id, tenant_id)
        return self._sessions.open(user, origin)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(
            "Give the organisation a name.", fields={"name": f"1 to {LONGEST_NAME} characters, not all of them blank"}
        )
    return name
