"""Wrong passwords slow sign-ins down and then stop them, whether or not there is such an account."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from herald.identity.lockout.model import TooManyAttempts
from herald.identity.lockout.service import Lockout
from herald.identity.lockout.store import AttemptStore
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lockout(cloud: None, clock: FakeClock) -> Lockout:
    return Lockout(AttemptStore(), clock=clock)


def fail(lockout: Lockout, *, times: int, clock: FakeClock, login: str = "user@example.com", address: str = "") -> None:
    """So many wrong passwords, as fast as they are let through."""
    done = 0
    while done < times:
        try:
            lockout.begin(login=login, address=address)
        except TooManyAttempts as refusal:
            clock.advance(refusal.retry_after or 0)
        else:
            done += 1


def test_four_wrong_passwords_cost_no_time(lockout: Lockout) -> None:
    for _ in range(4):
        assert not lockout.begin(login="user@example.com", address="").last


def test_from_the_fifth_on_each_one_costs_twice_as_long(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, times=4, clock=clock)
    waits = []
    for _ in range(5):
        lockout.begin(login="user@example.com", address="")
        with pytest.raises(TooManyAttempts) as refusal:
            lockout.begin(login="user@example.com", address="")
        waits.append(refusal.value.retry_after)
        clock.advance(refusal.value.retry_after or 0)

    assert waits == [1, 2, 4, 8, 16]


def test_the_tenth_locks_for_a_quarter_of_an_hour_and_then_all_begins_anew(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, times=9, clock=clock)
    clock.advance(16)
    assert lockout.begin(login="user@example.com", address="").last

    clock.advance(899)
    with pytest.raises(TooManyAttempts) as refusal:
        lockout.begin(login="user@example.com", address="")
    assert refusal.value.retry_after == 1
    clock.advance(1)

    for _ in range(4):
        assert not lockout.begin(login="user@example.com", address="").last


def test_a_right_password_starts_the_count_anew(lockout: Lockout) -> None:
    for _ in range(3):
        lockout.begin(login="user@example.com", address="192.0.2.1")
    lockout.succeed(lockout.begin(login="user@example.com", address="192.0.2.1"))

    for _ in range(4):
        lockout.begin(login="user@example.com", address="")


def test_a_right_password_counts_for_nothing_at_its_address(lockout: Lockout) -> None:
    for number in range(20):
        lockout.succeed(lockout.begin(login=f"user{number}@example.com", address="192.0.2.1"))


def test_signing_in_to_an_account_of_ones_own_in_between_does_not_wipe_the_addresss_count(
    lockout: Lockout, clock: FakeClock
) -> None:
    for number in range(9):
        fail(lockout, times=1, clock=clock, login=f"victim{number}@example.com", address="192.0.2.1")
        clock.advance(16)
        lockout.succeed(lockout.begin(login="own@example.com", address="192.0.2.1"))

    lockout.begin(login="another@example.com", address="192.0.2.1")

    with pytest.raises(TooManyAttempts) as refusal:
        lockout.begin(login="own@example.com", address="192.0.2.1")
    assert refusal.value.retry_after == 900


class LosingAttemptStore(AttemptStore):
    """The write of each wait gets lost."""

    def wait(self, *_: object, **__: object) -> None:
        pass


def test_an_account_stays_locked_where_the_write_of_its_wait_got_lost_and_then_opens_again(
    cloud: None, clock: FakeClock
) -> None:
    lockout = Lockout(LosingAttemptStore(), clock=clock)
    for _ in range(10):
        lockout.begin(login="user@example.com", address="")

    with pytest.raises(TooManyAttempts) as refusal:
        lockout.begin(login="user@example.com", address="")
    assert refusal.value.retry_after == 900
    clock.advance(900)
    lockout.begin(login="user@example.com", address="")


def test_an_address_that_tries_many_accounts_is_stopped_as_well(lockout: Lockout, clock: FakeClock) -> None:
    for number in range(5):
        lockout.begin(login=f"user{number}@example.com", address="192.0.2.1")

    with pytest.raises(TooManyAttempts):
        lockout.begin(login="somebody@example.com", address="192.0.2.1")
    lockout.begin(login="somebody@example.com", address="192.0.2.2")


def test_fifty_tries_at_once_are_no_more_than_ten(lockout: Lockout) -> None:
    def begin(_: int) -> bool:
        try:
            lockout.begin(login="user@example.com", address="")
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(begin, range(50))) <= 10
