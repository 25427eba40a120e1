"""The people of one organisation, as its administrators see and change them."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass, replace
from typing import Protocol

from herald.errors import Conflict, Forbidden, Invalid, NotFound
from herald.identity.accounts.model import Person, normal_email, normal_username
from herald.identity.accounts.password_strength import check_password
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, may
from herald.identity.sessions.model import Session
from herald.identity.staff.model import Membership, User
from herald.identity.tenants.model import Tenant
from herald.values.clock import Clock, utc_now

MOST_MEMBERS = 1000
"""Of one organisation; a list of staff looks at all of them."""
_LONGEST_NAME = 200


class Identities(Protocol):
    """Where people, tenants and memberships are kept."""

    def get_tenant(self, tenant_id: str) -> Tenant:
        """A tenant, or NotFound."""
        ...

    def get_user(self, tenant_id: str, person_id: str) -> User:
        """A member of the tenant, or NotFound."""
        ...

    def find_member_by_number(self, tenant_id: str, number: int) -> Membership | None:
        """The member who has a number."""
        ...

    def members(self, tenant_id: str, *, at_most: int) -> list[Membership]:
        """The members of a tenant, by number."""
        ...

    def people(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """The people that exist among these, by id."""
        ...

    def find_membership(self, tenant_id: str, person_id: str) -> Membership | None:
        """A person's place in a tenant."""
        ...

    def memberships_of(self, person_id: str) -> list[Membership]:
        """A person's places in all of their tenants."""
        ...

    def next_member_number(self, tenant_id: str) -> int:
        """A number that no member of the tenant has."""
        ...

    def add_member(self, membership: Membership, *, person: Person | None = None) -> None:
        """Stores a member, and that person where they are new, or raises Conflict."""
        ...

    def replace_member(self, before: Membership, after: Membership) -> None:
        """Changes a member's role, and whether they are active; refuses to lose the last active ADMIN."""
        ...

    def rename_person(self, person_id: str, *, name: str, phone: str) -> None:
        """Gives a person another name and phone number."""
        ...


class Sessions(Protocol):
    """Where sessions are kept."""

    def of_person(self, person_id: str) -> list[Session]:
        """A person's sessions."""
        ...

    def delete(self, person_id: str, session_id: str) -> None:
        """Forgets a session; harmless where it is gone."""
        ...


class Revocations(Protocol):
    """What refuses the access tokens of a session before their time."""

    def end_session(self, principal: Principal) -> None:
        """Refuses every later request of the session, at once and everywhere."""
        ...


class Passwords(Protocol):
    """Hashes passwords."""

    def hash(self, password: str) -> str:
        """A salted hash, with its own parameters in it."""
        ...


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who is to join: ``username`` and ``name`` may be empty."""

    email: str
    password: str
    role: Role
    username: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """What is to change of a member; ``None`` leaves a thing as it is.

    ``email`` and ``username`` may be sent along, but not changed here: by them a person signs in everywhere.
    """

    role: Role | None = None
    active: bool | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    username: str | None = None


class Staff:
    """The use cases of an organisation and its people."""

    def __init__(
        self,
        identities: Identities,
        sessions: Sessions,
        revocations: Revocations,
        passwords: Passwords,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._identities = identities
        self._sessions = sessions
        self._revocations = revocations
        self._passwords = passwords
        self._clock = clock

    def members(self, tenant_id: str, *, role: Role | None = None, active: bool | None = None) -> list[User]:
        """The people of an organisation, by number, confined to a role and to those who are or are not active."""
        memberships = [
            membership
            for membership in self._identities.members(tenant_id, at_most=MOST_MEMBERS)
            if role in {None, membership.role} and active in {None, membership.active}
        ]
        people = self._identities.people(membership.person_id for membership in memberships)
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
        membership = self._identities.find_member_by_number(tenant_id, number)
        if membership is None:
            raise NotFound("There is no such user.", fields={"user_id": number})
        return self._identities.get_user(tenant_id, membership.person_id)

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
        check_room(self._identities.members(tenant_id, at_most=MOST_MEMBERS))
        name = (new.name or username or email.partition("@")[0]).strip()[:_LONGEST_NAME]
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
        number = self._identities.next_member_number(tenant_id)
        membership = Membership(tenant_id, person_id, new.role, number, now)
        try:
            self._identities.add_member(membership, person=person)
        except Conflict:
            if self._identities.find_membership(tenant_id, person_id) is None:
                raise
            return self._identities.get_user(tenant_id, person_id)  # an earlier try at this request went that far
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
            self._identities.rename_person(user.user_id, name=person.name, phone=person.phone)
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
        if principal.user_id == user.user_id or len(self._identities.memberships_of(user.user_id)) == 1:
            return
        raise Forbidden(
            "This person belongs to other organisations too, and changes their name and phone number themselves.",
            code="not_yours_alone",
        )

    def _replace(self, principal: Principal, user: User, changed: Membership, changes: MemberChanges) -> None:
        if changed != user.membership:
            self._identities.replace_member(user.membership, changed)
        elif principal.user_id == user.user_id or (changes.role is None and changes.active is None):
            return
        # Also where nothing changed: an earlier try at it may have died before this.
        self._end_sessions(user)

    def _end_sessions(self, user: User) -> None:
        for session in self._sessions.of_person(user.user_id):
            if session.tenant_id == user.tenant_id:
                principal = Principal(user.user_id, user.tenant_id, user.role, session.session_id)
                self._revocations.end_session(principal)
                self._sessions.delete(user.user_id, session.session_id)


def check_room(members: Sized) -> None:
    """Refuses one more member where there are too many.

    Raises:
        Conflict: ``too_many_members``.
    """
    if len(members) >= MOST_MEMBERS:
        raise Conflict(f"An organisation has at most {MOST_MEMBERS} members.", code="too_many_members")


def _check_keeps_logins(person: Person, changes: MemberChanges) -> None:
    sent = {"email": (changes.email, person.email), "username": (changes.username, person.username)}
    others = [name for name, (new, old) in sent.items() if new is not None and new.strip().casefold() != old]
    if others:
        raise Invalid(
            "The e-mail address and the user name stay: people sign in with them, here and elsewhere.",
            fields=dict.fromkeys(others, "cannot be changed here"),
        )


def _renamed(person: Person, changes: MemberChanges) -> Person:
    if changes.name is not None and not changes.name.strip():
        raise Invalid("A person needs a name.", fields={"name": "must not be blank"})
    name = person.name if changes.name is None else changes.name.strip()[:_LONGEST_NAME]
    return replace(person, name=name, phone=person.phone if changes.phone is None else changes.phone)
