"""Organisations of sign-ups that nobody confirmed: they go with the account."""

from herald.identity.accounts.store import PersonStore
from herald.identity.staff.store import MembershipStore


class AbandonedTenants:
    def __init__(self, people: PersonStore, memberships: MembershipStore) -> None:
        self._people = people
        self._memberships = memberships

    def remove(self, person_id: str) -> int:
        """Removes the tenants in which somebody who is gone was alone; gives their number, a hundred at most.

        Doing it again is harmless. One that ever had another member stays.
        """
        if self._people.find(person_id) is not None:
            return 0
        return sum(map(self._memberships.remove_with_tenant, self._memberships.of_person(person_id)))
