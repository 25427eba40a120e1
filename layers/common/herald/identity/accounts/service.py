"""Signing up, signing in, and one's own profile."""

from herald.errors import Forbidden, Invalid, Unauthenticated
from herald.identity.accounts.model import (
    LONGEST_PHONE,
    UNVERIFIED_LIFETIME,
    Person,
    checked_name,
    normal_login,
    normal_username,
)
from herald.identity.accounts.passwords import Passwords
from herald.identity.accounts.store import PersonStore
from herald.identity.lockout.service import Lockout
from herald.identity.mails.model import MailKind
from herald.identity.mails.requests import MailRequests
from herald.identity.model import ABSENT_ID, Principal, Role
from herald.identity.sessions.model import UNKNOWN_ORIGIN, Origin, SignedIn
from herald.identity.sessions.service import Sessions
from herald.identity.staff.model import Membership, User
from herald.identity.staff.store import MembershipStore
from herald.identity.tenants.model import LONGEST_NAME as LONGEST_TENANT_NAME
from herald.identity.tenants.model import Tenant
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now
from herald.values.email import normal_email
from herald.values.ids import new_id


class Accounts:
    """The use cases of somebody who has an account or wants one."""

    def __init__(
        self,
        people: PersonStore,
        tenants: TenantStore,
        memberships: MembershipStore,
        sessions: Sessions,
        passwords: Passwords,
        lockout: Lockout,
        mails: MailRequests,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._tenants = tenants
        self._memberships = memberships
        self._sessions = sessions
        self._passwords = passwords
        self._lockout = lockout
        self._mails = mails
        self._clock = clock

    def register(
        self,
        *,
        email: str,
        password: str,
        name: str,
        username: str = "",
        phone: str = "",
        tenant_name: str = "",
        origin: Origin = UNKNOWN_ORIGIN,
    ) -> SignedIn:
        """A new tenant with this person as its ADMIN, signed in; it goes where nobody confirms the address in time.

        Raises:
            Invalid: the e-mail address, the user name or the password will not do.
            Conflict: somebody has registered with this e-mail address or user name.
        """
        email = normal_email(email)
        username = normal_username(username) if username else ""
        self._passwords.check_own(password, email=email, words=[name, username, tenant_name])
        name, now, tenant_id = checked_name(name), self._clock(), new_id()
        person = Person(
            person_id=new_id(),
            email=email,
            name=name,
            password_hash=self._passwords.hash(password),
            created_at=now,
            home_tenant_id=tenant_id,
            username=username,
            phone=phone,
            expires_at=now + UNVERIFIED_LIFETIME,
        )
        first = self._begin(person, tenant_name=(tenant_name.strip() or name)[:LONGEST_TENANT_NAME])
        self._mails.request(MailKind.VERIFY_EMAIL, email)
        return self._sessions.open(User(person, first), origin)

    def begin_anew(self, unverified: Person, password: str) -> Person:
        """An account for whoever has shown that an address is theirs, in place of one that anybody can have begun.

        They have a new id and an organisation of their own; nothing that the other could do is left.
        """
        now, name = self._clock(), unverified.email.partition("@")[0]
        owner = Person(
            person_id=new_id(),
            email=unverified.email,
            name=name,
            password_hash=self._passwords.hash(password),
            created_at=now,
            home_tenant_id=new_id(),
            email_verified_at=now,
        )
        self._begin(owner, tenant_name=name, instead_of=unverified)
        self._sessions.end_all(unverified.person_id)
        return owner

    def sign_in(
        self, *, login: str, password: str, tenant_number: int | None = None, origin: Origin = UNKNOWN_ORIGIN
    ) -> SignedIn:
        """A session for somebody who knows the password.

        Args:
            login: an e-mail address or a user name.
            password: as it was typed.
            tenant_number: of the organisation to enter; ``None`` for the one that was worked in last.
            origin: where from.

        Raises:
            Unauthenticated: ``invalid_credentials``, the same for an unknown login, a wrong password and somebody
                else's organisation; ``account_suspended`` or ``account_inactive`` for whoever knows the password and
                may not come in.
            Forbidden: ``password_change_required``; an administrator set this password.
            RateLimited: too many wrong passwords; the same whether or not there is such an account.
        """
        # An organisation that does not exist is entered in vain, and as slowly as one that does.
        tenant_id = None if tenant_number is None else self._tenants.find_id(tenant_number) or ABSENT_ID
        person = self.authenticate(login, password, origin)
        membership = self._last_place_of(person) if tenant_id is None else self._place_in(tenant_id, person)
        return self._sessions.open(User(person, membership), origin)

    def authenticate(self, login: str, password: str, origin: Origin) -> Person:
        """Who has this login (an e-mail address or a user name) and this password.

        Raises:
            Unauthenticated: ``invalid_credentials``: nobody has; ``account_suspended``.
            Forbidden: ``password_change_required``: an administrator set it, and its owner has not come yet.
            RateLimited: too many wrong passwords.
        """
        login = normal_login(login)
        person = self._people.find_by_login(login)
        person_id = person.person_id if person else ""
        attempt = self._lockout.begin(login=login, person_id=person_id, address=origin.address)
        # As long for nobody as for somebody: the same reads, the same hashes, and the same mail is asked for.
        is_right = self._passwords.matches(person.password_hash if person else "", password)
        if person is None or person.provisional or not is_right:
            self._lockout.fail(attempt)
            if attempt.tells:
                self._mails.request(MailKind.ACCOUNT_LOCKED, login)
            raise self._refusal(login, password, person)
        self._lockout.succeed(attempt)
        if person.suspended:
            raise Unauthenticated("This account is suspended; ask your administrator.", code="account_suspended")
        return person

    def check_present_password(self, person_id: str, password: str, *, address: str, field: str = "password") -> None:
        """Turns away whoever is signed in and does not know the password of the account.

        Args:
            person_id: whose account it is.
            password: as it was typed.
            address: where this is asked from.
            field: what the request calls it.

        Raises:
            Invalid: it is wrong. (Not Unauthenticated: the session is good.)
            RateLimited: too many wrong passwords, here or at sign-in: a stolen session must not find it out either.
            NotFound: the account is gone.
        """
        person = self._people.get(person_id)
        attempt = self._lockout.begin(login=person.email, person_id=person.person_id, address=address)
        if not self._passwords.matches(person.password_hash, password):
            self._lockout.fail(attempt)
            if attempt.tells:
                self._mails.request(MailKind.ACCOUNT_LOCKED, person.email)
            raise Invalid("The present password is wrong.", fields={field: "wrong"})
        self._lockout.succeed(attempt)

    def current_user(self, principal: Principal) -> User:
        """The user who is asking.

        Raises:
            NotFound: the user was deleted since.
        """
        return self._memberships.get_user(principal.tenant_id, principal.user_id)

    def rename(self, principal: Principal, *, name: str | None = None, phone: str | None = None) -> None:
        """The caller's own name and phone number; ``None`` leaves one as it is.

        Raises:
            Invalid: the name is blank.
        """
        person = self._people.get(principal.user_id)
        name = checked_name(person.name if name is None else name)
        phone = (person.phone if phone is None else phone).strip()
        self._people.rename(person.person_id, name=name, phone=phone[:LONGEST_PHONE])

    def _begin(self, person: Person, *, tenant_name: str, instead_of: Person | None = None) -> Membership:
        tenant = Tenant(person.home_tenant_id, tenant_name, self._tenants.next_number(), person.created_at)
        first = Membership(tenant.tenant_id, person.person_id, Role.ADMIN, 1, person.created_at)
        self._memberships.add_first(first, tenant, person=person, instead_of=instead_of)
        return first

    def _refusal(self, login: str, password: str, person: Person | None) -> Forbidden | Unauthenticated:
        """Why somebody does not come in; with a password that an administrator set, they are told what to do."""
        latest = next(iter(self._people.provisional_of(login)), None)
        made = person if person is not None and person.provisional else latest
        # It counts as a wrong one: it must not start the count of the account anew that the address may have.
        if self._passwords.matches(made.password_hash if made else "", password):
            return Forbidden(
                "This password was set by somebody else. Set one of your own first, by the link in the mail that"
                " invited you; “Forgot password” sends it again.",
                code="password_change_required",
            )
        return _wrong_credentials()

    def _place_in(self, tenant_id: str, person: Person) -> Membership:
        membership = self._memberships.find(tenant_id, person.person_id)
        if membership is None:
            raise _wrong_credentials()
        if not membership.active:
            raise _inactive()
        return membership

    def _last_place_of(self, person: Person) -> Membership:
        """In the organisation that was worked in last, or in another one where that is over."""
        home = self._memberships.find(person.home_tenant_id, person.person_id)
        if home is not None and home.active:
            return home
        active = next((place for place in self._memberships.of_person(person.person_id) if place.active), None)
        if active is None:
            raise _inactive()
        return active


def _wrong_credentials() -> Unauthenticated:
    """The one answer to every sign-in that fails."""
    return Unauthenticated("The e-mail address or the password is wrong.", code="invalid_credentials")


def _inactive() -> Unauthenticated:
    return Unauthenticated(
        "You have no place in this organisation any more; ask its administrator.", code="account_inactive"
    )
