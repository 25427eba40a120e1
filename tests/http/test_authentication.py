from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import RateLimited, Unauthenticated
from herald.http.access import (
    RECIPIENT_LIMIT,
    SIGN_IN_LIMIT,
    STAFF_LIMIT,
    STAFF_ONLY,
    AccessRule,
    Audience,
    access_rule_of,
    for_recipients,
    open_to_everyone,
)
from herald.http.authentication import Doorkeeper
from herald.identity.admissions.store import AdmissionStore
from herald.identity.model import Principal, Recipient, Role
from herald.identity.sessions.tokens import AccessTokens
from tests.support.clock import FakeClock
from tests.support.cloud import SIGNING_KEY

PATH = "/api/v1/admin/reports"
EVERYONE = AccessRule(Audience.EVERYONE, None)
SIGN_IN = AccessRule(Audience.EVERYONE, SIGN_IN_LIMIT)
RECIPIENTS = AccessRule(Audience.RECIPIENT, RECIPIENT_LIMIT)
AGENT = Principal("user-1", "tenant-1", Role.AGENT, "session-1")
READER = Recipient("tenant-1", "report-1", "link-1")


@pytest.fixture
def clock(cloud: None) -> FakeClock:
    return FakeClock()


@pytest.fixture
def tokens(clock: FakeClock) -> AccessTokens:
    return AccessTokens(lambda: {"signing_key": SIGNING_KEY}, clock=clock)


@pytest.fixture
def doorkeeper(tokens: AccessTokens, clock: FakeClock) -> Doorkeeper:
    return Doorkeeper(tokens, AdmissionStore(clock=clock))


@pytest.fixture
def staff_token(tokens: AccessTokens) -> str:
    return tokens.issue_to_staff(AGENT)


def bearer_of(reader: Recipient, tokens: AccessTokens, clock: FakeClock) -> str:
    return "Bearer " + tokens.issue_to_recipient(reader, expires_at=clock() + timedelta(hours=1))


def test_a_route_without_a_mark_is_for_staff() -> None:
    def route() -> None: ...

    assert access_rule_of(route) == AccessRule(Audience.STAFF, None)
    assert access_rule_of(for_recipients()(route)) == AccessRule(Audience.RECIPIENT, RECIPIENT_LIMIT)


def test_a_mark_leaves_the_route_as_it_is() -> None:
    def route() -> str:
        return "answer"

    assert open_to_everyone(limit=SIGN_IN_LIMIT)(route) is route
    assert access_rule_of(route) == SIGN_IN


def test_the_limits_are_the_published_ones() -> None:
    published = {(limit.requests, limit.seconds) for limit in (STAFF_LIMIT, RECIPIENT_LIMIT, SIGN_IN_LIMIT)}

    assert published == {(100, 60), (20, 60), (5, 60)}


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_the_scheme_may_be_written_in_any_case(scheme: str, doorkeeper: Doorkeeper, staff_token: str) -> None:
    admitted = doorkeeper.admit(STAFF_ONLY, path=PATH, authorization=scheme + staff_token, source_ip="192.0.2.1")

    assert admitted.caller == AGENT


@pytest.mark.parametrize("before", ["", "Basic ", "Token ", "Bearer: ", "Bearer"])
def test_a_token_without_its_scheme_is_refused(before: str, doorkeeper: Doorkeeper, staff_token: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        doorkeeper.admit(STAFF_ONLY, path=PATH, authorization=before + staff_token, source_ip="192.0.2.1")

    assert refusal.value.code == "auth_required"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer   "])
def test_no_token_is_asked_for_one(authorization: str, doorkeeper: Doorkeeper) -> None:
    with pytest.raises(Unauthenticated, match="Sign in first"):
        doorkeeper.admit(STAFF_ONLY, path=PATH, authorization=authorization, source_ip="192.0.2.1")


def test_everyone_may_enter_an_open_door_without_being_counted(doorkeeper: Doorkeeper) -> None:
    admitted = doorkeeper.admit(EVERYONE, path=PATH, authorization="nonsense", source_ip="192.0.2.1")

    assert (admitted.caller, admitted.admission) == (None, None)


def test_strangers_are_counted_by_their_address(doorkeeper: Doorkeeper) -> None:
    for _ in range(SIGN_IN_LIMIT.requests):
        doorkeeper.admit(SIGN_IN, path=PATH, authorization="", source_ip="192.0.2.1")
    with pytest.raises(RateLimited):
        doorkeeper.admit(SIGN_IN, path=PATH, authorization="", source_ip="192.0.2.1")

    other = doorkeeper.admit(SIGN_IN, path=PATH, authorization="", source_ip="192.0.2.2")

    assert other.admission is not None
    assert other.admission.remaining == SIGN_IN_LIMIT.requests - 1


def test_staff_are_counted_by_user_whatever_their_address_and_session(
    doorkeeper: Doorkeeper, tokens: AccessTokens
) -> None:
    for number in range(3):
        token = tokens.issue_to_staff(replace(AGENT, session_id=f"session-{number}"))
        admitted = doorkeeper.admit(
            STAFF_ONLY, path=PATH, authorization=f"Bearer {token}", source_ip=f"192.0.2.{number}"
        )

    assert admitted.admission is not None
    assert admitted.admission.remaining == STAFF_LIMIT.requests - 3


def test_recipients_are_counted_by_their_link(doorkeeper: Doorkeeper, tokens: AccessTokens, clock: FakeClock) -> None:
    one = bearer_of(READER, tokens, clock)
    for _ in range(RECIPIENT_LIMIT.requests):
        assert doorkeeper.admit(RECIPIENTS, path=PATH, authorization=one, source_ip="192.0.2.1").caller == READER
    with pytest.raises(RateLimited):
        doorkeeper.admit(RECIPIENTS, path=PATH, authorization=one, source_ip="192.0.2.9")

    other = replace(READER, link_id="link-2")
    admitted = doorkeeper.admit(
        RECIPIENTS, path=PATH, authorization=bearer_of(other, tokens, clock), source_ip="192.0.2.1"
    )

    assert admitted.caller == other
    assert admitted.admission is not None
    assert admitted.admission.remaining == RECIPIENT_LIMIT.requests - 1


def test_staff_do_not_get_through_a_recipients_door_nor_recipients_through_theirs(
    doorkeeper: Doorkeeper, tokens: AccessTokens, clock: FakeClock, staff_token: str
) -> None:
    with pytest.raises(Unauthenticated):
        doorkeeper.admit(RECIPIENTS, path=PATH, authorization=f"Bearer {staff_token}", source_ip="192.0.2.1")
    with pytest.raises(Unauthenticated):
        doorkeeper.admit(STAFF_ONLY, path=PATH, authorization=bearer_of(READER, tokens, clock), source_ip="192.0.2.1")


def test_an_ended_session_is_refused_at_every_function_at_once(
    doorkeeper: Doorkeeper, tokens: AccessTokens, clock: FakeClock, staff_token: str
) -> None:
    elsewhere = Doorkeeper(tokens, AdmissionStore(clock=clock))
    elsewhere.admit(STAFF_ONLY, path=PATH, authorization=f"Bearer {staff_token}", source_ip="192.0.2.1")

    AdmissionStore(clock=clock).end_session(AGENT)

    with pytest.raises(Unauthenticated) as refusal:
        elsewhere.admit(STAFF_ONLY, path=PATH, authorization=f"Bearer {staff_token}", source_ip="192.0.2.1")
    assert refusal.value.code == "token_expired"
