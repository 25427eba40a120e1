"""Deleting one's own account, and an administrator's deleting somebody's place in their organisation."""

from herald.errors import Conflict, NotFound
from herald.identity.accounts.service import Accounts
from herald.identity.audit.store import AuditStore
from herald.identity.closures.service import Closures
from herald.identity.deletion.leaving import Leaving
from herald.identity.deletion.model import Departure
from herald.identity.model import Principal
from herald.identity.ports import ErasureQueue
from herald.identity.staff.model import MOST_MEMBERS, Membership
from herald.identity.staff.store import MembershipStore
from herald.identity.tenants.model import Tenant, TenantState
from herald.identity.tenants.store import TenantStore

PAGES_AT_ONCE = 200


class AccountDeletion:
    """The use cases of whoever wants an account gone."""

    def __init__(
        self,
        memberships: MembershipStore,
        tenants: TenantStore,
        leaving: Leaving,
        closures: Closures,
        accounts: Accounts,
    ) -> None:
        self._memberships = memberships
        self._tenants = tenants
        self._leaving = leaving
        self._closures = closures
        self._accounts = accounts

    def delete_own(self, principal: Principal, *, password: str, address: str = "") -> None:
        """Removes the caller's account everywhere; organisations that nobody else belongs to are erased with it.

        Doing it again, after a try that died, goes on.

        Raises:
            Invalid: the password is wrong.
            RateLimited: too many wrong passwords.
            Conflict: an organisation would be left to others without an administrator (``last_admin``, naming each).
        """
        self._accounts.check_present_password(principal.user_id, password, address=address)
        places = self._memberships.of_person(principal.user_id)
        going = self._going_anyway(places)
        alone = [place for place in places if place not in going and self._is_alone(place)]
        shared = [place for place in places if place not in going and place not in alone]
        self._check_others_have_an_administrator(shared)
        for place in shared:
            self._leaving.leave(place)
        for place in alone:
            self._closures.erase(place.tenant_id)
        for place in [*alone, *going]:
            self._leaving.leave_erased(place)
        self._leaving.forget_whoever_is_nowhere(principal.user_id)

    def delete_member(self, principal: Principal, number: int) -> None:
        """Removes somebody from the caller's organisation, and their account where they have no other place.

        Raises:
            NotFound: nobody has that number.
            Conflict: it is the caller's own (``own_account``), or somebody else was changing it.
        """
        membership = self._memberships.find_by_number(principal.tenant_id, number)
        if membership is None:
            raise NotFound("There is no such user.", fields={"user_id": number})
        if membership.person_id == principal.user_id:
            raise Conflict(
                "This is your own account; delete it with your password at /api/v1/auth/me/deletion.",
                code="own_account",
            )
        self._leaving.leave(membership)

    def _going_anyway(self, places: list[Membership]) -> list[Membership]:
        tenants = {tenant.tenant_id: tenant for tenant in self._tenants.get_many(place.tenant_id for place in places)}
        return [place for place in places if _is_going(tenants.get(place.tenant_id))]

    def _is_alone(self, place: Membership) -> bool:
        return len(self._memberships.of_tenant(place.tenant_id, at_most=2)) == 1

    def _check_others_have_an_administrator(self, shared: list[Membership]) -> None:
        depending = [place.tenant_id for place in shared if place.is_admin and self._is_only_administrator(place)]
        if not depending:
            return
        names = sorted(tenant.name for tenant in self._tenants.get_many(depending))
        raise Conflict(
            f"You are the only administrator of {', '.join(names)}. Make somebody else one first, or delete the"
            " organisation.",
            code="last_admin",
            fields={"organisations": names},
        )

    def _is_only_administrator(self, place: Membership) -> bool:
        members = self._memberships.of_tenant(place.tenant_id, at_most=MOST_MEMBERS)
        return not any(member.is_admin for member in members if member.person_id != place.person_id)


def _is_going(tenant: Tenant | None) -> bool:
    return tenant is None or tenant.state is TenantState.ERASING


class Departures:
    """What happens in the worker, some time after somebody left."""

    def __init__(self, leaving: Leaving, memberships: MembershipStore, audit: AuditStore, queue: ErasureQueue) -> None:
        self._leaving = leaving
        self._memberships = memberships
        self._audit = audit
        self._queue = queue

    def follow(self, departure: Departure) -> dict[str, int]:
        """Ends what a request that died left open, and empties the addresses in the audit log, some at a time.

        Nothing where they are a member: they did not leave after all, or have come back.
        """
        tenant_id, person_id = departure.tenant_id, departure.person_id
        if self._memberships.find(tenant_id, person_id) is not None:
            return {"unwanted": 1}
        self._leaving.end_access(tenant_id, person_id)
        self._leaving.forget_whoever_is_nowhere(person_id)
        after = departure.cursor
        for pages in range(1, PAGES_AT_ONCE + 1):
            after = self._audit.forget_addresses(tenant_id, person_id, after=after)
            if after is None:
                return {"pages": pages}
        self._queue.send([Departure(person_id, tenant_id, after).to_message()])
        return {"pages": PAGES_AT_ONCE}
