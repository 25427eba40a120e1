"""Passwords changed and set anew, addresses verified, and one's own sessions ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from herald.errors import Invalid, NotFound
from herald.identity.accounts.model import Person, normal_email
from herald.identity.accounts.password_strength import check_password
from herald.identity.audit.service import PASSWORD_RESET, Act, AuditTrail
from herald.identity.lockout.service import Try
from herald.identity.mails.service import MailKind, MailWork, password_mark
from herald.identity.model import Principal, Role
from herald.identity.one_time_tokens.service import OneTimeToken, OneTimeTokens, Purpose, no_good
from herald.identity.sessions.model import Session
from herald.values.clock import Clock, utc_now

_LONGEST_NAME = 200
_LONGEST_PHONE = 40


class People(Protocol):
    """Where people are kept."""

    def get_person(self, person_id: str) -> Person:
        """A person, or NotFound."""
        ...

    def set_password(self, person_id: str, password_hash: str) -> None:
        """Replaces a person's password."""
        ...

    def rename_person(self, person_id: str, *, name: str, phone: str) -> None:
        """Gives a person another name and phone number."""
        ...

    def set_verified(self, person_id: str, *, now: datetime) -> None:
        """Records that a person's e-mail address is theirs."""
        ...


class Sessions(Protocol):
    """Where sessions are kept."""

    def of_person(self, person_id: str) -> list[Session]:
        """A person's sessions, newest first."""
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
    """Hashes passwords and checks them."""

    def hash(self, password: str) -> str:
        """A salted hash, with its own parameters in it."""
        ...

    def matches(self, password_hash: str, password: str) -> bool:
        """Whether the password made the hash."""
        ...


class Lockouts(Protocol):
    """Stops tries after too many wrong passwords."""

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


class Recovery:
    """The use cases of somebody and their own account."""

    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        people: People,
        sessions: Sessions,
        revocations: Revocations,
        passwords: Passwords,
        tokens: OneTimeTokens,
        lockouts: Lockouts,
        mails: MailQueue,
        audit: AuditTrail,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._revocations = revocations
        self._passwords = passwords
        self._tokens = tokens
        self._lockouts = lockouts
        self._mails = mails
        self._audit = audit
        self._clock = clock

    def ask_for_reset(self, login: str) -> None:
        """A mail with a way to set a new password, to whoever has this login, if anybody has."""
        self._ask(MailKind.RESET_PASSWORD, login)

    def ask_for_verification(self, login: str) -> None:
        """A mail that asks whether the address is theirs, to whoever has this login, if anybody has."""
        self._ask(MailKind.VERIFY_EMAIL, login)

    def reset(self, token: str, password: str, *, address: str = "") -> None:
        """A new password for whoever got the mail; every session of theirs ends.

        Raises:
            Invalid: the token is used or expired, or the password will not do (the token is still good then).
        """
        found = self._tokens.look(token, Purpose.RESET_PASSWORD)
        person = self._owner_of(found)
        check_password(password, email=person.email, words=[person.name, person.username])
        self._tokens.take(token, Purpose.RESET_PASSWORD)
        self._replace_password(person, password)
        # Who got the mail has the address.
        self._people.set_verified(found.person_id, now=self._clock())
        self._audit.record(Act(person.home_tenant_id, person.person_id, "", PASSWORD_RESET, address=address))

    def verify_email(self, token: str) -> None:
        """The address is theirs.

        Raises:
            Invalid: the token is used or expired.
        """
        found = self._tokens.take(token, Purpose.VERIFY_EMAIL)
        self._people.set_verified(found.person_id, now=self._clock())

    def change_password(self, principal: Principal, *, old: str, new: str, address: str = "") -> None:
        """Another password; every session ends, this one too: whoever knew the old one is out.

        Raises:
            Invalid: the old password is wrong, or the new one will not do. (Not Unauthenticated: the session is good.)
            RateLimited: too many wrong passwords, here or at sign-in: a stolen session must not find it out either.
        """
        person = self._people.get_person(principal.user_id)
        check_password(new, email=person.email, words=[person.name, person.username])
        attempt = self._lockouts.begin(login=person.email, address=address)
        if not self._passwords.matches(person.password_hash, old):
            if attempt.last:
                self._ask(MailKind.ACCOUNT_LOCKED, person.email)
            raise Invalid("The present password is wrong.", fields={"old_password": "wrong"})
        self._lockouts.succeed(attempt)
        self._replace_password(person, new)

    def rename(self, principal: Principal, *, name: str | None = None, phone: str | None = None) -> None:
        """The caller's own name and phone number; ``None`` leaves one as it is.

        Raises:
            Invalid: the name is blank.
        """
        person = self._people.get_person(principal.user_id)
        name = (person.name if name is None else name).strip()
        if not name:
            raise Invalid("Say who you are.", fields={"name": "must not be blank"})
        phone = (person.phone if phone is None else phone).strip()
        self._people.rename_person(person.person_id, name=name[:_LONGEST_NAME], phone=phone[:_LONGEST_PHONE])

    def sessions(self, principal: Principal) -> list[Session]:
        """The caller's sessions that can still be renewed, newest first."""
        now = self._clock()
        return [session for session in self._sessions.of_person(principal.user_id) if session.expires_at > now]

    def end_session(self, principal: Principal, session_id: str) -> None:
        """Ends one of the caller's sessions at once.

        Raises:
            NotFound: the caller has no such session.
        """
        session = next((one for one in self.sessions(principal) if one.session_id == session_id), None)
        if session is None:
            raise NotFound("There is no such session.", fields={"session_id": session_id})
        self._end(session)

    def end_all_sessions(self, person_id: str) -> None:
        """Ends every session of a person at once."""
        for session in self._sessions.of_person(person_id):
            self._end(session)

    def _owner_of(self, token: OneTimeToken) -> Person:
        """Whose password a token sets anew; after one did, the others that were asked for are good no more."""
        person = self._people.get_person(token.person_id)
        if token.good_for != password_mark(person):
            raise no_good()
        return person

    def _replace_password(self, person: Person, password: str) -> None:
        self._people.set_password(person.person_id, self._passwords.hash(password))
        self.end_all_sessions(person.person_id)
        self._ask(MailKind.PASSWORD_CHANGED, person.email)

    def _end(self, session: Session) -> None:
        # A revocation asks for the user and the session only; the role stands in for whatever it was.
        self._revocations.end_session(Principal(session.user_id, session.tenant_id, Role.VIEWER, session.session_id))
        self._sessions.delete(session.user_id, session.session_id)

    def _ask(self, kind: MailKind, login: str) -> None:
        login = login.strip().casefold()
        login = normal_email(login) if "@" in login else login
        self._mails.send([MailWork.of(kind, login).to_message()])
