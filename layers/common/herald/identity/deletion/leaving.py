"""Leaving an organisation, and with the last one the account.

An account without an organisation cannot be signed in to, and nobody could ever be rid of it: so it goes.
"""

from contextlib import suppress

from herald.errors import NotFound
from herald.identity.accounts.model import Person
from herald.identity.accounts.store import PersonStore
from herald.identity.deletion.model import Departure
from herald.identity.invitations.model import derive_invitation_id
from herald.identity.invitations.store import InvitationStore
from herald.identity.keys.service import ApiKeys
from herald.identity.one_time_tokens.model import Purpose, slot_of
from herald.identity.one_time_tokens.store import OneTimeTokenStore
from herald.identity.ports import ErasureQueue
from herald.identity.sessions.service import Sessions
from herald.identity.staff.model import Membership
from herald.identity.staff.store import MembershipStore

SECONDS_UNTIL_TRACES_ARE_REMOVED = 60
"""Longer than the request lives that somebody leaves by, whose own entry in the audit log is written at its end."""


class Leaving:
    """What goes with somebody's place in an organisation."""

    def __init__(
        self,
        people: PersonStore,
        memberships: MembershipStore,
        sessions: Sessions,
        keys: ApiKeys,
        invitations: InvitationStore,
        tokens: OneTimeTokenStore,
        queue: ErasureQueue,
    ) -> None:
        self._people = people
        self._memberships = memberships
        self._sessions = sessions
        self._keys = keys
        self._invitations = invitations
        self._tokens = tokens
        self._queue = queue

    def leave(self, membership: Membership) -> None:
        """Ends a membership with its sessions, its keys and its invitation, at once.

        Raises:
            Conflict: ``last_admin``, or somebody else was changing it (``changed_meanwhile``).
        """
        tenant_id, person_id = membership.tenant_id, membership.person_id
        # Before all else: what a request that dies leaves undone is done from there.
        self._queue.send([Departure(person_id, tenant_id).to_message()], delay_seconds=SECONDS_UNTIL_TRACES_ARE_REMOVED)
        self._memberships.remove(membership)
        self.end_access(tenant_id, person_id)
        with suppress(NotFound):
            self._forget_invitation(tenant_id, self._people.get(person_id).email)
        self.forget_whoever_is_nowhere(person_id)

    def leave_erased(self, membership: Membership) -> None:
        """Ends a membership of a tenant that is being erased, harmlessly again."""
        self._sessions.end_in_tenant(membership.tenant_id, membership.person_id)
        self._memberships.remove_erased(membership)
        self.forget_whoever_is_nowhere(membership.person_id)

    def end_access(self, tenant_id: str, person_id: str) -> None:
        """Ends the sessions of somebody in a tenant, and the keys that they answer for."""
        self._sessions.end_in_tenant(tenant_id, person_id)
        self._keys.end_of_owner(tenant_id, person_id)

    def forget_whoever_is_nowhere(self, person_id: str) -> None:
        """Removes an account that has no place any more, with all of its sign-ins; harmless where it has one."""
        if self._memberships.of_person(person_id):
            return
        self._sessions.end_all(person_id)
        with suppress(NotFound):
            self._forget(self._people.get(person_id))

    def _forget(self, person: Person) -> None:
        for purpose in (Purpose.VERIFY_EMAIL, Purpose.RESET_PASSWORD):
            self._tokens.delete(slot_of(purpose, person.email, ""))
        self._people.remove(person)

    def _forget_invitation(self, tenant_id: str, email: str) -> None:
        self._tokens.delete(slot_of(Purpose.INVITATION, email, tenant_id))
        self._invitations.delete(tenant_id, derive_invitation_id(tenant_id, email))
