"""Invitations in DynamoDB, beside the tenant's members: ``{tenant}#identity``, ``invitation#{id}``."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from herald.identity.accounts.model import Person
from herald.identity.accounts.store import count_admins, save_member, save_person
from herald.identity.invitations.service import KEPT_FOR, Invitation, Status
from herald.identity.model import Role
from herald.identity.one_time_tokens.service import OneTimeToken, no_good
from herald.identity.one_time_tokens.store import OneTimeRow
from herald.identity.rows import IdentityRow, tenant_partition
from herald.identity.staff.model import Membership
from herald.identity.transactions import WordedTransaction
from herald.values.clock import from_text, to_text


class InvitationRow(IdentityRow):
    """An address that was asked to join a tenant; goes by itself."""

    invitation_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    email = UnicodeAttribute()
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    invited_by = UnicodeAttribute()
    created_at = UnicodeAttribute()
    ends_at = UnicodeAttribute()
    mails = NumberAttribute()


class InvitationStore:
    """`InvitationRecords` over DynamoDB."""

    def put(self, invitation: Invitation) -> None:
        """Stores an invitation, in place of the one of that id."""
        InvitationRow(
            *_key(invitation.tenant_id, invitation.invitation_id),
            invitation_id=invitation.invitation_id,
            tenant_id=invitation.tenant_id,
            email=invitation.email,
            role=invitation.role.value,
            status=invitation.status.value,
            invited_by=invitation.invited_by,
            created_at=to_text(invitation.created_at),
            ends_at=to_text(invitation.ends_at),
            mails=invitation.mails,
            expires_at=invitation.created_at + KEPT_FOR,
        ).save()

    def find(self, tenant_id: str, invitation_id: str) -> Invitation | None:
        """An invitation that is not forgotten."""
        try:
            return _invitation(InvitationRow.get(*_key(tenant_id, invitation_id), consistent_read=True))
        except DoesNotExist:
            return None

    def of_tenant(self, tenant_id: str) -> list[Invitation]:
        """Those that are not forgotten, the latest first."""
        rows = InvitationRow.query(
            tenant_partition(tenant_id), InvitationRow.sort.startswith("invitation#"), consistent_read=True
        )
        return sorted(map(_invitation, rows), key=lambda invitation: invitation.created_at, reverse=True)

    def revoke(self, invitation: Invitation) -> bool:
        """Ends an open invitation; False where it was not open any more."""
        return InvitationRow(*_key(invitation.tenant_id, invitation.invitation_id)).update_if(
            [InvitationRow.status.set(Status.REVOKED.value)], InvitationRow.status == Status.OPEN.value
        )

    def accept(self, invitation: Invitation, token: OneTimeToken, member: Membership, *, person: Person | None) -> None:
        """Uses invitation and token up and stores the member, and that person where they are new, all at once.

        Raises:
            Invalid: ``token_invalid``, where either was used or ended before, or the role was changed meanwhile.
            Conflict: ``email_taken`` or ``member_already``.
        """
        row = InvitationRow(*_key(invitation.tenant_id, invitation.invitation_id))
        with WordedTransaction() as writes:
            if person is not None:
                save_person(writes, person)
            save_member(writes, member)
            count_admins(writes, member.tenant_id, int(member.is_admin))
            writes.delete(
                OneTimeRow(f"once#{token.token_hash}", "token"),
                condition=OneTimeRow.partition.exists(),
                refusal=no_good(),
            )
            writes.update(
                row,
                [InvitationRow.status.set(Status.ACCEPTED.value)],
                condition=(InvitationRow.status == Status.OPEN.value) & (InvitationRow.role == invitation.role.value),
                refusal=no_good(),
            )


def _key(tenant_id: str, invitation_id: str) -> tuple[str, str]:
    return tenant_partition(tenant_id), f"invitation#{invitation_id}"


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        invitation_id=row.invitation_id,
        tenant_id=row.tenant_id,
        email=row.email,
        role=Role(row.role),
        status=Status(row.status),
        invited_by=row.invited_by,
        created_at=from_text(row.created_at),
        ends_at=from_text(row.ends_at),
        mails=int(row.mails),
    )
