"""How many wrong passwords slow sign-ins down, and when they stop them for a while."""

from dataclasses import dataclass
from datetime import timedelta

from herald.errors import RateLimited
from herald.identity.model import login_id

ATTEMPTS_BEFORE_WAITING = 5
ATTEMPTS_BEFORE_LOCKING = 10
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class TooManyAttempts(RateLimited):
    """Sign-ins are stopped for a while."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            "Too many wrong passwords. Please try again later.", retry_after=max(1, int(wait.total_seconds()))
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in that may go on; ``last`` where another wrong password locks the account."""

    login: str
    address: str
    last: bool


def subject_of_login(login: str) -> str:
    return f"sign-in#{login_id(login)}"


def subject_of_address(address: str) -> str:
    return f"sign-in-address#{address}"


def time_to_wait(attempts: int) -> timedelta:
    """Before the next attempt, after so many: a second, two, four ..., and then the lock."""
    if attempts >= ATTEMPTS_BEFORE_LOCKING:
        return LOCKED_FOR
    return timedelta(seconds=2 ** (attempts - ATTEMPTS_BEFORE_WAITING))
