"""Wrong passwords make whoever tries them wait, whether or not there is such an account, and not its owner."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from herald.identity.failed_sign_ins.store import FailedSignInStore
from herald.identity.lockout.model import LOGIN as LOGIN_RULE
from herald.identity.lockout.model import NETWORK, Attempt, Rule, TooManyAttempts, counters_of
from herald.identity.lockout.service import Lockout
from herald.identity.lockout.store import KnownNetworkStore, TriesStore
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.requests import new_address

LOGIN, OWNER = "user@example.com", "owner"
HOME, CAFE, THIEF = "192.0.2.1", "192.0.2.2", "198.51.100.1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lockout(cloud: None, clock: FakeClock) -> Lockout:
    return Lockout(TriesStore(), KnownNetworkStore(), FailedSignInStore(), clock=clock)


def begin(lockout: Lockout, address: str, login: str = LOGIN, person_id: str = OWNER) -> Attempt:
    return lockout.begin(login=login, person_id=person_id, address=address)


def wait(lockout: Lockout, address: str, login: str = LOGIN, person_id: str = OWNER) -> int:
    """How long somebody has to wait, who else tries."""
    try:
        begin(lockout, address, login, person_id)
    except TooManyAttempts as refusal:
        return refusal.retry_after or 0
    return 0


def fail(lockout: Lockout, clock: FakeClock, *, times: int, address: str, login: str = LOGIN) -> None:
    """So many wrong passwords, as fast as they are let through."""
    done = 0
    while done < times:
        seconds = wait(lockout, address, login)
        clock.advance(seconds)
        done += not seconds


def tried(times: int, login: str = LOGIN, *, now: datetime, rule: Rule = LOGIN_RULE, address: str = "") -> None:
    """So many tries at an account or from a network by now, in one write."""
    counters = counters_of(login, address or new_address(), known=False)
    [counter] = [counter for counter in counters if counter.rule is rule]
    all_at_once = Rule(free=1, longest_wait_seconds=1, remembered_seconds=times * rule.remembered_seconds)
    TriesStore().count(replace(counter, rule=all_at_once), None, int(now.timestamp()) - 1)


def test_four_wrong_passwords_cost_no_time(lockout: Lockout) -> None:
    assert [wait(lockout, THIEF) for _ in range(5)] == [0] * 5
    assert wait(lockout, THIEF) == 1


def test_from_the_fifth_on_each_one_costs_twice_as_long_up_to_an_hour(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, clock, times=5, address=THIEF)
    waits = []
    for _ in range(14):
        waits.append(wait(lockout, THIEF))
        clock.advance(waits[-1])
        assert wait(lockout, THIEF) == 0

    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert waits[-1] == 3600


def test_who_has_to_wait_is_not_counted(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, clock, times=5, address=THIEF)
    assert {wait(lockout, THIEF) for _ in range(50)} == {1}


def test_what_was_tried_is_forgotten_by_and_by(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, clock, times=9, address=THIEF)
    clock.advance(9 * 3600)

    assert [wait(lockout, THIEF) for _ in range(5)] == [0] * 5


def test_wrong_passwords_from_elsewhere_make_nobody_wait(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, clock, times=16, address=THIEF)

    assert wait(lockout, HOME) == 0


def test_a_right_password_starts_the_count_anew(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, clock, times=4, address=HOME)
    lockout.succeed(begin(lockout, HOME))

    assert [wait(lockout, HOME) for _ in range(5)] == [0] * 5


def test_an_account_that_very_many_networks_attack_is_slow_for_strangers_and_open_to_its_owner(
    lockout: Lockout, clock: FakeClock
) -> None:
    lockout.recognise(OWNER, HOME)
    for _ in range(110):
        wait(lockout, new_address())

    assert 1 <= wait(lockout, CAFE) <= 60
    for _ in range(3):
        lockout.succeed(begin(lockout, HOME))
    assert wait(lockout, CAFE, "another@example.com", "another") == 0


def test_a_network_is_known_where_a_session_was_opened_from_it(lockout: Lockout, clock: FakeClock) -> None:
    lockout.recognise(OWNER, HOME)
    tried(107, now=clock())

    assert wait(lockout, HOME) == 0


def test_a_network_is_known_to_who_signed_in_there_and_to_nobody_else(lockout: Lockout, clock: FakeClock) -> None:
    lockout.recognise("somebody else", HOME)
    tried(107, now=clock())

    assert wait(lockout, HOME) > 0


def test_a_network_is_forgotten_after_ninety_days(lockout: Lockout, clock: FakeClock) -> None:
    lockout.recognise(OWNER, HOME)
    clock.advance(91 * 24 * 3600)
    tried(107, now=clock())

    assert wait(lockout, HOME) > 0


def test_whoever_shares_a_known_network_makes_its_owner_wait_a_minute_at_most(
    lockout: Lockout, clock: FakeClock
) -> None:
    lockout.recognise(OWNER, HOME)
    fail(lockout, clock, times=40, address=HOME)

    assert wait(lockout, HOME) == 60
    clock.advance(60)
    lockout.succeed(begin(lockout, HOME))
    assert wait(lockout, HOME) == 0


def test_a_new_password_by_mail_ends_every_wait(lockout: Lockout, clock: FakeClock) -> None:
    fail(lockout, clock, times=16, address=CAFE)
    fail(lockout, clock, times=16, address=HOME, login="username")
    tried(107, now=clock())
    assert min(wait(lockout, CAFE), wait(lockout, HOME, "username"), wait(lockout, new_address())) > 0

    lockout.clear(OWNER, logins=(LOGIN, "username"), address=HOME)
    clock.advance(1)

    assert wait(lockout, CAFE) == wait(lockout, HOME, "username") == wait(lockout, new_address()) == 0
    clock.advance(2)
    tried(107, now=clock())
    assert wait(lockout, HOME) == 0


def test_signing_in_to_an_account_of_ones_own_in_between_does_not_wipe_a_networks_count(
    lockout: Lockout, clock: FakeClock
) -> None:
    tried(95, now=clock(), rule=NETWORK, address=THIEF)
    for number in range(8):
        wait(lockout, THIEF, f"victim{number}@example.com", "")
        lockout.succeed(begin_when_free(lockout, clock, f"own{number}@example.com", f"own{number}"))

    assert wait(lockout, THIEF, "another@example.com", "") > 0


def begin_when_free(lockout: Lockout, clock: FakeClock, login: str, person_id: str) -> Attempt:
    while True:
        try:
            return begin(lockout, THIEF, login, person_id)
        except TooManyAttempts as refusal:
            clock.advance(refusal.retry_after or 0)


def test_an_office_may_be_wrong_a_hundred_times_before_a_stranger_among_them_waits(
    lockout: Lockout, clock: FakeClock
) -> None:
    lockout.recognise(OWNER, HOME)
    tried(95, now=clock(), rule=NETWORK, address=HOME)
    waits = [wait(lockout, HOME, f"colleague{number}@example.com", "") for number in range(6)]

    assert waits == [0] * 5 + [1]
    assert wait(lockout, HOME) == 0
    assert wait(lockout, CAFE, "colleague@example.com", "") == 0


def test_signing_in_right_counts_for_nothing_at_a_network(lockout: Lockout, clock: FakeClock) -> None:
    tried(98, now=clock(), rule=NETWORK, address=HOME)
    for number in range(6):
        login, person_id = f"user{number}@example.com", f"user{number}"
        lockout.succeed(begin(lockout, HOME, login, person_id))


def test_an_address_of_ipv6_is_counted_with_all_of_its_64(lockout: Lockout) -> None:
    assert [wait(lockout, f"2001:db8::{number:x}", person_id="") for number in range(6)] == [0] * 5 + [1]
    assert wait(lockout, "2001:db8:0:1::1", person_id="") == 0


def test_the_owner_is_told_at_the_tenth_from_one_network_and_at_the_hundredth_from_many(
    lockout: Lockout, clock: FakeClock
) -> None:
    told = [tells_when_free(lockout, clock, THIEF) for _ in range(12)]
    assert told == [False] * 9 + [True] + [False] * 2

    tried(97, "many@example.com", now=clock())
    many = [begin(lockout, new_address(), "many@example.com", "").tells for _ in range(3)]
    assert many == [False] * 2 + [True]


def tells_when_free(lockout: Lockout, clock: FakeClock, address: str) -> bool:
    while True:
        try:
            return begin(lockout, address).tells
        except TooManyAttempts as refusal:
            clock.advance(refusal.retry_after or 0)


def test_fifty_tries_at_once_are_no_more_than_five(lockout: Lockout) -> None:
    with ThreadPoolExecutor(10) as pool:
        waits = list(pool.map(lambda _: wait(lockout, THIEF), range(50)))

    assert waits.count(0) == 5


def test_sign_ins_from_many_places_at_once_are_all_remembered(lockout: Lockout, clock: FakeClock) -> None:
    places = [f"192.0.2.{number}" for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda place: lockout.recognise(OWNER, place), places))
    tried(107, now=clock())

    assert [wait(lockout, place) for place in places] == [0] * 3


def test_everything_that_is_counted_goes_by_itself(lockout: Lockout, clock: FakeClock) -> None:
    lockout.succeed(begin(lockout, HOME))
    fail(lockout, clock, times=16, address=THIEF)

    latest = int(clock().timestamp()) + 91 * 24 * 3600
    items = [*stored_items("ADMISSIONS_TABLE"), *stored_items("IDENTITY_TABLE")]
    assert items
    assert all(int(number_of(item, "expires_at")) < latest for item in items)


def number_of(item: dict[str, object], name: str) -> str:
    attribute = item[name]
    assert isinstance(attribute, dict)
    return str(attribute["N"])


def test_no_login_stands_in_a_key(lockout: Lockout) -> None:
    begin(lockout, THIEF)

    assert LOGIN not in str(stored_items("ADMISSIONS_TABLE"))
