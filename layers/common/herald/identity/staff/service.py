"""The people of one organisation, as its administrators see and change them."""

from dataclasses import replace

from herald.errors import Conflict, Forbidden, Invalid, NotFound
from herald.identity.accounts.model import LONGEST_NAME, Person, normal_login, normal_username
from herald.identity.accounts.password_strength import check_password
from herald.identity.accounts.store import PersonStore
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, may
from herald.identity.ports import PasswordHasher
from herald.identity.sessions.service import Sessions
from herald.identity.staff.model import (
    MOST_MEMBERS,
    MemberChanges,
    Membership,
    NewMember,
    User,
    check_member_count,
)
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
        passwords: PasswordHasher,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._memberships = memberships
        self._sessions = sessions
        self._passwords = passwords
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
        """A new person in the caller's organisation; ``person_id`` is the same for each try at it.

        Raises:
            Invalid: the e-mail address, the user name or the password will not do.
            Conflict: the address or the name is taken (``email_taken``, ``username_taken``), or there are
                ``too_many_members``.
        """
        email = normal_email(new.email)
        username = normal_username(new.username) if new.username else ""
        check_password(new.password, email=email, words=[new.name, username])
        tenant_id, now = principal.tenant_id, self._clock()
        check_member_count(len(self._memberships.of_tenant(tenant_id, at_most=MOST_MEMBERS)))
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
        )
        number = self._memberships.next_number(tenant_id)
        membership = Membership(tenant_id, person_id, new.role, number, now)
        try:
            self._memberships.add(membership, person=person)
        except Conflict:
            if self._memberships.find(tenant_id, person_id) is None:
                raise
            return self._memberships.get_user(tenant_id, person_id)  # an earlier try at this request went that far
        return User(person, membership)

    def update(self, principal: Principal, number: int, changes: MemberChanges) -> User:
        """Changes a member; a new role or the end of a membership takes hold at once.

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
        person = _renamed(user.person, changes)
        self._check_may_change(principal, user, changed)
        _check_keeps_logins(user.person, changes)
        if person != user.person:
            self._check_may_rename(principal, user)
        self._replace(principal, user, changed, changes)
        if person != user.person:
            self._people.rename(user.user_id, name=person.name, phone=person.phone)
        return User(person, changed)

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

    def _check_may_rename(self, principal: Principal, user: User) -> None:
        # A person has one name everywhere: an administrator does not change it for other organisations.
        if principal.user_id == user.user_id or len(self._memberships.of_person(user.user_id)) == 1:
            return
        raise Forbidden(
            "This person belongs to other organisations too, and changes their name and phone number themselves.",
            code="not_yours_alone",
        )

    def _replace(self, principal: Principal, user: User, changed: Membership, changes: MemberChanges) -> None:
        if changed != user.membership:
            self._memberships.replace(user.membership, changed)
        elif principal.user_id == user.user_id or (changes.role is None and changes.active is None):
            return
        # Also where nothing changed: an earlier try at it may have died before this.
        self._sessions.end_in_tenant(user.tenant_id, user.user_id)


def _check_keeps_logins(person: Person, changes: MemberChanges) -> None:
    sent = {"email": (changes.email, person.email), "username": (changes.username, person.username)}
    others = [name for name, (new, old) in sent.items() if new is not None and normal_login(new) != old]
    if others:
        raise Invalid(
            "The e-mail address and the user name stay: people sign in with them, here and elsewhere.",
            fields=dict.fromkeys(others, "cannot be changed here"),
        )


def _renamed(person: Person, changes: MemberChanges) -> Person:
    if changes.name is not None and not changes.name.strip():
        raise Invalid("A person needs a name.", fields={"name": "must not be blank"})
    name = person.name if changes.name is None else changes.name.strip()[:LONGEST_NAME]
    return replace(person, name=name, phone=person.phone if changes.phone is None else changes.phone)
