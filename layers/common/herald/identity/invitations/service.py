"""Invitations: an address is asked to join an organisation, and whoever reads its mail does, or does not.

There is at most one invitation per organisation and address; inviting again renews it. The mail's token says which one
it is, and is good as long as that one is open: so ending an invitation ends every mail that went out about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from herald.errors import Conflict, Invalid, NotFound, RateLimited, Unauthenticated
from herald.identity.accounts.model import Person, normal_email
from herald.identity.accounts.password_strength import check_password
from herald.identity.accounts.service import Origin, SignedIn
from herald.identity.mails.service import MailKind, MailWork
from herald.identity.model import Principal, Role
from herald.identity.one_time_tokens.service import LIFETIME_OF, OneTimeToken, OneTimeTokens, Purpose, no_good
from herald.identity.staff.model import Membership, User
from herald.identity.staff.service import MOST_MEMBERS, check_room
from herald.values.clock import Clock, utc_now
from herald.values.ids import derived_id, new_id

MOST_UNANSWERED = 200
"""Of one organisation, open, ended or expired, within thirty days: nobody mails strangers by the thousand."""
MOST_MAILS = 5
"""To one address about one organisation, until its last invitation is forgotten: an invitation is not for teasing."""
KEPT_FOR = timedelta(days=30)
_LONGEST_NAME = 200
_NOBODY = "00000000-0000-0000-0000-000000000000"


class Status(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An address that may join a tenant in a role, until a moment; asked by mail ``mails`` times so far."""

    invitation_id: str
    tenant_id: str
    email: str
    role: Role
    status: Status
    invited_by: str
    created_at: datetime
    ends_at: datetime
    mails: int = 1

    def at(self, now: datetime) -> "Invitation":
        """The same, as it stands at a moment."""
        over = self.status is Status.OPEN and self.ends_at <= now
        return replace(self, status=Status.EXPIRED) if over else self


class Identities(Protocol):
    """Where people and memberships are kept."""

    def find_by_email(self, email: str) -> Person | None:
        """The person with that (normal) e-mail address."""
        ...

    def find_membership(self, tenant_id: str, person_id: str) -> Membership | None:
        """A person's place in a tenant."""
        ...

    def members(self, tenant_id: str, *, at_most: int) -> list[Membership]:
        """The members of a tenant."""
        ...

    def next_member_number(self, tenant_id: str) -> int:
        """A number that no member of the tenant has."""
        ...

    def set_home(self, person_id: str, tenant_id: str) -> None:
        """Makes a tenant the one that the person's next sign-in opens."""
        ...


class InvitationRecords(Protocol):
    """Where invitations are kept."""

    def put(self, invitation: Invitation) -> None:
        """Stores an invitation, in place of the one of that id."""
        ...

    def find(self, tenant_id: str, invitation_id: str) -> Invitation | None:
        """An invitation that is not forgotten."""
        ...

    def of_tenant(self, tenant_id: str) -> list[Invitation]:
        """Those that are not forgotten."""
        ...

    def revoke(self, invitation: Invitation) -> bool:
        """Ends an open invitation; False where it was not open any more."""
        ...

    def accept(self, invitation: Invitation, token: OneTimeToken, member: Membership, *, person: Person | None) -> None:
        """Uses invitation and token up and stores the member, and that person where they are new, all at once.

        Raises:
            Invalid: ``token_invalid``, where either was used or ended before.
            Conflict: ``email_taken`` or ``member_already``.
        """
        ...


class Accounts(Protocol):
    """Recognises people and opens sessions (`herald.identity.accounts.service.Accounts`)."""

    def recognise(self, login: str, password: str, origin: Origin) -> Person:
        """Who has this login and password, or Unauthenticated, or RateLimited."""
        ...

    def open_session(self, user: User, origin: Origin) -> SignedIn:
        """A session of a user who was recognised."""
        ...


class Passwords(Protocol):
    """Hashes passwords."""

    def hash(self, password: str) -> str:
        """A salted hash, with its own parameters in it."""
        ...


class MailQueue(Protocol):
    """Where mails are asked for."""

    def send(self, messages: Sequence[Mapping[str, object]]) -> None:
        """Puts work on the queue."""
        ...


class Invitations:
    """The use cases of whoever invites and whoever is invited."""

    def __init__(
        self,
        identities: Identities,
        records: InvitationRecords,
        tokens: OneTimeTokens,
        accounts: Accounts,
        passwords: Passwords,
        mails: MailQueue,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._identities = identities
        self._records = records
        self._tokens = tokens
        self._accounts = accounts
        self._passwords = passwords
        self._mails = mails
        self._clock = clock

    def invite(self, principal: Principal, tenant_id: str, *, email: str, role: Role) -> Invitation:
        """Asks an address to join; asking again renews the invitation, also with another role.

        Raises:
            Invalid: this is not an e-mail address.
            NotFound: it is not the organisation that the caller is signed in to.
            Conflict: ``member_already``, or there are ``too_many_invitations`` or ``too_many_members``.
            RateLimited: the address got too many mails about this organisation.
        """
        _check_is_here(principal, tenant_id)
        email, now = normal_email(email), self._clock()
        self._check_is_no_member(tenant_id, email)
        others = self.of_tenant(principal, tenant_id)
        before = next((one for one in others if one.email == email), None)
        unanswered = [one for one in others if one is not before and one.status is not Status.ACCEPTED]
        if len(unanswered) >= MOST_UNANSWERED:
            raise Conflict("Too many invitations were not accepted; wait for some.", code="too_many_invitations")
        invitation = Invitation(
            invitation_id=_id_of(tenant_id, email),
            tenant_id=tenant_id,
            email=email,
            role=role,
            status=Status.OPEN,
            invited_by=principal.user_id,
            created_at=now,
            ends_at=now + LIFETIME_OF[Purpose.INVITATION],
            mails=_one_more_mail(before, now),
        )
        self._records.put(invitation)
        self._mails.send([MailWork.of(MailKind.INVITATION, email, tenant_id=tenant_id, role=role.value).to_message()])
        return invitation

    def of_tenant(self, principal: Principal, tenant_id: str) -> list[Invitation]:
        """Everybody who was invited to the caller's organisation in the last thirty days, the latest first.

        Raises:
            NotFound: it is not the organisation that the caller is signed in to.
        """
        _check_is_here(principal, tenant_id)
        now = self._clock()
        return [invitation.at(now) for invitation in self._records.of_tenant(tenant_id)]

    def revoke(self, principal: Principal, tenant_id: str, invitation_id: str) -> None:
        """Ends an invitation at once; harmless where it has ended otherwise.

        Raises:
            NotFound: there is none of that id, or it is not the organisation that the caller is signed in to.
            Conflict: ``accepted_already``; they are a member now.
        """
        _check_is_here(principal, tenant_id)
        invitation = self._records.find(tenant_id, invitation_id)
        if invitation is None:
            raise NotFound("There is no such invitation.")
        if self._records.revoke(invitation):
            return
        again = self._records.find(tenant_id, invitation_id)
        if again is not None and again.status is Status.ACCEPTED:
            raise Conflict("They have accepted already; deactivate the member instead.", code="accepted_already")

    def accept(self, token: str, *, name: str, password: str, origin: Origin) -> SignedIn:
        """Makes whoever got the mail a member, and signs them in there.

        Somebody new says their name and chooses a password; who has an account already proves it with its password.

        Raises:
            Invalid: ``token_invalid``; or the name or the password of somebody new will not do.
            Unauthenticated: the password is not that of the account with this address, or the account is suspended.
            RateLimited: too many wrong passwords.
            Conflict: ``member_already`` or ``too_many_members``.
        """
        found = self._tokens.look(token, Purpose.INVITATION)
        invitation = self._open_invitation(found)
        person = self._identities.find_by_email(found.email)
        if person is None:
            return self._join(invitation, found, self._new_person(invitation, name, password), origin, is_new=True)
        person = self._accounts.recognise(person.email, password, origin)
        if person.suspended:
            raise Unauthenticated("This account is suspended; ask your administrator.", code="account_suspended")
        return self._join(invitation, found, person, origin, is_new=False)

    def _open_invitation(self, token: OneTimeToken) -> Invitation:
        invitation = self._records.find(token.tenant_id, _id_of(token.tenant_id, token.email))
        if invitation is None or invitation.at(self._clock()).status is not Status.OPEN:
            raise no_good()
        return invitation

    def _new_person(self, invitation: Invitation, name: str, password: str) -> Person:
        check_password(password, email=invitation.email, words=[name])
        if not name.strip():
            raise Invalid("Say who you are.", fields={"name": "must not be blank"})
        now = self._clock()
        return Person(
            person_id=new_id(),
            email=invitation.email,
            name=name.strip()[:_LONGEST_NAME],
            password_hash=self._passwords.hash(password),
            created_at=now,
            home_tenant_id=invitation.tenant_id,
            email_verified_at=now,  # the token came to this address
        )

    def _join(
        self, invitation: Invitation, token: OneTimeToken, person: Person, origin: Origin, *, is_new: bool
    ) -> SignedIn:
        tenant_id = invitation.tenant_id
        check_room(self._identities.members(tenant_id, at_most=MOST_MEMBERS))
        number = self._identities.next_member_number(tenant_id)
        member = Membership(tenant_id, person.person_id, invitation.role, number, self._clock())
        self._records.accept(invitation, token, member, person=person if is_new else None)
        self._identities.set_home(person.person_id, tenant_id)
        return self._accounts.open_session(User(person, member), origin)

    def _check_is_no_member(self, tenant_id: str, email: str) -> None:
        person = self._identities.find_by_email(email)
        # As many reads for an unknown address as for a known one: an administrator learns nothing of other tenants.
        membership = self._identities.find_membership(tenant_id, person.person_id if person else _NOBODY)
        if membership is not None:
            raise Conflict(
                "This person belongs to the organisation already; change their role or make them active again.",
                code="member_already",
                fields={"email": "already a member"},
            )


def _check_is_here(principal: Principal, tenant_id: str) -> None:
    if tenant_id != principal.tenant_id:
        raise NotFound("There is no such organisation here; switch to it first.")


def _one_more_mail(before: Invitation | None, now: datetime) -> int:
    if before is None:
        return 1
    if before.mails >= MOST_MAILS:
        wait = before.created_at + KEPT_FOR - now
        raise RateLimited(
            "This address was invited too often; wait until they answer.", retry_after=int(wait.total_seconds()) + 1
        )
    return before.mails + 1


def _id_of(tenant_id: str, email: str) -> str:
    return derived_id(tenant_id, f"invitation of {email}")
