"""The rules of waiting, with a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.identity.lockout.model import (
    KNOWN,
    KNOWN_FOR_SECONDS,
    LOGIN,
    MOST_KNOWN,
    NETWORK,
    STRANGER,
    KnownNetworks,
    Rule,
    Tries,
    counters_of,
)

HOUR, DAY = 3600, 24 * 3600
RULES = {"stranger": STRANGER, "known": KNOWN, "login": LOGIN, "network": NETWORK}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def tried_as_often_as_possible(rule: Rule, *, seconds: int) -> list[int]:
    """When somebody tries who tries as soon as they may, for so long."""
    moments, tries, now = [], None, 0
    while now <= seconds:
        moments.append(now)
        tries = rule.counted(tries, now)
        now = max(now + 1, rule.free_at(tries))
    return moments


def test_five_tries_are_free_and_each_one_more_costs_twice_as_long_up_to_an_hour() -> None:
    tries, now, waits = None, 0, []
    for _ in range(18):
        tries = STRANGER.counted(tries, now)
        waits.append(STRANGER.free_at(tries) - now)
        now += waits[-1]

    assert waits[:10] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32]
    assert max(waits) == waits[-1] == HOUR


@pytest.mark.parametrize(
    ("rule", "most"), [(STRANGER, 24 + 20), (KNOWN, 24 * 60 + 20), (LOGIN, 24 * 60 + 200), (NETWORK, 24 * 10 + 200)]
)
def test_a_day_of_trying_is_few_tries(rule: Rule, most: int) -> None:
    assert len(tried_as_often_as_possible(rule, seconds=DAY)) <= most


@every_rule
@given(waits=st.lists(st.integers(0, 8 * HOUR), min_size=1, max_size=60))
def test_the_rule_is_that_of_a_list_of_tries(rule: Rule, waits: list[int]) -> None:
    """The model: a list of when each try is forgotten, one after another, and as many as make a difference."""
    tries: Tries | None = None
    model: list[int] = []
    now = 0
    for wait in waits:
        now += wait
        model = [end for end in model if end > now]
        model.append((model[-1] if model else now) + rule.remembered_seconds)
        model = [min(end, now + rule.remembered_seconds * rule.most) for end in model]

        tries = rule.counted(tries, now)

        assert rule.number(tries, now) == min(len(set(model)), rule.most)
        assert tries.forgotten_at == model[-1]
        assert now <= rule.free_at(tries) <= now + rule.longest_wait_seconds


@every_rule
@given(waits=st.lists(st.integers(0, HOUR), max_size=300))
def test_no_history_makes_anybody_wait_longer_than_the_longest_wait_nor_is_kept_for_ever(
    rule: Rule, waits: list[int]
) -> None:
    tries, now = rule.counted(None, 0), 0
    for wait in waits:
        now += wait
        tries = rule.counted(tries, now)

    assert rule.free_at(tries) - now <= rule.longest_wait_seconds
    assert tries.forgotten_at - now <= rule.most * rule.remembered_seconds <= 18 * HOUR
    assert rule.number(tries, tries.forgotten_at) == 0


@every_rule
@given(number=st.integers(1, 150), later=st.integers(0, 40 * HOUR))
def test_the_longer_ago_the_fewer_tries_there_are(rule: Rule, number: int, later: int) -> None:
    tries: Tries | None = None
    for _ in range(number):
        tries = rule.counted(tries, 0)
    assert tries is not None

    forgotten = later // rule.remembered_seconds
    assert rule.number(tries, later) == max(0, min(number, rule.most) - forgotten)


def test_a_try_from_a_known_network_is_counted_for_its_login_there_alone() -> None:
    known = counters_of("user@example.com", "192.0.2.1", known=True)
    stranger = counters_of("user@example.com", "192.0.2.1", known=False)

    assert [counter.rule for counter in known] == [KNOWN]
    assert [counter.rule for counter in stranger] == [STRANGER, LOGIN, NETWORK]
    assert known[0].subject == stranger[0].subject


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20 * DAY)), max_size=60))
def test_the_latest_networks_are_known_for_ninety_days(signed_in: list[tuple[int, int]]) -> None:
    known, last_at, now = KnownNetworks(), dict[str, int](), 0
    for number, wait in signed_in:
        now += wait
        network = f"192.0.2.{number}"
        known = known.after(network, now)
        last_at.pop(network, None)
        last_at[network] = now

    latest = list(last_at)[-MOST_KNOWN:]
    assert len(known.networks) <= MOST_KNOWN
    for network, at in last_at.items():
        assert known.has(network, now) == (network in latest and at > now - KNOWN_FOR_SECONDS)
