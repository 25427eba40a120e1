"""Organisations of sign-ups that nobody confirmed: they are erased with the account."""

from herald.identity.accounts.store import PersonStore
from herald.identity.closures.service import Closures
from herald.identity.staff.store import MembershipStore


class AbandonedTenants:
    def __init__(self, people: PersonStore, memberships: MembershipStore, closures: Closures) -> None:
        self._people = people
        self._memberships = memberships
        self._closures = closures

    def erase(self, person_id: str) -> int:
        """Has the tenants erased in which somebody who is gone was alone; gives their number, a hundred at most.

        Doing it again is harmless. One that has another member stays.
        """
        if self._people.find(person_id) is not None:
            return 0
        places = self._memberships.of_person(person_id)
        alone = [place for place in places if len(self._memberships.of_tenant(place.tenant_id, at_most=2)) == 1]
        for place in alone:
            self._closures.erase(place.tenant_id)
        return len(alone)
