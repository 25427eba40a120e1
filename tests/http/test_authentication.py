from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import RateLimited, Unauthenticated
from herald.http.access import (
    SIGN_IN,
    STAFF_ONLY,
    AccessRule,
    CallerKind,
    access_rule_of,
    for_recipients,
    open_to_everyone,
)
from herald.http.authentication import Authenticator
from herald.http.contracts.resultflow import RECIPIENT_LIMIT, RESULTFLOW, USER_LIMIT
from herald.identity.model import Principal, Recipient, Role
from herald.identity.rate_limits.model import subject_of_user
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from tests.support.clock import FakeClock
from tests.support.cloud import SIGNING_KEY

LIMITS = RESULTFLOW.limits
EVERYONE = AccessRule(CallerKind.EVERYONE)
SIGNING_IN = AccessRule(CallerKind.EVERYONE, SIGN_IN)
RECIPIENTS = AccessRule(CallerKind.RECIPIENT)
AGENT = Principal("user-1", "tenant-1", Role.AGENT, "session-1")
READER = Recipient("tenant-1", "report-1", "link-1")


@pytest.fixture
def clock(cloud: None) -> FakeClock:
    return FakeClock()


@pytest.fixture
def tokens(clock: FakeClock) -> AccessTokens:
    return AccessTokens(lambda: {"signing_key": SIGNING_KEY}, clock=clock)


@pytest.fixture
def authenticator(tokens: AccessTokens, clock: FakeClock) -> Authenticator:
    return Authenticator(tokens, RateLimitStore(clock=clock))


@pytest.fixture
def staff_token(tokens: AccessTokens) -> str:
    return tokens.issue_to_staff(AGENT)


def bearer_of(reader: Recipient, tokens: AccessTokens, clock: FakeClock) -> str:
    return "Bearer " + tokens.issue_to_recipient(reader, expires_at=clock() + timedelta(hours=1))


def test_a_route_without_a_mark_is_for_staff() -> None:
    def route() -> None: ...

    assert access_rule_of(route) == AccessRule(CallerKind.STAFF)
    assert access_rule_of(for_recipients()(route)) == AccessRule(CallerKind.RECIPIENT)


def test_a_mark_leaves_the_route_as_it_is() -> None:
    def route() -> str:
        return "answer"

    assert open_to_everyone(limit=SIGN_IN)(route) is route
    assert access_rule_of(route) == SIGNING_IN


def test_the_limits_are_the_published_ones() -> None:
    published = {(limit.requests, limit.seconds) for limit in (USER_LIMIT, RECIPIENT_LIMIT, SIGN_IN)}

    assert published == {(100, 60), (20, 60), (5, 60)}


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_the_scheme_may_be_written_in_any_case(scheme: str, authenticator: Authenticator, staff_token: str) -> None:
    admitted = authenticator.authenticate(
        STAFF_ONLY, limits=LIMITS, authorization=scheme + staff_token, source_ip="192.0.2.1"
    )

    assert admitted.caller == AGENT


@pytest.mark.parametrize("before", ["", "Basic ", "Token ", "Bearer: ", "Bearer"])
def test_a_token_without_its_scheme_is_refused(before: str, authenticator: Authenticator, staff_token: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        authenticator.authenticate(STAFF_ONLY, limits=LIMITS, authorization=before + staff_token, source_ip="192.0.2.1")

    assert refusal.value.code == "auth_required"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer   "])
def test_no_token_is_asked_for_one(authorization: str, authenticator: Authenticator) -> None:
    with pytest.raises(Unauthenticated, match="Sign in first"):
        authenticator.authenticate(STAFF_ONLY, limits=LIMITS, authorization=authorization, source_ip="192.0.2.1")


def test_everyone_may_ask_an_open_route_without_being_counted(authenticator: Authenticator) -> None:
    admitted = authenticator.authenticate(EVERYONE, limits=LIMITS, authorization="nonsense", source_ip="192.0.2.1")

    assert (admitted.caller, admitted.rate_limit) == (None, None)


def test_strangers_are_counted_by_their_address(authenticator: Authenticator) -> None:
    for _ in range(SIGN_IN.requests):
        authenticator.authenticate(SIGNING_IN, limits=LIMITS, authorization="", source_ip="192.0.2.1")
    with pytest.raises(RateLimited):
        authenticator.authenticate(SIGNING_IN, limits=LIMITS, authorization="", source_ip="192.0.2.1")

    other = authenticator.authenticate(SIGNING_IN, limits=LIMITS, authorization="", source_ip="192.0.2.2")

    assert other.rate_limit is not None
    assert other.rate_limit.remaining == SIGN_IN.requests - 1


def test_staff_are_counted_by_user_whatever_their_address_and_session(
    authenticator: Authenticator, tokens: AccessTokens
) -> None:
    for number in range(3):
        token = tokens.issue_to_staff(replace(AGENT, session_id=f"session-{number}"))
        admitted = authenticator.authenticate(
            STAFF_ONLY, limits=LIMITS, authorization=f"Bearer {token}", source_ip=f"192.0.2.{number}"
        )

    assert admitted.rate_limit is not None
    assert admitted.rate_limit.remaining == USER_LIMIT.requests - 3


def test_recipients_are_counted_by_their_link(
    authenticator: Authenticator, tokens: AccessTokens, clock: FakeClock
) -> None:
    one = bearer_of(READER, tokens, clock)
    for _ in range(RECIPIENT_LIMIT.requests):
        assert (
            authenticator.authenticate(RECIPIENTS, limits=LIMITS, authorization=one, source_ip="192.0.2.1").caller
            == READER
        )
    with pytest.raises(RateLimited):
        authenticator.authenticate(RECIPIENTS, limits=LIMITS, authorization=one, source_ip="192.0.2.9")

    other = replace(READER, link_id="link-2")
    admitted = authenticator.authenticate(
        RECIPIENTS, limits=LIMITS, authorization=bearer_of(other, tokens, clock), source_ip="192.0.2.1"
    )

    assert admitted.caller == other
    assert admitted.rate_limit is not None
    assert admitted.rate_limit.remaining == RECIPIENT_LIMIT.requests - 1


def test_staff_do_not_reach_a_recipients_route_nor_recipients_theirs(
    authenticator: Authenticator, tokens: AccessTokens, clock: FakeClock, staff_token: str
) -> None:
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(
            RECIPIENTS, limits=LIMITS, authorization=f"Bearer {staff_token}", source_ip="192.0.2.1"
        )
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(
            STAFF_ONLY, limits=LIMITS, authorization=bearer_of(READER, tokens, clock), source_ip="192.0.2.1"
        )


def test_an_ended_session_is_refused_at_every_function_at_once(
    authenticator: Authenticator, tokens: AccessTokens, clock: FakeClock, staff_token: str
) -> None:
    elsewhere = Authenticator(tokens, RateLimitStore(clock=clock))
    elsewhere.authenticate(STAFF_ONLY, limits=LIMITS, authorization=f"Bearer {staff_token}", source_ip="192.0.2.1")

    RateLimitStore(clock=clock).end_session(subject_of_user(AGENT.tenant_id, AGENT.user_id), AGENT.session_id)

    with pytest.raises(Unauthenticated) as refusal:
        elsewhere.authenticate(STAFF_ONLY, limits=LIMITS, authorization=f"Bearer {staff_token}", source_ip="192.0.2.1")
    assert refusal.value.code == "token_expired"
