"""Wrong passwords slow sign-ins down at every endpoint alike, and no answer tells whether there is an account."""

from dataclasses import replace
from datetime import timedelta

import pytest

from herald.identity.composition import identity
from herald.identity.failed_sign_ins.store import FailedSignInStore
from herald.identity.lockout.model import LOGIN, TooManyAttempts, counters_of
from herald.identity.lockout.service import Lockout
from herald.identity.lockout.store import KnownNetworkStore, TriesStore
from herald.values.clock import utc_now
from tests.support.clock import FakeClock
from tests.support.cloud import queued_mails
from tests.support.functions import function
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, EMAIL, PASSWORD, SignedUp, invite, sign_up
from tests.support.requests import Answer, Caller, new_address

HOME = "192.0.2.7"
"""Where people sign up from."""
CAFE, THIEF = "198.51.100.1", "203.0.113.9"
NOBODY = "nobody@greenfield.example"
ENDPOINTS = {
    "/api/v1/auth/login": ("platform/auth", "email"),
    "/api/v1/auth-db/login": ("platform/auth", "email"),
    "/api/auth/login": ("mifumo/auth", "email"),
    "/api/v1/i_auth": ("iperform/auth", "username"),
    "/api/v1/ex_auth": ("iperform/auth", "username"),
}
"""Each endpoint at which one signs in: its function, and what it calls the login."""
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


@pytest.fixture(autouse=True)
def somebody(cloud: None) -> None:
    sign_up()
    deliver_mails()


def try_to_sign_in(endpoint: str, login: str, password: str, *, address: str) -> Answer:
    name, field = ENDPOINTS[endpoint]
    body = {field: login, "password": password} | ({"company_id": 1} if endpoint.endswith("ex_auth") else {})
    return Caller(function(name).handler, source_ip=address).post(endpoint, body)


def fail(login: str, *, times: int, address: str) -> None:
    """So many wrong passwords, long enough ago to be let try again."""
    clock = FakeClock(utc_now() - timedelta(minutes=20))
    lockout = Lockout(TriesStore(), KnownNetworkStore(), FailedSignInStore(), clock=clock)
    done = 0
    while done < times:
        try:
            lockout.begin(login=login, person_id="", address=address)
        except TooManyAttempts as refusal:
            clock.advance(refusal.retry_after or 0)
        else:
            done += 1


def attack(login: str) -> None:
    """As many tries at a login, from as many networks, as make any stranger wait."""
    _, counter, _ = counters_of(login, new_address(), known=False)
    now = int(utc_now().timestamp())
    at_once = replace(counter, rule=replace(LOGIN, remembered_seconds=LOGIN.remembered_seconds * LOGIN.most))
    TriesStore().count(at_once, None, now)


@every_endpoint
def test_after_many_wrong_passwords_even_the_right_one_must_wait_where_they_came_from(endpoint: str) -> None:
    fail(EMAIL, times=12, address=THIEF)

    assert try_to_sign_in(endpoint, EMAIL, "wrong", address=THIEF).status == 401
    refused = try_to_sign_in(endpoint, EMAIL, PASSWORD, address=THIEF)

    assert refused.status == 429
    assert 250 <= int(refused.headers["retry-after"]) <= 256
    assert try_to_sign_in(endpoint, EMAIL, PASSWORD, address=CAFE).status == 200
    assert try_to_sign_in(endpoint, EMAIL, PASSWORD, address=HOME).status == 200


@every_endpoint
def test_an_account_under_attack_from_everywhere_is_open_where_its_owner_signed_in_before(endpoint: str) -> None:
    attack(EMAIL)

    refused = try_to_sign_in(endpoint, EMAIL, PASSWORD, address=CAFE)

    assert refused.status == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert try_to_sign_in(endpoint, EMAIL, PASSWORD, address=HOME).status == 200


@every_endpoint
def test_an_account_that_is_not_there_makes_wait_with_the_same_words(endpoint: str) -> None:
    answers = []
    for login, address in ((EMAIL, CAFE), (NOBODY, THIEF)):
        fail(login, times=9, address=address)
        answers.append([try_to_sign_in(endpoint, login, "wrong", address=address) for _ in range(2)])

    for known, unknown in zip(*answers, strict=True):
        assert (known.status, _without_times(known)) == (unknown.status, _without_times(unknown))
        assert set(known.headers) == set(unknown.headers)
    assert answers[1][1].status == 429


def test_a_place_that_was_signed_in_from_is_known_from_then_on() -> None:
    assert try_to_sign_in("/api/v1/i_auth", EMAIL, PASSWORD, address=CAFE).status == 200
    attack(EMAIL)

    assert try_to_sign_in("/api/auth/login", EMAIL, PASSWORD, address=CAFE).status == 200


@pytest.mark.parametrize("enter", ["accept", "switch", "sign_up"])
def test_a_place_is_known_from_each_way_in(enter: str) -> None:
    admin, email = sign_up("boss@greenfield.example"), "new@greenfield.example"
    if enter == "accept":
        body = {"token": invite(admin, email), "name": "Newly Come", "password": PASSWORD}
        way = Caller(function("mifumo/tenants").handler, source_ip=CAFE).post("/api/invitations/accept", body)
    elif enter == "switch":
        email = admin.email
        there = Caller(function("mifumo/tenants").handler, source_ip=CAFE, token=admin.token)
        way = there.post("/api/tenants/switch", {"tenant_id": admin.tenant_id})
    else:
        body = {"email": email, "name": "New", "password": PASSWORD}
        way = Caller(function("platform/auth").handler, source_ip=CAFE).post("/api/v1/auth/register", body)
    assert way.status in {200, 201}, way.text

    attack(email)

    assert try_to_sign_in("/api/v1/auth/login", email, PASSWORD, address=CAFE).status == 200
    assert try_to_sign_in("/api/v1/auth/login", email, PASSWORD, address=THIEF).status == 429


def test_the_owner_is_told_and_as_many_mails_are_asked_for_where_there_is_no_owner() -> None:
    fail(NOBODY, times=9, address=THIEF)
    try_to_sign_in("/api/v1/auth/login", NOBODY, "wrong", address=THIEF)
    assert len(queued_mails()) == 1

    fail(EMAIL, times=9, address=CAFE)
    try_to_sign_in("/api/v1/auth/login", EMAIL, "wrong", address=CAFE)
    [mail] = deliver_mails()

    assert (mail.to, mail.subject) == (EMAIL, "Wrong passwords for your account")


def test_a_wait_at_one_endpoint_is_a_wait_at_every_endpoint() -> None:
    fail(EMAIL, times=12, address=THIEF)
    try_to_sign_in("/api/v1/i_auth", EMAIL, "wrong", address=THIEF)

    others = list(ENDPOINTS)[:4]
    assert {try_to_sign_in(endpoint, EMAIL, PASSWORD, address=THIEF).status for endpoint in others} == {429}


def test_a_password_that_was_set_by_mail_opens_at_once_from_everywhere() -> None:
    fail(EMAIL, times=12, address=CAFE)
    try_to_sign_in("/api/v1/auth/login", EMAIL, "wrong", address=CAFE)
    attack(EMAIL)
    identity().recovery.ask_for_reset(EMAIL)
    token = deliver_mails()[-1].token
    new_place = "198.51.100.77"

    body = {"token": token, "new_password": BETTER}
    reset = Caller(function("mifumo/auth").handler, source_ip=new_place).post("/api/auth/password/reset/confirm", body)
    assert reset.status == 200

    for address in (CAFE, HOME, new_place):
        assert try_to_sign_in("/api/v1/auth/login", EMAIL, BETTER, address=address).status == 200
    attack(EMAIL)
    assert try_to_sign_in("/api/v1/auth/login", EMAIL, BETTER, address=new_place).status == 200


def test_a_session_that_was_stolen_does_not_find_the_password_out_either() -> None:
    session = sign_up("joseph@greenfield.example").token
    thief = Caller(function("mifumo/auth").handler, source_ip=THIEF, token=session)
    fail("joseph@greenfield.example", times=12, address=THIEF)
    guess = {"old_password": "wrong", "new_password": BETTER}

    assert thief.post("/api/auth/password/change", guess).status == 400
    assert thief.post("/api/auth/password/change", guess | {"old_password": PASSWORD}).status == 429


def test_an_office_renews_its_sessions_from_one_address() -> None:
    people = [sign_up(f"colleague{number}@greenfield.example") for number in range(8)]

    assert {renewed(one).status for one in people} == {200}


def test_a_session_is_renewed_five_times_a_minute_at_most() -> None:
    account = sign_up("colleague@greenfield.example")
    answers: list[Answer] = []
    while not answers or answers[-1].status == 200:
        answers.append(renewed(account))
        account = replace(account, refresh_token=answers[-1].body.get("refresh_token", ""))

    assert 6 <= len(answers) <= 11  # a minute may have begun anew
    assert answers[-1].status == 429
    assert answers[0].headers["x-ratelimit-limit"] == answers[-1].headers["x-ratelimit-limit"] == "5"
    assert int(answers[-1].headers["retry-after"]) > 0


def test_addresses_of_one_64_are_counted_together() -> None:
    addresses = [f"2001:db8::{number:x}" for number in range(11)]
    answers = [try_to_sign_in("/api/v1/auth/login", EMAIL, PASSWORD, address=address) for address in addresses]

    assert {answer.status for answer in answers} == {200, 429}


def renewed(account: SignedUp) -> Answer:
    """What whoever renews a session is answered, all from one address."""
    return Caller(function("platform/auth").handler, source_ip=HOME).post(
        "/api/v1/auth/refresh", {"refresh_token": account.refresh_token}
    )


def _without_times(answer: Answer) -> dict[str, object]:
    return {name: value for name, value in answer.body.items() if name not in {"timestamp", "request_id"}}
