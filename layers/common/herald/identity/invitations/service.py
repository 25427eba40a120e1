"""Invitations: an address is asked to join an organisation, and whoever reads its mail does, or does not.

The mail's token says which invitation it is about, and is good as long as that one is open: so ending an invitation
ends every mail that went out about it.
"""

from dataclasses import replace

from herald.errors import Conflict, NotFound
from herald.identity.accounts.model import Person, checked_name
from herald.identity.accounts.passwords import Passwords
from herald.identity.accounts.service import Accounts
from herald.identity.accounts.store import PersonStore
from herald.identity.invitations.model import (
    MOST_UNANSWERED,
    Invitation,
    InvitationStatus,
    count_mail,
    derive_invitation_id,
)
from herald.identity.invitations.store import InvitationStore
from herald.identity.mails.model import MailKind
from herald.identity.mails.requests import MailRequests
from herald.identity.model import ABSENT_ID, Principal, Role
from herald.identity.one_time_tokens.model import LIFETIME_OF, OneTimeToken, Purpose, invalid_token
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.sessions.model import Origin, SignedIn
from herald.identity.sessions.service import Sessions
from herald.identity.staff.model import MOST_MEMBERS, Membership, User, check_member_count
from herald.identity.staff.store import MembershipStore
from herald.identity.tenants.model import TenantState
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now
from herald.values.email import normal_email
from herald.values.ids import new_id


class Invitations:
    """The use cases of whoever invites and whoever is invited."""

    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        store: InvitationStore,
        people: PersonStore,
        memberships: MembershipStore,
        accounts: Accounts,
        sessions: Sessions,
        passwords: Passwords,
        tokens: OneTimeTokens,
        mails: MailRequests,
        *,
        tenants: TenantStore,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._people = people
        self._tenants = tenants
        self._memberships = memberships
        self._accounts = accounts
        self._sessions = sessions
        self._passwords = passwords
        self._tokens = tokens
        self._mails = mails
        self._clock = clock

    def invite(self, principal: Principal, tenant_id: str, *, email: str, role: Role) -> Invitation:
        """Asks an address to join; asking again renews the invitation, also with another role.

        Who was made a provisional member keeps the role that they have been given as such.

        Raises:
            Invalid: this is not an e-mail address.
            NotFound: it is not the organisation that the caller is signed in to.
            Conflict: ``member_already``, or there are ``too_many_invitations`` or ``too_many_members``.
            RateLimited: the address got too many mails about this organisation.
        """
        email = normal_email(email)
        kept = self._kept_place(tenant_id, email)
        invitation = self.prepare(principal, tenant_id, email=email, role=kept.role if kept else role)
        self.send(invitation)
        return invitation

    def prepare(self, principal: Principal, tenant_id: str, *, email: str, role: Role) -> Invitation:
        """The invitation of a (normal) address, which nobody hears of before it is sent.

        Raises:
            NotFound, Conflict, RateLimited: as `invite`.
        """
        _check_is_here(principal, tenant_id)
        now = self._clock()
        self._check_is_no_member(tenant_id, email)
        others = self.of_tenant(principal, tenant_id)
        before = next((one for one in others if one.email == email), None)
        unanswered = [one for one in others if one is not before and one.status is not InvitationStatus.ACCEPTED]
        if len(unanswered) >= MOST_UNANSWERED:
            raise Conflict("Too many invitations were not accepted; wait for some.", code="too_many_invitations")
        return Invitation(
            invitation_id=derive_invitation_id(tenant_id, email),
            tenant_id=tenant_id,
            email=email,
            role=role,
            status=InvitationStatus.OPEN,
            invited_by=principal.user_id,
            created_at=now,
            ends_at=now + LIFETIME_OF[Purpose.INVITATION],
            mails=count_mail(before, now),
        )

    def send(self, invitation: Invitation) -> None:
        """Stores an invitation that was prepared, and asks for its mail."""
        self._store.put(invitation)
        self._mails.request(MailKind.INVITATION, invitation.email, tenant_id=invitation.tenant_id)

    def of_tenant(self, principal: Principal, tenant_id: str) -> list[Invitation]:
        """Everybody who was invited to the caller's organisation in the last thirty days, the latest first.

        Raises:
            NotFound: it is not the organisation that the caller is signed in to.
        """
        _check_is_here(principal, tenant_id)
        now = self._clock()
        return [invitation.at(now) for invitation in self._store.of_tenant(tenant_id)]

    def revoke(self, principal: Principal, tenant_id: str, invitation_id: str) -> None:
        """Ends an invitation at once; harmless where it has ended otherwise.

        Raises:
            NotFound: there is none of that id, or it is not the organisation that the caller is signed in to.
            Conflict: ``accepted_already``; they are a member now.
        """
        _check_is_here(principal, tenant_id)
        invitation = self._store.find(tenant_id, invitation_id)
        if invitation is None:
            raise NotFound("There is no such invitation.")
        if self._store.revoke(invitation):
            return
        again = self._store.find(tenant_id, invitation_id)
        if again is not None and again.status is InvitationStatus.ACCEPTED:
            raise Conflict("They have accepted already; deactivate the member instead.", code="accepted_already")

    def accept(self, token: str, *, name: str, password: str, origin: Origin) -> SignedIn:
        """Makes whoever got the mail a member, and signs them in there.

        Somebody new says their name and chooses a password; who has an account already proves it with its password.
        Where an administrator made a provisional member for them, they take that place, with its number and its role.

        Raises:
            Invalid: ``token_invalid``; or the name or the password of somebody new will not do: also where an
                administrator, here or elsewhere, set this password.
            Unauthenticated: the password is not that of the account with this address, or the account is suspended.
            RateLimited: too many wrong passwords.
            Conflict: ``member_already``, ``too_many_members`` or ``changed_meanwhile``.
        """
        found = self._tokens.peek(token, Purpose.INVITATION)
        invitation = self._open_invitation(found)
        kept, newcomer = self._kept_place(invitation.tenant_id, invitation.email), None
        if kept is not None and not kept.membership.active:
            raise invalid_token()
        if self._people.find_by_login(found.email) is None:
            person = newcomer = self._new_person(invitation, kept, name, password)
        else:
            person = self._accounts.authenticate(found.email, password, origin)
            if not person.is_verified:  # the token came to this address
                self._people.set_verified(person)
                person = replace(person, email_verified_at=self._clock())
        member = self._next_member(invitation, person) if kept is None else _in_place_of(kept, person)
        self._store.accept(invitation, found, member, person=newcomer, kept=kept)
        self._people.set_home(person.person_id, member.tenant_id)
        return self._sessions.open(User(person, member), origin)

    def _open_invitation(self, token: OneTimeToken) -> Invitation:
        invitation = self._store.find(token.tenant_id, derive_invitation_id(token.tenant_id, token.email))
        if invitation is None or invitation.at(self._clock()).status is not InvitationStatus.OPEN:
            raise invalid_token()
        if self._tenants.standing(token.tenant_id).state is not TenantState.OPEN:
            raise invalid_token()
        return invitation

    def _kept_place(self, tenant_id: str, email: str) -> User | None:
        """The provisional member that was made for an address."""
        person = self._people.find_provisional(email, tenant_id)
        membership = self._memberships.find(tenant_id, person.person_id) if person else None
        return User(person, membership) if person and membership else None

    def _new_person(self, invitation: Invitation, kept: User | None, name: str, password: str) -> Person:
        name = name or (kept.name if kept else "")
        username = kept.person.username if kept else ""
        self._passwords.check_own(password, email=invitation.email, words=[name, username])
        name, now = checked_name(name), self._clock()
        return Person(
            person_id=new_id(),
            email=invitation.email,
            name=name,
            password_hash=self._passwords.hash(password),
            created_at=now,
            home_tenant_id=invitation.tenant_id,
            username=username,
            phone=kept.phone if kept else "",
            email_verified_at=now,  # the token came to this address
        )

    def _next_member(self, invitation: Invitation, person: Person) -> Membership:
        tenant_id = invitation.tenant_id
        check_member_count(len(self._memberships.of_tenant(tenant_id, at_most=MOST_MEMBERS)))
        number = self._memberships.next_number(tenant_id)
        return Membership(tenant_id, person.person_id, invitation.role, number, self._clock())

    def _check_is_no_member(self, tenant_id: str, email: str) -> None:
        person = self._people.find_by_login(email)
        # As many reads for an unknown address as for a known one: an administrator learns nothing of other tenants.
        membership = self._memberships.find(tenant_id, person.person_id if person else ABSENT_ID)
        if membership is not None:
            raise Conflict(
                "This person belongs to the organisation already; change their role or make them active again.",
                code="member_already",
                fields={"email": "already a member"},
            )


def _in_place_of(provisional: User, person: Person) -> Membership:
    # Somebody comes with a name of their own.
    return replace(provisional.membership, person_id=person.person_id, name="", phone="")


def _check_is_here(principal: Principal, tenant_id: str) -> None:
    if tenant_id != principal.tenant_id:
        raise NotFound("There is no such organisation here; switch to it first.")
