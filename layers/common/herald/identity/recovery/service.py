"""Passwords changed and set anew, and addresses verified."""

from herald.identity.accounts.model import Person, normal_login
from herald.identity.accounts.passwords import Passwords
from herald.identity.accounts.service import Accounts
from herald.identity.accounts.store import PersonStore
from herald.identity.audit.model import PASSWORD_RESET, AuditEvent
from herald.identity.audit.service import AuditLog
from herald.identity.lockout.service import Lockout
from herald.identity.mails.model import MailKind
from herald.identity.mails.requests import MailRequests
from herald.identity.model import Principal
from herald.identity.one_time_tokens.model import OneTimeToken, Purpose, invalid_token, password_fingerprint
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.sessions.service import Sessions
from herald.values.email import normal_email


class Recovery:
    """The use cases of somebody who must prove that an account is theirs."""

    def __init__(
        self,
        people: PersonStore,
        accounts: Accounts,
        sessions: Sessions,
        passwords: Passwords,
        tokens: OneTimeTokens,
        lockout: Lockout,
        mails: MailRequests,
        audit: AuditLog,
    ) -> None:
        self._people = people
        self._accounts = accounts
        self._sessions = sessions
        self._passwords = passwords
        self._tokens = tokens
        self._lockout = lockout
        self._mails = mails
        self._audit = audit

    def ask_for_reset(self, login: str) -> None:
        """A mail with a way to set a new password, to whoever has this login, if anybody has."""
        self._ask(MailKind.RESET_PASSWORD, login)

    def ask_for_verification(self, login: str) -> None:
        """A mail that asks whether the address is theirs, to whoever has this login, if anybody has."""
        self._ask(MailKind.VERIFY_EMAIL, login)

    def reset(self, token: str, password: str, *, address: str = "") -> None:
        """A new password for whoever got the mail; every session of theirs ends, and so does every wait to sign in.

        Where the address was not confirmed before, somebody else may have signed up with it: its owner gets an account
        that is new but for the address, in an organisation of their own, and the other one goes with all it could do.

        Raises:
            Invalid: the token is used or expired, or the password will not do (the token is still good then).
        """
        person = self._owner_of(self._tokens.peek(token, Purpose.RESET_PASSWORD))
        self._passwords.check_own(password, email=person.email, words=[person.name, person.username])
        self._tokens.redeem(token, Purpose.RESET_PASSWORD)
        person = self._renewed(person, password)
        self._lockout.clear(person.person_id, logins=(person.email, person.username), address=address)
        self._audit.record(AuditEvent(person.home_tenant_id, person.person_id, "", PASSWORD_RESET, address=address))

    def verify_email(self, token: str) -> None:
        """The address is theirs.

        Raises:
            Invalid: the token is used or expired.
        """
        found = self._tokens.redeem(token, Purpose.VERIFY_EMAIL)
        person = self._people.find(found.person_id)
        if person is None:
            raise invalid_token()
        self._people.set_verified(person)

    def change_password(self, principal: Principal, *, old: str, new: str, address: str = "") -> None:
        """Another password; every session ends, this one too: whoever knew the old one is out.

        Raises:
            Invalid: the old password is wrong, or the new one will not do. (Not Unauthenticated: the session is good.)
            RateLimited: too many wrong passwords.
        """
        person = self._people.get(principal.user_id)
        self._passwords.check_own(new, email=person.email, words=[person.name, person.username])
        self._accounts.check_present_password(person.person_id, old, address=address, field="old_password")
        self._lockout.recognise(person.person_id, address)
        self._replace_password(person, new)

    def _owner_of(self, token: OneTimeToken) -> Person:
        """Whose password a token sets anew; after one did, the others that were asked for are not valid any more."""
        person = self._people.find(token.person_id)
        if person is None or token.fingerprint != password_fingerprint(person):
            raise invalid_token()
        return person

    def _renewed(self, person: Person, password: str) -> Person:
        if person.is_verified:
            self._replace_password(person, password)
            return person
        owner = self._accounts.begin_anew(person, password)
        self._mails.request(MailKind.PASSWORD_CHANGED, owner.email)
        return owner

    def _replace_password(self, person: Person, password: str) -> None:
        self._people.set_password(person.person_id, self._passwords.hash(password))
        self._sessions.end_all(person.person_id)
        self._mails.request(MailKind.PASSWORD_CHANGED, person.email)

    def _ask(self, kind: MailKind, login: str) -> None:
        self._mails.request(kind, normal_email(login) if "@" in login else normal_login(login))
