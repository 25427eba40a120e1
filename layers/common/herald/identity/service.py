"""Signing up, signing in, staying signed in, signing out."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import Protocol

from herald.errors import Conflict, Invalid, Unauthenticated
from herald.identity.model import (
    REFRESH_LIFETIME,
    SESSION_LIFETIME,
    Principal,
    Role,
    Session,
    User,
    check_new_password,
    normal_email,
)
from herald.identity.tokens import AccessTokens
from herald.values.clock import Clock, utc_now
from herald.values.ids import derived_id, new_id

_EMAIL_NAMESPACE = "7d3c9a52-6c1b-4f6e-9d6f-6b0f6f0f2f11"
_LONGEST_NAME = 200


class Identities(Protocol):
    """Where users and sessions are kept."""

    def add_tenant_with_admin(self, user: User, *, tenant_name: str) -> None:
        """Stores a new tenant and its first user, or raises Conflict where the e-mail address is taken."""
        ...

    def find_user_by_email(self, email: str) -> User | None:
        """The user with that (normal) e-mail address."""
        ...

    def get_user(self, tenant_id: str, user_id: str) -> User:
        """A user of the tenant, or raises NotFound."""
        ...

    def put_session(self, session: Session) -> None:
        """Stores a session, new or renewed."""
        ...

    def renew_session(self, session: Session, *, old_refresh_hash: str) -> None:
        """Replaces the refresh secret, or raises Conflict where it is no longer the old one."""
        ...

    def get_session(self, tenant_id: str, session_id: str) -> Session | None:
        """A session that was not deleted."""
        ...

    def delete_session(self, tenant_id: str, session_id: str) -> None:
        """Forgets a session; harmless where it is gone."""
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


class Accounts:
    """The use cases of identity, over its stores."""

    def __init__(
        self,
        identities: Identities,
        passwords: Passwords,
        tokens: AccessTokens,
        revocations: Revocations,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._identities = identities
        self._passwords = passwords
        self._tokens = tokens
        self._revocations = revocations
        self._clock = clock

    def register(self, *, email: str, password: str, name: str) -> SignedIn:
        """A new tenant with this person as its ADMIN, signed in.

        Raises:
            Invalid: the e-mail address or the password will not do.
            Conflict: somebody has registered with this e-mail address.
        """
        email = normal_email(email)
        check_new_password(password, email=email)
        if not name.strip():
            raise Invalid("Say who you are.", fields={"name": "must not be blank"})
        user = User(
            user_id=new_id(),
            tenant_id=new_id(),
            email=email,
            name=name.strip()[:_LONGEST_NAME],
            role=Role.ADMIN,
            password_hash=self._passwords.hash(password),
            created_at=self._clock(),
        )
        self._identities.add_tenant_with_admin(user, tenant_name=user.name)
        return self._open_session(user)

    def sign_in(self, *, email: str, password: str) -> SignedIn:
        """A session for somebody who knows the password.

        Raises:
            Unauthenticated: ``invalid_credentials``, the same for an unknown address as for a wrong password.
        """
        user = self._identities.find_user_by_email(email.strip().lower())
        if not self._passwords.matches(user.password_hash if user else "", password) or user is None:
            raise Unauthenticated("The e-mail address or the password is wrong.", code="invalid_credentials")
        return self._open_session(user)

    def refresh(self, refresh_token: str) -> SignedIn:
        """A new pair of tokens for an unused refresh token. Each is good once; using an old one ends the session.

        Raises:
            Unauthenticated: ``token_expired`` or ``auth_required``.
        """
        tenant_id, session_id, secret = _split_refresh_token(refresh_token)
        session = self._identities.get_session(tenant_id, session_id)
        if session is None or session.expires_at <= self._clock():
            raise Unauthenticated("The refresh token has expired; sign in again.", code="token_expired")
        user = self._identities.get_user(tenant_id, session.user_id)
        if not hmac.compare_digest(session.refresh_hash, _hash_secret(secret)):
            # An old token: either the caller or whoever has the newer one stole it. Neither goes on.
            self.sign_out(Principal(user.user_id, tenant_id, user.role, session_id))
            raise Unauthenticated("The refresh token is not valid; sign in again.")
        return self._renew(user, session)

    def sign_out(self, principal: Principal) -> None:
        """Ends the session: neither of its tokens is good from now on."""
        self._revocations.end_session(principal)
        self._identities.delete_session(principal.tenant_id, principal.session_id)

    def current_user(self, principal: Principal) -> User:
        """The user who is asking.

        Raises:
            NotFound: the user was deleted since.
        """
        return self._identities.get_user(principal.tenant_id, principal.user_id)

    def _open_session(self, user: User) -> SignedIn:
        secret = secrets.token_urlsafe(32)
        session = Session(
            session_id=new_id(),
            user_id=user.user_id,
            tenant_id=user.tenant_id,
            refresh_hash=_hash_secret(secret),
            expires_at=self._clock() + REFRESH_LIFETIME,
        )
        self._identities.put_session(session)
        return self._signed_in(user, session, secret)

    def _renew(self, user: User, session: Session) -> SignedIn:
        secret = secrets.token_urlsafe(32)
        renewed = replace(session, refresh_hash=_hash_secret(secret), expires_at=self._clock() + REFRESH_LIFETIME)
        try:
            self._identities.renew_session(renewed, old_refresh_hash=session.refresh_hash)
        except Conflict as error:
            raise Unauthenticated("The refresh token was used already; sign in again.") from error
        return self._signed_in(user, renewed, secret)

    def _signed_in(self, user: User, session: Session, secret: str) -> SignedIn:
        principal = Principal(user.user_id, user.tenant_id, user.role, session.session_id)
        return SignedIn(
            user=user,
            access_token=self._tokens.issue_to_staff(principal),
            refresh_token=f"{user.tenant_id}.{session.session_id}.{secret}",
            expires_in=int(SESSION_LIFETIME.total_seconds()),
        )


def email_key(email: str) -> str:
    """A stable id for a (normal) e-mail address, so that addresses do not stand in keys."""
    return derived_id(_EMAIL_NAMESPACE, email)


def _split_refresh_token(refresh_token: str) -> tuple[str, str, str]:
    parts = refresh_token.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - tenant, session, secret
        raise Unauthenticated("The refresh token is not valid; sign in again.")
    return parts[0], parts[1], parts[2]


def _hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
