"""The organisations of a person: seen, begun, renamed, and changed between."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from herald.errors import Conflict, Invalid, NotFound
from herald.identity.accounts.service import Origin, SignedIn
from herald.identity.model import Principal, Role
from herald.identity.staff.model import Membership, User
from herald.identity.tenants.model import Tenant
from herald.values.clock import Clock, utc_now

LONGEST_NAME = 200
MOST_TENANTS = 100
"""Of one person; a list of theirs is one answer."""


class Identities(Protocol):
    """Where people, tenants and memberships are kept."""

    def next_tenant_number(self) -> int:
        """A number that no tenant has."""
        ...

    def add_tenant(self, tenant: Tenant, first: Membership) -> None:
        """Stores a tenant with its first member."""
        ...

    def get_tenant(self, tenant_id: str) -> Tenant:
        """A tenant, or NotFound."""
        ...

    def get_user(self, tenant_id: str, person_id: str) -> User:
        """A member of the tenant, or NotFound."""
        ...

    def find_membership(self, tenant_id: str, person_id: str) -> Membership | None:
        """A person's place in a tenant."""
        ...

    def memberships_of(self, person_id: str) -> list[Membership]:
        """A person's places in all of their tenants."""
        ...

    def tenants(self, tenant_ids: list[str]) -> Iterator[Tenant]:
        """The tenants that exist among these."""
        ...

    def update_tenant(self, tenant: Tenant) -> None:
        """Changes what a tenant says of itself."""
        ...

    def set_home(self, person_id: str, tenant_id: str) -> None:
        """Makes a tenant the one that the person's next sign-in opens."""
        ...


class Accounts(Protocol):
    """Opens sessions (`herald.identity.accounts.service.Accounts`)."""

    def open_session(self, user: User, origin: Origin) -> SignedIn:
        """A session of a user who was recognised."""
        ...


@dataclass(frozen=True, slots=True)
class OwnTenant:
    """An organisation as one of its members sees it."""

    tenant: Tenant
    membership: Membership


class Tenants:
    """The use cases of a signed-in person and their organisations."""

    def __init__(self, identities: Identities, accounts: Accounts, *, clock: Clock = utc_now) -> None:
        self._identities = identities
        self._accounts = accounts
        self._clock = clock

    def of_person(self, principal: Principal) -> list[OwnTenant]:
        """Every organisation that the caller belongs to and may enter, oldest membership first."""
        memberships = [place for place in self._identities.memberships_of(principal.user_id) if place.active]
        tenants = {
            tenant.tenant_id: tenant
            for tenant in self._identities.tenants([membership.tenant_id for membership in memberships])
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
        name = _checked(name)
        if len(self._identities.memberships_of(principal.user_id)) >= MOST_TENANTS:
            raise Conflict("You belong to too many organisations to begin another.", code="too_many_tenants")
        now = self._clock()
        tenant = Tenant(
            tenant_id=tenant_id,
            name=name,
            number=self._identities.next_tenant_number(),
            created_at=now,
            tax_number=tax_number,
            website=website,
            industry=industry,
        )
        first = Membership(tenant_id, principal.user_id, Role.ADMIN, 1, now)
        try:
            self._identities.add_tenant(tenant, first)
        except Conflict:
            return self.get(principal, tenant_id)  # an earlier try at this request went that far
        return OwnTenant(tenant, first)

    def get(self, principal: Principal, tenant_id: str) -> OwnTenant:
        """One of the caller's organisations.

        Raises:
            NotFound: there is none of that id, or the caller does not belong to it.
        """
        membership = self._identities.find_membership(tenant_id, principal.user_id)
        if membership is None or not membership.active:
            raise NotFound("There is no such organisation.")
        return OwnTenant(self._identities.get_tenant(tenant_id), membership)

    def update(
        self,
        principal: Principal,
        tenant_id: str,
        *,
        name: str | None = None,
        website: str | None = None,
        industry: str | None = None,
    ) -> OwnTenant:
        """Changes what the caller's present organisation says of itself; ``None`` leaves a thing as it is.

        Raises:
            Invalid: it would have no name.
            NotFound: it is not the organisation that the caller is signed in to.
        """
        if tenant_id != principal.tenant_id:
            raise NotFound("There is no such organisation here; switch to it first.")
        own = self.get(principal, tenant_id)
        tenant = replace(
            own.tenant,
            name=own.tenant.name if name is None else _checked(name),
            website=own.tenant.website if website is None else website,
            industry=own.tenant.industry if industry is None else industry,
        )
        self._identities.update_tenant(tenant)
        return replace(own, tenant=tenant)

    def switch(self, principal: Principal, tenant_id: str, *, origin: Origin) -> SignedIn:
        """A session in another organisation of the caller's, which also becomes the one that a sign-in opens.

        The session in the first one goes on: two windows may show two organisations.

        Raises:
            NotFound: the caller does not belong to it.
        """
        self.get(principal, tenant_id)
        user = self._identities.get_user(tenant_id, principal.user_id)
        self._identities.set_home(principal.user_id, tenant_id)
        return self._accounts.open_session(user, origin)


def _checked(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(
            "Give the organisation a name.", fields={"name": f"1 to {LONGEST_NAME} characters, not all of them blank"}
        )
    return name
