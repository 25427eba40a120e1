"""Invitations in DynamoDB, beside the tenant's members: ``{tenant}#identity``, ``invitation#{id}``."""

from pynamodb.attributes import UnicodeAttribute

from herald.identity.accounts.model import Person
from herald.identity.invitations.model import KEPT_FOR, Invitation, InvitationStatus
from herald.identity.model import Role
from herald.identity.one_time_tokens.model import OneTimeToken, invalid_token
from herald.identity.one_time_tokens.store import redeem_token
from herald.identity.staff.model import Membership, User
from herald.identity.staff.store import add_member, replace_provisional
from herald.identity.store import IdentityRow, tenant_partition
from herald.storage import EnumAttribute, IntegerAttribute, TimestampAttribute, Transaction


class InvitationRow(IdentityRow):
    """An address that was asked to join a tenant; goes by itself."""

    invitation_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    email = UnicodeAttribute()
    role = EnumAttribute(Role)
    status = EnumAttribute(InvitationStatus)
    invited_by = UnicodeAttribute()
    created_at = TimestampAttribute()
    ends_at = TimestampAttribute()
    mails = IntegerAttribute()


class InvitationStore:
    """Invitations, in the partition of their tenant's members."""

    def put(self, invitation: Invitation) -> None:
        """Stores an invitation, in place of the one of that id."""
        InvitationRow.from_entity(invitation, *_key(invitation), expires_at=invitation.created_at + KEPT_FOR).save()

    def find(self, tenant_id: str, invitation_id: str) -> Invitation | None:
        """An invitation that is not forgotten."""
        row = InvitationRow.find(tenant_partition(tenant_id), _sort(invitation_id))
        return row.to_entity(Invitation) if row else None

    def of_tenant(self, tenant_id: str) -> list[Invitation]:
        """Those that are not forgotten, the latest first."""
        rows = InvitationRow.query(
            tenant_partition(tenant_id), InvitationRow.sort.startswith(_sort("")), consistent_read=True
        )
        return sorted((row.to_entity(Invitation) for row in rows), key=lambda one: one.created_at, reverse=True)

    def revoke(self, invitation: Invitation) -> bool:
        """Ends an open invitation; False where it was not open any more."""
        return InvitationRow(*_key(invitation)).update_if(
            [InvitationRow.status.set(InvitationStatus.REVOKED)], InvitationRow.status == InvitationStatus.OPEN
        )

    def delete(self, tenant_id: str, invitation_id: str) -> None:
        """Forgets an invitation; harmless where it is forgotten."""
        InvitationRow(tenant_partition(tenant_id), _sort(invitation_id)).delete()

    def accept(
        self,
        invitation: Invitation,
        token: OneTimeToken,
        member: Membership,
        *,
        person: Person | None,
        kept: User | None,
    ) -> None:
        """Uses invitation and token up and stores the member, all at once.

        Args:
            invitation: as it was read.
            token: of its mail.
            member: who comes.
            person: the same where they are new.
            kept: the provisional member in whose place they come.

        Raises:
            Invalid: ``token_invalid``, where either was used or ended before, or the role was changed meanwhile.
            Conflict: ``email_taken``, ``member_already`` or ``changed_meanwhile``.
        """
        with Transaction() as writes:
            if kept is None:
                add_member(writes, member, person=person)
            else:
                replace_provisional(writes, kept, member, person=person)
            redeem_token(writes, token)
            writes.update(
                InvitationRow(*_key(invitation)),
                [InvitationRow.status.set(InvitationStatus.ACCEPTED)],
                condition=(InvitationRow.status == InvitationStatus.OPEN) & (InvitationRow.role == invitation.role),
                refusal=invalid_token(),
            )


def _key(invitation: Invitation) -> tuple[str, str]:
    return tenant_partition(invitation.tenant_id), _sort(invitation.invitation_id)


def _sort(invitation_id: str) -> str:
    return f"invitation#{invitation_id}"
