"""Signing up, signing in, staying signed in, signing out."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from herald.errors import Invalid, Unauthenticated
from herald.identity.accounts.model import Person, normal_email, normal_username
from herald.identity.accounts.password_strength import check_password
from herald.identity.audit.service import SIGN_IN, Act, AuditTrail
from herald.identity.lockout.service import Try
from herald.identity.mails.service import MailKind, MailWork
from herald.identity.model import Principal, Role
from herald.identity.sessions.model import REFRESH_LIFETIME, Session
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.staff.model import Membership, User
from herald.identity.tenants.model import Tenant
from herald.values.clock import Clock, utc_now
from herald.values.ids import new_id

_LONGEST_NAME = 200
_LONGEST_USER_AGENT = 300


class Identities(Protocol):
    """Where people, tenants and memberships are kept."""

    def next_tenant_number(self) -> int:
        """A number that no tenant has."""
        ...

    def add_tenant(self, tenant: Tenant, first: Membership, *, person: Person | None = None) -> None:
        """Stores a tenant with its first member, and that person where they are new, or raises Conflict."""
        ...

    def find_by_email(self, email: str) -> Person | None:
        """The person with that (normal) e-mail address."""
        ...

    def find_by_username(self, username: str) -> Person | None:
        """The person with that (normal) user name."""
        ...

    def find_membership(self, tenant_id: str, person_id: str) -> Membership | None:
        """A person's place in a tenant."""
        ...

    def memberships_of(self, person_id: str) -> list[Membership]:
        """A person's places in all of their tenants."""
        ...

    def get_user(self, tenant_id: str, person_id: str) -> User:
        """A member of the tenant, or raises NotFound."""
        ...


class Sessions(Protocol):
    """Where sessions are kept."""

    def put(self, session: Session) -> None:
        """Stores a new session."""
        ...

    def renew(self, session: Session, *, old_refresh_hash: str) -> bool:
        """Replaces the refresh secret and the tenant; False where the secret is no longer the old one."""
        ...

    def get(self, person_id: str, session_id: str) -> Session | None:
        """A session that was not deleted."""
        ...

    def delete(self, person_id: str, session_id: str) -> None:
        """Forgets a session; harmless where it is gone."""
        ...


class Lockouts(Protocol):
    """Stops sign-ins after too many wrong passwords."""

    def begin(self, *, login: str, address: str) -> Try:
        """Counts a try before its password is looked at, or raises RateLimited."""
        ...

    def succeed(self, attempt: Try) -> None:
        """The password was right."""
        ...


class MailQueue(Protocol):
    """Where mails are asked for."""

    def send(self, messages: Sequence[Mapping[str, object]]) -> None:
        """Puts work on the queue."""
        ...


class Revocations(Protocol):
    """What refuses the access tokens of a session before their time."""

    def end_session(self, principal: Principal) -> None:
        """Refuses every later request of the session, at once and everywhere."""
        ...


class Passwords(Protocol):
    """Hashes passwords and checks them."""

    def hash(self, password: str) -> str:
        """A salted hash, with its own parameters in it."""
        ...

    def matches(self, password_hash: str, password: str) -> bool:
        """Whether the password made the hash; takes as long for no hash (``""``) as for one."""
        ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What signing in gives: who it is, an access token (good for ``expires_in`` seconds) and a refresh token."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in came from, to be recognised in a list of sessions."""

    address: str = ""
    user_agent: str = ""


class Accounts:
    """Signing up, in and out, over the stores of identity."""

    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        identities: Identities,
        sessions: Sessions,
        passwords: Passwords,
        tokens: AccessTokens,
        revocations: Revocations,
        lockouts: Lockouts,
        mails: MailQueue,
        audit: AuditTrail,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._identities = identities
        self._sessions = sessions
        self._passwords = passwords
        self._tokens = tokens
        self._revocations = revocations
        self._lockouts = lockouts
        self._mails = mails
        self._audit = audit
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
        origin: Origin = Origin(),
    ) -> SignedIn:
        """A new tenant with this person as its ADMIN, signed in.

        Raises:
            Invalid: the e-mail address, the user name or the password will not do.
            Conflict: somebody has registered with this e-mail address or user name.
        """
        email = normal_email(email)
        username = normal_username(username) if username else ""
        check_password(password, email=email, words=[name, username, tenant_name])
        if not name.strip():
            raise Invalid("Say who you are.", fields={"name": "must not be blank"})
        now, tenant_id = self._clock(), new_id()
        person = Person(
            person_id=new_id(),
            email=email,
            name=name.strip()[:_LONGEST_NAME],
            password_hash=self._passwords.hash(password),
            created_at=now,
            home_tenant_id=tenant_id,
            username=username,
            phone=phone,
        )
        tenant = Tenant(
            tenant_id, (tenant_name.strip() or person.name)[:_LONGEST_NAME], self._identities.next_tenant_number(), now
        )
        first = Membership(tenant_id, person.person_id, Role.ADMIN, 1, now)
        self._identities.add_tenant(tenant, first, person=person)
        self._mails.send([MailWork.of(MailKind.VERIFY_EMAIL, email).to_message()])
        return self.open_session(User(person, first), origin)

    def sign_in(
        self,
        *,
        login: str,
        password: str,
        tenant_id: str = "",
        origin: Origin = Origin(),
    ) -> SignedIn:
        """A session for somebody who knows the password.

        Args:
            login: an e-mail address or a user name.
            password: as it was typed.
            tenant_id: the organisation to enter; empty for the one that was worked in last.
            origin: where from.

        Raises:
            Unauthenticated: ``invalid_credentials``, the same for an unknown login, a wrong password and somebody
                else's organisation; ``account_suspended`` or ``account_inactive`` for whoever knows the password and
                may not come in.
            RateLimited: too many wrong passwords; the same whether or not there is such an account.
        """
        person = self.recognise(login.strip().casefold(), password, origin)
        if person.suspended:
            raise Unauthenticated("This account is suspended; ask your administrator.", code="account_suspended")
        return self.open_session(User(person, self._place_of(person, tenant_id)), origin)

    def recognise(self, login: str, password: str, origin: Origin) -> Person:
        """Who has this login (an e-mail address or a user name as it is compared) and this password.

        Raises:
            Unauthenticated: ``invalid_credentials``: nobody has.
            RateLimited: too many wrong passwords.
        """
        attempt = self._lockouts.begin(login=login, address=origin.address)
        find = self._identities.find_by_email if "@" in login else self._identities.find_by_username
        person = find(login)
        # As long for nobody as for somebody: the same reads, one hash, and the same mail is asked for.
        if not self._passwords.matches(person.password_hash if person else "", password) or person is None:
            if attempt.last:
                self._mails.send([MailWork.of(MailKind.ACCOUNT_LOCKED, login).to_message()])
            raise wrong_credentials()
        self._lockouts.succeed(attempt)
        return person

    def _place_of(self, person: Person, tenant_id: str) -> Membership:
        membership = self._identities.find_membership(tenant_id or person.home_tenant_id, person.person_id)
        if tenant_id and membership is None:
            raise wrong_credentials()
        if membership is not None and membership.active:
            return membership
        others = () if tenant_id else self._identities.memberships_of(person.person_id)
        active = next((place for place in others if place.active), None)
        if active is None:
            raise Unauthenticated(
                "You have no place in this organisation any more; ask its administrator.", code="account_inactive"
            )
        return active

    def refresh(self, refresh_token: str) -> SignedIn:
        """A new pair of tokens for an unused refresh token. Each is good once; using an old one ends the session.

        Raises:
            Unauthenticated: ``token_expired`` or ``auth_required``.
        """
        person_id, session_id, secret = _split_refresh_token(refresh_token)
        session = self._sessions.get(person_id, session_id)
        if session is None or session.expires_at <= self._clock():
            raise Unauthenticated("The refresh token has expired; sign in again.", code="token_expired")
        user = self._identities.get_user(session.tenant_id, person_id)
        if not hmac.compare_digest(session.refresh_hash, _hash_secret(secret)):
            # An old token: either the caller or whoever has the newer one stole it. Neither goes on.
            self.sign_out(principal_of(user, session_id))
            raise Unauthenticated("The refresh token is not valid; sign in again.")
        if not user.may_sign_in:
            raise Unauthenticated("The refresh token is not valid; sign in again.")
        return self._renew(user, session)

    def sign_out(self, principal: Principal) -> None:
        """Ends the session: neither of its tokens is good from now on."""
        self._revocations.end_session(principal)
        self._sessions.delete(principal.user_id, principal.session_id)

    def current_user(self, principal: Principal) -> User:
        """The user who is asking.

        Raises:
            NotFound: the user was deleted since.
        """
        return self._identities.get_user(principal.tenant_id, principal.user_id)

    def open_session(self, user: User, origin: Origin) -> SignedIn:
        """A session of a user who was recognised; it is the one part of signing in that the audit log holds."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        session = Session(
            session_id=new_id(),
            user_id=user.user_id,
            tenant_id=user.tenant_id,
            refresh_hash=_hash_secret(secret),
            created_at=now,
            expires_at=now + REFRESH_LIFETIME,
            last_used_at=now,
            user_agent=origin.user_agent[:_LONGEST_USER_AGENT],
            address=origin.address,
        )
        self._sessions.put(session)
        signed_in = self._signed_in(user, session, secret)
        self._audit.record(Act.of(principal_of(user, session.session_id), SIGN_IN, address=origin.address))
        return signed_in

    def _renew(self, user: User, session: Session) -> SignedIn:
        secret, now = secrets.token_urlsafe(32), self._clock()
        renewed = replace(
            session,
            tenant_id=user.tenant_id,
            refresh_hash=_hash_secret(secret),
            expires_at=now + REFRESH_LIFETIME,
            last_used_at=now,
        )
        if not self._sessions.renew(renewed, old_refresh_hash=session.refresh_hash):
            raise Unauthenticated("The refresh token was used already; sign in again.")
        return self._signed_in(user, renewed, secret)

    def _signed_in(self, user: User, session: Session, secret: str) -> SignedIn:
        return SignedIn(
            user=user,
            access_token=self._tokens.issue_to_staff(principal_of(user, session.session_id)),
            refresh_token=f"{user.user_id}.{session.session_id}.{secret}",
            expires_in=int(self._tokens.lifetime.total_seconds()),
        )


def principal_of(user: User, session_id: str) -> Principal:
    """A user at work in a session."""
    return Principal(user.user_id, user.tenant_id, user.role, session_id)


def wrong_credentials() -> Unauthenticated:
    """The one answer to every sign-in that fails."""
    return Unauthenticated("The e-mail address or the password is wrong.", code="invalid_credentials")


def _split_refresh_token(refresh_token: str) -> tuple[str, str, str]:
    parts = refresh_token.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - person, session, secret
        raise Unauthenticated("The refresh token is not valid; sign in again.")
    return parts[0], parts[1], parts[2]


def _hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
