"""The people of a tenant that is erased, and whoever was asked to join: what stands of them outside of its keys."""

from herald.identity.deletion.leaving import Leaving
from herald.identity.invitations.store import InvitationStore
from herald.identity.one_time_tokens.model import Purpose, slot_of
from herald.identity.one_time_tokens.store import OneTimeTokenStore
from herald.identity.staff.store import MembershipStore
from herald.values.erasing import Erased

MEMBERS_AT_ONCE = 100


class TenantMembers:
    """Ends the sessions of a tenant's people; whose account has no other place goes with it."""

    def __init__(
        self,
        memberships: MembershipStore,
        leaving: Leaving,
        invitations: InvitationStore,
        tokens: OneTimeTokenStore,
        *,
        members_at_once: int = MEMBERS_AT_ONCE,
    ) -> None:
        self._memberships = memberships
        self._leaving = leaving
        self._invitations = invitations
        self._tokens = tokens
        self._members_at_once = members_at_once

    def erase(self, tenant_id: str, _cursor: str | None) -> Erased:
        """Lets some members go; the links in the mails of invitations are good no more after the last of them."""
        members = self._memberships.of_tenant(tenant_id, at_most=self._members_at_once)
        for membership in members:
            self._leaving.leave_erased(membership)
        if len(members) == self._members_at_once:
            return Erased(len(members), "")
        invitations = self._invitations.of_tenant(tenant_id)
        for invitation in invitations:
            self._tokens.delete(slot_of(Purpose.INVITATION, invitation.email, tenant_id))
            self._invitations.delete(tenant_id, invitation.invitation_id)
        return Erased(len(members) + len(invitations))
