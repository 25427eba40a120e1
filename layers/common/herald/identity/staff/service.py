"""The people of one organisation, as its administrators see and change them."""

from dataclasses import replace

from herald.errors import Conflict, Forbidden, Invalid, NotFound
from herald.identity.accounts.model import LONGEST_NAME, Person, normal_login, normal_username
from herald.identity.accounts.password_strength import check_password
from herald.identity.accounts.passwords import Passwords
from herald.identity.accounts.store import PersonStore
from herald.identity.invitations.service import Invitations
from herald.identity.keys.service import ApiKeys
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, may
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.service import Sessions
from herald.identity.staff.changes import USER_NAMES, MemberChanges, NewMember
from herald.identity.staff.model import MOST_MEMBERS, MOST_PROVISIONAL, Membership, User, check_member_count
from herald.identity.staff.store import MembershipStore
from herald.values.clock import Clock, utc_now
from herald.values.email import normal_email


class Staff:
    """The use cases of an organisation and its people."""

    def __init__(
        self,
        people: PersonStore,
        memberships: MembershipStore,
        sessions: Sessions,
        passwords: Passwords,
        invitations: Invitations,
        keys: ApiKeys,
        rate_limits: RateLimitStore,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._memberships = memberships
        self._sessions = sessions
        self._passwords = passwords
        self._invitations = invitations
        self._keys = keys
        self._rate_limits = rate_limits
        self._clock = clock

    def members(self, tenant_id: str, *, role: Role | None = None, active: bool | None = None) -> list[User]:
        """The people of an organisation, by number, confined to a role and to those who are or are not active."""
        memberships = [
            membership
            for membership in self._memberships.of_tenant(tenant_id, at_most=MOST_MEMBERS)
            if role in {None, membership.role} and active in {None, membership.active}
        ]
        people = self._people.get_many(membership.person_id for membership in memberships)
        return [
            User(people[membership.person_id], membership)
            for membership in memberships
            if membership.person_id in people
        ]

    def member(self, tenant_id: str, number: int) -> User:
        """One of them.

        Raises:
            NotFound: nobody has that number.
        """
        membership = self._memberships.find_by_number(tenant_id, number)
        if membership is None:
            raise NotFound("There is no such user.", fields={"user_id": number})
        return self._memberships.get_user(tenant_id, membership.person_id)

    def add(self, principal: Principal, new: NewMember, *, person_id: str) -> User:
        """A provisional person in the caller's organisation, and a mail that invites whoever has the address.

        Who comes chooses a password, or has an account already, and takes the place; until then nobody signs in to it,
        with the password that was set here neither. Nothing here depends on whether the address has an account.

        Args:
            principal: an administrator.
            new: who is to join.
            person_id: is the same for each try at it.

        Raises:
            Invalid: the e-mail address, the user name or the password will not do.
            Conflict: ``username_taken``, ``member_already``, or there are ``too_many_members`` or
                ``too_many_invitations``.
            RateLimited: the address got too many mails about this organisation, or it asked for too many user names.
        """
        email = normal_email(new.email)
        username = normal_username(new.username) if new.username else ""
        check_password(new.password, email=email, words=[new.name, username])
        tenant_id, now = principal.tenant_id, self._clock()
        if username:
            self._rate_limits.admit(f"{tenant_id}#user-names", USER_NAMES)
        check_member_count(len(self._memberships.of_tenant(tenant_id, at_most=MOST_MEMBERS)))
        if len(self._people.provisional_of(email)) >= MOST_PROVISIONAL:
            raise Conflict(
                "Too many organisations invite this address; wait for an answer.", code="too_many_invitations"
            )
        invitation = self._invitations.prepare(principal, tenant_id, email=email, role=new.role)
        name = (new.name or username or email.partition("@")[0]).strip()[:LONGEST_NAME]
        person = Person(
            person_id=person_id,
            email=email,
            name=name,
            password_hash=self._passwords.hash(new.password),
            created_at=now,
            home_tenant_id=tenant_id,
            username=username,
            phone=new.phone,
            provisional=True,
        )
        number = self._memberships.next_number(tenant_id)
        membership = Membership(tenant_id, person_id, new.role, number, now)
        try:
            self._memberships.add(membership, person=person)
        except Conflict:
            earlier = self._memberships.find(tenant_id, person_id)
            if earlier is None:
                raise
            membership = earlier  # an earlier try at this request went that far
        self._invitations.send(invitation)
        return User(person, membership)

    def update(self, principal: Principal, number: int, changes: MemberChanges) -> User:
        """Changes a member; a new role or the end of a membership takes hold at once.

        With whoever is no administrator any more, the API keys end that they answer for.

        Whoever may not manage staff may change their own name and phone number.

        Raises:
            NotFound: nobody has that number.
            Forbidden: the caller may not change this.
            Conflict: the last active ADMIN would be lost (``last_admin``), or somebody else was changing the same.
            Invalid: the name is blank, or the e-mail address or the user name is another one.
        """
        user = self.member(principal.tenant_id, number)
        changed = replace(
            user.membership,
            role=changes.role or user.role,
            active=user.membership.active if changes.active is None else changes.active,
        )
        name, phone = _new_name(user, changes), user.phone if changes.phone is None else changes.phone
        self._check_may_change(principal, user, changed)
        _check_keeps_logins(user.person, changes)
        self._replace(principal, user, changed, changes)
        if (name, phone) == (user.name, user.phone):
            return User(user.person, changed)
        return self._rename(principal, User(user.person, changed), name=name, phone=phone)

    def deactivate(self, principal: Principal, number: int) -> None:
        """Ends a membership at once; what the person did stays.

        Raises:
            NotFound: nobody has that number.
            Conflict: they are the last active ADMIN (``last_admin``).
        """
        self.update(principal, number, MemberChanges(active=False))

    def _check_may_change(self, principal: Principal, user: User, changed: Membership) -> None:
        if may(principal, Permission.STAFF_MANAGE):
            return
        if principal.user_id != user.user_id or changed != user.membership:
            raise Forbidden(
                "Only an administrator changes other people, roles and memberships.",
                code="permission_denied",
                fields={"permission": Permission.STAFF_MANAGE.value},
            )

    def _rename(self, principal: Principal, user: User, *, name: str, phone: str) -> User:
        if principal.user_id != user.user_id:
            # The person's own name is the same everywhere; an administrator changes what they are called here.
            self._memberships.rename(user.membership, name=name, phone=phone)
            return replace(user, membership=replace(user.membership, name=name, phone=phone))
        self._people.rename(user.user_id, name=name, phone=phone)
        self._memberships.rename(user.membership, name="", phone="")
        return User(replace(user.person, name=name, phone=phone), replace(user.membership, name="", phone=""))

    def _replace(self, principal: Principal, user: User, changed: Membership, changes: MemberChanges) -> None:
        if changed != user.membership:
            self._memberships.replace(user.membership, changed)
        elif principal.user_id == user.user_id or (changes.role is None and changes.active is None):
            return
        # Also where nothing changed: an earlier try at it may have died before this.
        self._sessions.end_in_tenant(user.tenant_id, user.user_id)
        if not changed.is_admin:
            self._keys.end_of_owner(user.tenant_id, user.user_id)


def _check_keeps_logins(person: Person, changes: MemberChanges) -> None:
    sent = {"email": (changes.email, person.email), "username": (changes.username, person.username)}
    others = [name for name, (new, old) in sent.items() if new is not None and normal_login(new) != old]
    if others:
        raise Invalid(
            "The e-mail address and the user name stay: people sign in with them, here and elsewhere.",
            fields=dict.fromkeys(others, "cannot be changed here"),
        )


def _new_name(user: User, changes: MemberChanges) -> str:
    if changes.name is None:
        return user.name
    if not changes.name.strip():
        raise Invalid("A person needs a name.", fields={"name": "must not be blank"})
    return changes.name.strip()[:LONGEST_NAME]
