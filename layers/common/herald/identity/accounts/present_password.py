"""The password asked for once more, before what a stolen session must not do."""

from herald.errors import Invalid
from herald.identity.accounts.passwords import Passwords
from herald.identity.accounts.store import PersonStore
from herald.identity.lockout.service import Lockout
from herald.identity.mails.model import MailKind
from herald.identity.mails.requests import MailRequests


class PresentPassword:
    """Whether somebody signed in knows the password of their account; wrong ones count as at any sign-in."""

    def __init__(self, people: PersonStore, passwords: Passwords, lockout: Lockout, mails: MailRequests) -> None:
        self._people = people
        self._passwords = passwords
        self._lockout = lockout
        self._mails = mails

    def check(self, person_id: str, password: str, *, address: str, field: str = "password") -> None:
        """Turns away whoever does not know it.

        Args:
            person_id: whose account it is.
            password: as it was typed.
            address: where this is asked from.
            field: what the request calls it.

        Raises:
            Invalid: it is wrong. (Not Unauthenticated: the session is good.)
            RateLimited: too many wrong passwords.
            NotFound: the account is gone.
        """
        person = self._people.get(person_id)
        attempt = self._lockout.begin(login=person.email, person_id=person.person_id, address=address)
        if not self._passwords.matches(person.password_hash, password):
            if attempt.tells:
                self._mails.request(MailKind.ACCOUNT_LOCKED, person.email)
            raise Invalid("The present password is wrong.", fields={field: "wrong"})
        self._lockout.succeed(attempt)
