"""Passwords: compared, kept as hashes, and chosen by nobody but their owner."""

from collections.abc import Iterable

from herald.errors import Invalid
from herald.identity.accounts.password_strength import check_password
from herald.identity.accounts.store import PersonStore
from herald.identity.ports import PasswordHasher


class Passwords:
    """What is asked of a password when it is tried, and when it is chosen."""

    def __init__(self, people: PersonStore, hasher: PasswordHasher) -> None:
        self._people = people
        self._hasher = hasher

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str, password: str) -> bool:
        """Whether the password made the hash; takes as long for no hash (``""``) as for one."""
        return self._hasher.matches(password_hash, password)

    def check_own(self, password: str, *, email: str, words: Iterable[str] = ()) -> None:
        """Refuses a password that somebody chooses for themselves and others guess, or know.

        Args:
            password: as it was typed.
            email: its owner's (normal) address.
            words: what else is known of its owner, such as their name.

        Raises:
            Invalid: with the reason under ``password``: easily guessed, or one that an administrator set for this
                address.
        """
        check_password(password, email=email, words=words)
        if any(self.matches(made.password_hash, password) for made in self._people.provisional_of(email)):
            raise Invalid(
                "This password was given to you by somebody else, who knows it; set one of your own.",
                fields={"password": "known to somebody else"},
            )
