import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import RateLimited, Unauthenticated
from herald.identity.rate_limits.model import Limit, RateLimitStatus, subject_of_user
from herald.identity.rate_limits.store import RateLimitStore
from herald.storage import dynamodb_client
from herald.values.ids import new_id
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.soak import few_examples

SESSION_1 = "session-1"
ALICE = subject_of_user("tenant-1", "alice")
HUNDRED_A_MINUTE = Limit("hundred", 100)
THREE_A_MINUTE = Limit("three", 3)


@pytest.fixture
def clock(cloud: None) -> FakeClock:
    return FakeClock()


@pytest.fixture
def rate_limits(clock: FakeClock) -> RateLimitStore:
    return RateLimitStore(clock=clock)


def stored_count(subject: str, limit: Limit) -> int:
    key = {"pk": {"S": subject}, "sk": {"S": "admission"}}
    return int(dynamodb_client().get_item(TableName="ADMISSIONS_TABLE", Key=key)["Item"][f"count_{limit.name}"]["N"])


def exhaust(rate_limits: RateLimitStore, subject: str, limit: Limit) -> None:
    for _ in range(limit.requests):
        rate_limits.admit(subject, limit)


def test_a_limit_counts_down_and_says_when_it_begins_anew(rate_limits: RateLimitStore, clock: FakeClock) -> None:
    window_end = int(clock().timestamp()) + 60
    clock.advance(17)

    admitted = [rate_limits.admit(ALICE, THREE_A_MINUTE) for _ in range(3)]

    assert admitted == [RateLimitStatus(THREE_A_MINUTE, left, window_end) for left in (2, 1, 0)]


def test_one_request_too_many_is_told_how_long_to_wait(rate_limits: RateLimitStore, clock: FakeClock) -> None:
    clock.advance(17)
    exhaust(rate_limits, ALICE, THREE_A_MINUTE)

    with pytest.raises(RateLimited) as refusal:
        rate_limits.admit(ALICE, THREE_A_MINUTE)

    assert (refusal.value.code, refusal.value.retry_after) == ("rate_limited", 43)


def test_the_wait_is_over_when_it_was_said_to_be(rate_limits: RateLimitStore, clock: FakeClock) -> None:
    clock.advance(17)
    exhaust(rate_limits, ALICE, THREE_A_MINUTE)
    with pytest.raises(RateLimited):
        rate_limits.admit(ALICE, THREE_A_MINUTE)

    clock.advance(42)
    with pytest.raises(RateLimited) as refusal:
        rate_limits.admit(ALICE, THREE_A_MINUTE)
    assert refusal.value.retry_after == 1

    clock.advance(1)
    assert rate_limits.admit(ALICE, THREE_A_MINUTE).remaining == 2


def test_a_subject_found_over_its_limit_costs_no_further_writes(rate_limits: RateLimitStore, clock: FakeClock) -> None:
    exhaust(rate_limits, ALICE, THREE_A_MINUTE)

    for _ in range(10):
        with pytest.raises(RateLimited):
            rate_limits.admit(ALICE, THREE_A_MINUTE)

    assert stored_count(ALICE, THREE_A_MINUTE) == THREE_A_MINUTE.requests + 1


def test_functions_that_run_at_once_share_one_count(clock: FakeClock) -> None:
    functions = [RateLimitStore(clock=clock) for _ in range(3)]

    left = [function.admit(ALICE, THREE_A_MINUTE).remaining for function in functions]

    assert left == [2, 1, 0]
    for function in functions:
        with pytest.raises(RateLimited):
            function.admit(ALICE, THREE_A_MINUTE)


@pytest.mark.parametrize(
    ("other", "limit"),
    [
        ("tenant-1#user#bob", THREE_A_MINUTE),
        ("tenant-2#user#alice", THREE_A_MINUTE),
        (ALICE, Limit("another", 3)),
        ("tenant-1#link#alice", THREE_A_MINUTE),
    ],
)
def test_one_counter_does_not_spend_anothers(rate_limits: RateLimitStore, other: str, limit: Limit) -> None:
    exhaust(rate_limits, ALICE, THREE_A_MINUTE)
    with pytest.raises(RateLimited):
        rate_limits.admit(ALICE, THREE_A_MINUTE)

    assert rate_limits.admit(other, limit).remaining == 2


def test_a_function_whose_clock_is_behind_counts_in_the_window_that_has_begun(clock: FakeClock) -> None:
    clock.advance(60)
    ahead = RateLimitStore(clock=FakeClock(clock()))
    clock.advance(-1)
    behind = RateLimitStore(clock=clock)
    ahead.admit(ALICE, THREE_A_MINUTE)

    assert [behind.admit(ALICE, THREE_A_MINUTE).remaining for _ in range(2)] == [1, 0]
    for function in (behind, ahead):
        with pytest.raises(RateLimited):
            function.admit(ALICE, THREE_A_MINUTE)


def test_a_window_that_passed_unused_owes_nothing(rate_limits: RateLimitStore, clock: FakeClock) -> None:
    exhaust(rate_limits, ALICE, THREE_A_MINUTE)
    clock.advance(3600)

    assert rate_limits.admit(ALICE, THREE_A_MINUTE).remaining == 2


def test_an_ended_session_is_refused_and_the_users_others_are_not(rate_limits: RateLimitStore) -> None:
    rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")
    rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-2")

    rate_limits.end_session(ALICE, SESSION_1)

    with pytest.raises(Unauthenticated) as refusal:
        rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")
    assert refusal.value.code == "token_expired"
    assert rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-2").remaining == HUNDRED_A_MINUTE.requests - 3


def test_a_session_can_end_before_its_user_was_ever_counted(rate_limits: RateLimitStore) -> None:
    rate_limits.end_session(ALICE, SESSION_1)

    with pytest.raises(Unauthenticated):
        rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")
    assert rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-2").remaining == HUNDRED_A_MINUTE.requests - 1


def test_a_session_can_end_twice(rate_limits: RateLimitStore) -> None:
    rate_limits.end_session(ALICE, SESSION_1)
    rate_limits.end_session(ALICE, SESSION_1)

    with pytest.raises(Unauthenticated):
        rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")


def test_an_ended_session_stays_ended_for_as_long_as_its_token_could_be_shown(
    rate_limits: RateLimitStore, clock: FakeClock
) -> None:
    rate_limits.end_session(ALICE, SESSION_1)

    for _ in range(24):
        clock.advance(3600)
        rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-2")
        with pytest.raises(Unauthenticated):
            rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")

    [item] = stored_items("ADMISSIONS_TABLE")
    end = item["expires_at"]
    assert isinstance(end, dict)
    assert int(end["N"]) >= int(clock().timestamp()) + 24 * 3600


def test_a_refused_session_is_not_counted(rate_limits: RateLimitStore) -> None:
    rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")
    rate_limits.end_session(ALICE, SESSION_1)

    for _ in range(5):
        with pytest.raises(Unauthenticated):
            rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id="session-1")

    assert stored_count(ALICE, HUNDRED_A_MINUTE) == 1


@few_examples
@given(pauses=st.lists(st.integers(0, 40), min_size=1, max_size=12), start=st.integers(0, 59))
def test_no_window_ever_admits_more_than_its_limit(cloud: None, pauses: list[int], start: int) -> None:
    subject = new_id()
    clock = FakeClock()
    clock.advance(start)
    rate_limits = RateLimitStore(clock=clock)
    admitted: dict[int, int] = {}
    refused: set[int] = set()
    for pause in pauses:
        clock.advance(pause)
        window = int(clock().timestamp()) // 60
        try:
            rate_limits.admit(subject, THREE_A_MINUTE)
        except RateLimited:
            refused.add(window)
            continue
        admitted[window] = admitted.get(window, 0) + 1

    assert all(count <= 3 for count in admitted.values())
    assert all(admitted[window] == 3 for window in refused)


def test_ended_sessions_are_forgotten_once_their_tokens_have_expired(
    rate_limits: RateLimitStore, clock: FakeClock
) -> None:
    for number in range(40):
        rate_limits.admit(ALICE, HUNDRED_A_MINUTE, session_id=f"session-{number}")
        rate_limits.end_session(ALICE, f"session-{number}")
        clock.advance(24 * 3600)

    [item] = stored_items("ADMISSIONS_TABLE")
    assert len([name for name in item if name.startswith("ended_")]) <= 3
