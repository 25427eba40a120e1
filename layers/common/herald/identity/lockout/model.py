"""Which wrong passwords slow which sign-ins down, and for how long (decision 0020)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from herald.errors import RateLimited
from herald.identity.model import login_id

KNOWN_FOR_SECONDS = int(timedelta(days=90).total_seconds())
MOST_KNOWN = 20
"""Of one person, the latest."""


class TooManyAttempts(RateLimited):
    """Sign-ins must wait for a while."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__("Too many wrong passwords. Please try again later.", retry_after=max(1, wait_seconds))


@dataclass(frozen=True, slots=True)
class Tries:
    """Tries of late, in two moments (epoch seconds): the last of them, and when the last is forgotten."""

    last: int
    forgotten_at: int


@dataclass(frozen=True, slots=True)
class Rule:
    """So many tries are free; each one more costs twice as long a wait. One after another is forgotten."""

    free: int
    longest_wait_seconds: int
    remembered_seconds: int
    """Each: after so long there is one less."""

    @property
    def most(self) -> int:
        """As many as make a difference: counting ends where waiting grows no more."""
        return self.free + self.longest_wait_seconds.bit_length()

    def number(self, tries: Tries, at: int) -> int:
        """How many tries there are at a moment."""
        return max(0, -(-(tries.forgotten_at - at) // self.remembered_seconds))

    def free_at(self, tries: Tries) -> int:
        """When the next try may be."""
        over = self.number(tries, tries.last) - self.free
        return tries.last if over < 0 else tries.last + min(2**over, self.longest_wait_seconds)

    def counted(self, tries: Tries | None, now: int) -> Tries:
        """With one try more, now."""
        earlier = max(now, tries.forgotten_at) if tries else now
        return Tries(now, min(earlier, now + (self.most - 1) * self.remembered_seconds) + self.remembered_seconds)


STRANGER = Rule(free=5, longest_wait_seconds=3600, remembered_seconds=3600)
"""Of one login from one network: in the long run a try an hour."""
KNOWN = Rule(free=5, longest_wait_seconds=60, remembered_seconds=3600)
"""The same, from a network that its owner signed in from: whoever shares it must not lock them out."""
LOGIN = Rule(free=100, longest_wait_seconds=60, remembered_seconds=600)
"""Of one login from all networks that are not known: in the long run a try a minute, however many machines try."""
NETWORK = Rule(free=100, longest_wait_seconds=900, remembered_seconds=360)
"""Of all logins from one network that is not known to them: in the long run ten tries an hour."""


@dataclass(frozen=True, slots=True)
class KnownNetwork:
    """A network that somebody signed in from, last at a moment (epoch seconds)."""

    network: str
    last_at: int


@dataclass(frozen=True, slots=True)
class KnownNetworks:
    """Where somebody signed in from, and when a mail let them set a new password: what was tried before is void."""

    networks: tuple[KnownNetwork, ...] = ()
    cleared_at: int = 0

    def has(self, network: str, now: int, *, within: int = KNOWN_FOR_SECONDS) -> bool:
        """Whether they signed in from there within so many seconds."""
        return any(one.network == network and one.last_at > now - within for one in self.networks)

    def after(self, network: str, now: int) -> "KnownNetworks":
        """With another sign-in, the latest first."""
        others = [one for one in self.networks if one.network != network and one.last_at > now - KNOWN_FOR_SECONDS]
        latest = sorted(others, key=lambda one: one.last_at, reverse=True)
        return replace(self, networks=(KnownNetwork(network, now), *latest[: MOST_KNOWN - 1]))


@dataclass(frozen=True, slots=True)
class Counter:
    """Where tries are counted, by which rule, and at how many the owner of the login is told."""

    subject: str
    rule: Rule
    tells_at: int = 0
    network: str = ""
    """Of which tries are counted here; empty for all that the owner is not known from."""

    def wait(self, tries: Tries | None, now: int, *, cleared_at: int = 0) -> int:
        """How many seconds the next try has to wait; what was tried until ``cleared_at`` is void."""
        return max(0, self.rule.free_at(tries) - now) if tries and tries.last > cleared_at else 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in that may go on, and how many tries there are with it."""

    login: str
    address: str
    counters: tuple[Counter, ...]
    """That of this login and this network first."""
    numbers: tuple[int, ...]
    """At each counter."""

    @property
    def tells(self) -> bool:
        """Whether the login's owner gets a mail if the password is wrong."""
        return any(number == counter.tells_at for counter, number in zip(self.counters, self.numbers, strict=True))

    @property
    def locks(self) -> Sequence[Counter]:
        """Where the login has to wait after this one, if the password is wrong."""
        return [
            counter
            for counter, number in zip(self.counters, self.numbers, strict=True)
            if number >= counter.rule.free and counter.rule is not NETWORK
        ]


def counters_of(login: str, network: str, *, known: bool) -> tuple[Counter, ...]:
    """Where a try is counted, that of this login and this network first."""
    subject = subject_of_login(login)
    pair = Counter(f"{subject}#{network}", KNOWN if known else STRANGER, tells_at=10, network=network)
    if known or not network:
        return (pair,)
    return pair, Counter(subject, LOGIN, tells_at=LOGIN.free), Counter(f"sign-in-network#{network}", NETWORK)


def subject_of_login(login: str) -> str:
    return f"sign-in#{login_id(login)}"
