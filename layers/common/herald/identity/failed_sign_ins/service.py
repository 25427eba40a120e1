"""Tells the organisations of whoever has an account that signing in to it failed, some seconds later."""

from herald.identity.accounts.store import PersonStore
from herald.identity.audit.store import AuditStore
from herald.identity.failed_sign_ins.store import FailedSignInStore
from herald.identity.staff.store import MembershipStore


class FailedSignIns:
    def __init__(
        self, store: FailedSignInStore, people: PersonStore, memberships: MembershipStore, audit: AuditStore
    ) -> None:
        self._store = store
        self._people = people
        self._memberships = memberships
        self._audit = audit

    def tell(self, partition: str, sort: str) -> int:
        """Writes the failure of a key into the logs of the tenants in which its account works; gives their number.

        Doing it again writes nothing more. A login that nobody has concerns nobody.
        """
        failure = self._store.find(partition, sort)
        person = self._people.find_by_login_id(failure.login_id) if failure else None
        if failure is None or person is None:
            return 0
        if failure.network and not self._store.may_tell(person.person_id, failure):
            return 0
        tenants = [place.tenant_id for place in self._memberships.of_person(person.person_id) if place.active]
        for tenant_id in tenants:
            self._audit.add(failure.entry(tenant_id, person.person_id))
        return len(tenants)
