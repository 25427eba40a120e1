"""Sessions: opened, renewed, listed and ended."""

import hmac
from collections.abc import Callable
from dataclasses import replace

from herald.errors import NotFound, Unauthenticated
from herald.identity.audit.model import SIGN_IN, AuditEvent
from herald.identity.audit.service import AuditLog
from herald.identity.lockout.service import Lockout
from herald.identity.model import Principal
from herald.identity.rate_limits.model import subject_of_user
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.model import (
    REFRESH_LIFETIME,
    Origin,
    Session,
    SignedIn,
    hash_of,
    invalid_refresh_token,
    new_refresh_secret,
    new_seal_key,
    principal_of,
    split_refresh_token,
)
from herald.identity.sessions.store import SessionStore
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.staff.model import User
from herald.identity.staff.store import MembershipStore
from herald.values.clock import Clock, utc_now
from herald.values.ids import new_id

_LONGEST_USER_AGENT = 300


class Sessions:
    def __init__(
        self,
        store: SessionStore,
        memberships: MembershipStore,
        rate_limits: RateLimitStore,
        tokens: AccessTokens,
        lockout: Lockout,
        audit: AuditLog,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._memberships = memberships
        self._rate_limits = rate_limits
        self._tokens = tokens
        self._lockout = lockout
        self._audit = audit
        self._clock = clock

    def open(self, user: User, origin: Origin) -> SignedIn:
        """A session of a user who was authenticated, from a network that is known from now on.

        It is the one part of signing in that the audit log holds.

        Raises:
            Unauthenticated: the user's place was changed at this moment.
        """
        seal_key, now = new_seal_key(), self._clock()
        secret = new_refresh_secret(seal_key)
        session = Session(
            session_id=new_id(),
            user_id=user.user_id,
            tenant_id=user.tenant_id,
            refresh_hash=hash_of(secret),
            created_at=now,
            expires_at=now + REFRESH_LIFETIME,
            last_used_at=now,
            user_agent=origin.user_agent[:_LONGEST_USER_AGENT],
            address=origin.address,
            seal_key=seal_key,
        )
        self._store.put(session)
        self._check_still_stands(user, session)
        self._lockout.recognise(user.user_id, origin.address)
        signed_in = self._signed_in(user, session, secret)
        self._audit.record(AuditEvent.of(principal_of(user, session.session_id), SIGN_IN, address=origin.address))
        return signed_in

    def renew(self, refresh_token: str, *, count: Callable[[str], None]) -> SignedIn:
        """A new pair of tokens for an unused refresh token. Each is good once; using an old one ends the session.

        Args:
            refresh_token: as it was sent.
            count: counts the request for the session of this id, and refuses it where there are too many.

        Raises:
            Unauthenticated: ``token_expired`` or ``auth_required``.
            RateLimited: too many requests for this session.
        """
        person_id, session_id, secret = split_refresh_token(refresh_token)
        session = self._store.find(person_id, session_id)
        if session is None or session.expires_at <= self._clock():
            raise Unauthenticated("The refresh token has expired; sign in again.", code="token_expired")
        user = self._memberships.find_user(session.tenant_id, person_id)
        if not hmac.compare_digest(session.refresh_hash, hash_of(secret)):
            if session.was_given(secret):
                # An old token: either the caller or whoever has the newer one stole it. Neither goes on.
                self._end(session)
            raise invalid_refresh_token()
        count(session_id)
        if user is None or not user.may_sign_in:
            raise invalid_refresh_token()
        return self._renewed(user, session)

    def of_person(self, principal: Principal) -> list[Session]:
        """The caller's sessions that can still be renewed, newest first."""
        now = self._clock()
        return [session for session in self._store.of_person(principal.user_id) if session.expires_at > now]

    def end(self, principal: Principal) -> None:
        """Ends the caller's session: neither of its tokens is good from now on."""
        self._refuse(principal.tenant_id, principal.user_id, principal.session_id)

    def end_one(self, principal: Principal, session_id: str) -> None:
        """Ends one of the caller's sessions at once.

        Raises:
            NotFound: the caller has no such session.
        """
        session = next((one for one in self.of_person(principal) if one.session_id == session_id), None)
        if session is None:
            raise NotFound("There is no such session.", fields={"session_id": session_id})
        self._end(session)

    def end_all(self, person_id: str) -> None:
        """Ends every session of a person at once."""
        for session in self._store.of_person(person_id):
            self._end(session)

    def end_in_tenant(self, tenant_id: str, person_id: str) -> None:
        """Ends every session of a person in a tenant at once."""
        for session in self._store.of_person(person_id):
            if session.tenant_id == tenant_id:
                self._end(session)

    def _check_still_stands(self, user: User, session: Session) -> None:
        # Whoever ends a place ends the sessions that they find afterwards: they find this one, or this finds that.
        now = self._memberships.find_user(user.tenant_id, user.user_id)
        if now is None or not now.may_sign_in or now.role is not user.role:
            self._end(session)
            raise Unauthenticated("Your place in this organisation has just changed; sign in again.")

    def _end(self, session: Session) -> None:
        self._refuse(session.tenant_id, session.user_id, session.session_id)

    def _refuse(self, tenant_id: str, user_id: str, session_id: str) -> None:
        self._rate_limits.end_session(subject_of_user(tenant_id, user_id), session_id)
        self._store.delete(user_id, session_id)

    def _renewed(self, user: User, session: Session) -> SignedIn:
        secret, now = new_refresh_secret(session.seal_key), self._clock()
        renewed = replace(
            session,
            tenant_id=user.tenant_id,
            refresh_hash=hash_of(secret),
            expires_at=now + REFRESH_LIFETIME,
            last_used_at=now,
        )
        if not self._store.renew(renewed, old_refresh_hash=session.refresh_hash):
            raise Unauthenticated("The refresh token was used already; sign in again.")
        return self._signed_in(user, renewed, secret)

    def _signed_in(self, user: User, session: Session, secret: str) -> SignedIn:
        return SignedIn(
            user=user,
            access_token=self._tokens.issue_to_staff(principal_of(user, session.session_id)),
            refresh_token=f"{user.user_id}.{session.session_id}.{secret}",
            expires_in=int(self._tokens.lifetime.total_seconds()),
        )
