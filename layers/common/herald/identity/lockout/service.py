"""Wrong passwords slow sign-ins down: those of whoever tries, as far as that can be told, and not the owner's.

Counted by what was typed and by where it came from, whether or not there is such an account, so that having to wait
tells nothing. A try is counted before its password is looked at: fifty at once are no more than five.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from herald.identity.failed_sign_ins.model import FailedSignIn, FailureKind
from herald.identity.failed_sign_ins.store import FailedSignInStore
from herald.identity.lockout.model import (
    Attempt,
    KnownNetworks,
    TooManyAttempts,
    counters_of,
    subject_of_login,
)
from herald.identity.lockout.store import KnownNetworkStore, TriesStore
from herald.identity.model import ABSENT_ID, login_id
from herald.invocations import present_request_id
from herald.values.clock import Clock, epoch_seconds, utc_now
from herald.values.network import network_of

_REMEMBERED_AFRESH_SECONDS = 24 * 3600
_MOST_LATE = 5
"""How often somebody's known networks are changed by others at the same moment; then one is not remembered."""


class Lockout:
    """Counts tries by login and network."""

    def __init__(
        self, tries: TriesStore, known: KnownNetworkStore, failures: FailedSignInStore, *, clock: Clock = utc_now
    ) -> None:
        self._tries = tries
        self._known = known
        self._failures = failures
        self._clock = clock

    def begin(self, *, login: str, person_id: str, address: str) -> Attempt:
        """Counts a try before its password is looked at.

        Args:
            login: what was typed, as it is compared.
            person_id: whose it is, empty for nobody.
            address: where from, empty where that is not known.

        Raises:
            TooManyAttempts: with the seconds to wait.
        """
        now, network = epoch_seconds(self._clock()), network_of(address)
        known = self._known.of_person(person_id or ABSENT_ID)
        counters = counters_of(login, network, known=known.has(network, now))
        found = self._tries.find([counter.subject for counter in counters])
        cleared_at = [known.cleared_at] + [0] * (len(counters) - 1)
        # Nothing is counted anywhere of a try that has to wait somewhere.
        waits = [
            counter.wait(found.get(counter.subject), now, cleared_at=cleared)
            for counter, cleared in zip(counters, cleared_at, strict=True)
        ]
        if max(waits):
            raise TooManyAttempts(max(waits))
        numbers = [
            self._tries.count(counter, found.get(counter.subject), now, cleared_at=cleared)
            for counter, cleared in zip(counters, cleared_at, strict=True)
        ]
        return Attempt(login, address, counters, tuple(numbers))

    def fail(self, attempt: Attempt) -> None:
        """The password was wrong, or there is no such account: the organisations that it concerns are told later."""
        now, login = self._clock(), login_id(attempt.login)
        told = [(FailureKind.WRONG, attempt.counters[0].network)]
        told += [(FailureKind.LOCKED, counter.network) for counter in attempt.locks]
        for kind, network in told:
            self._failures.note(FailedSignIn(kind, login, network, now, attempt.address, present_request_id()))

    def succeed(self, attempt: Attempt) -> None:
        """The password was right: this login's count from there starts anew.

        The counts that others have a part in have one try less. No more than that: whoever tries other people's
        accounts must not wipe them by signing in to their own in between.
        """
        pair, *others = attempt.counters
        self._tries.forget(pair.subject)
        for counter in others:
            self._tries.uncount(counter)

    def recognise(self, person_id: str, address: str) -> None:
        """Remembers that a session of somebody was opened from there."""
        now, network = epoch_seconds(self._clock()), network_of(address)

        def recognised(known: KnownNetworks) -> KnownNetworks:
            is_fresh = not network or known.has(network, now, within=_REMEMBERED_AFRESH_SECONDS)
            return known if is_fresh else known.after(network, now)

        self._change(person_id, recognised, now)

    def clear(self, person_id: str, *, logins: Iterable[str], address: str) -> None:
        """A mail let the owner set a new password from there: what was tried at their logins before counts no more."""
        now, network = epoch_seconds(self._clock()), network_of(address)

        def cleared(known: KnownNetworks) -> KnownNetworks:
            return replace(known.after(network, now) if network else known, cleared_at=now)

        for login in filter(None, logins):
            self._tries.forget(subject_of_login(login))
        self._change(person_id, cleared, now)

    def _change(self, person_id: str, change: Callable[[KnownNetworks], KnownNetworks], now: int) -> None:
        for _ in range(_MOST_LATE):
            before = self._known.of_person(person_id)
            after = change(before)
            if after == before or self._known.replace(person_id, before, after, now):
                return
