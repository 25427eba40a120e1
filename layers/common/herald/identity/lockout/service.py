"""Wrong passwords slow sign-ins down, and then stop them for a while.

Counted by what was typed and by where it came from, whether or not there is such an account, so that being locked tells
nothing. An attempt is counted before its password is looked at: fifty at once are no more than ten.
"""

from datetime import datetime

from herald.identity.lockout.model import (
    ATTEMPTS_BEFORE_LOCKING,
    ATTEMPTS_BEFORE_WAITING,
    Attempt,
    subject_of_address,
    subject_of_login,
    time_to_wait,
)
from herald.identity.lockout.store import AttemptStore
from herald.values.clock import Clock, utc_now


class Lockout:
    """Counts attempts by login and by address."""

    def __init__(self, store: AttemptStore, *, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock

    def begin(self, *, login: str, address: str) -> Attempt:
        """Counts an attempt before its password is looked at.

        Raises:
            TooManyAttempts: with the seconds to wait.
        """
        count = self._count(subject_of_login(login))
        if address:
            self._count(subject_of_address(address))
        return Attempt(login, address, last=count >= ATTEMPTS_BEFORE_LOCKING)

    def succeed(self, attempt: Attempt) -> None:
        """The password was right: the account's count starts anew, and the address has one attempt less.

        No more than that for the address: whoever tries other people's accounts must not wipe the count by signing in
        to their own in between.
        """
        self._store.forget(subject_of_login(attempt.login))
        if attempt.address:
            self._store.uncount(subject_of_address(attempt.address), now=self._now())

    def _count(self, subject: str) -> int:
        now = self._now()
        count = self._store.count(subject, now=now)
        if count >= ATTEMPTS_BEFORE_WAITING:
            self._store.wait(subject, until=now + time_to_wait(count))
        return count

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)  # as times are kept
