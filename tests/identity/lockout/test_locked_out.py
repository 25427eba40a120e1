"""Ten wrong passwords lock an account for a while at every endpoint, and none tells whether there is one."""

from datetime import timedelta

import pytest

from herald.identity.lockout.model import TooManyAttempts
from herald.identity.lockout.service import Lockout
from herald.identity.lockout.store import AttemptStore
from herald.values.clock import utc_now
from tests.support.clock import FakeClock
from tests.support.cloud import queued_mails
from tests.support.functions import ask_sample
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, EMAIL, PASSWORD, sign_up
from tests.support.requests import Answer

NOBODY = "nobody@greenfield.example"
ENDPOINTS = {
    "platform/auth/login": "email",
    "platform/auth/login_db": "email",
    "mifumo/auth/login": "email",
    "iperform/auth/sign_in": "username",
    "iperform/auth/sign_in_at_company": "username",
}
"""Each endpoint at which one signs in, and what it calls the login."""
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


@pytest.fixture(autouse=True)
def somebody(cloud: None) -> None:
    sign_up()
    deliver_mails()


def try_to_sign_in(endpoint: str, login: str, password: str) -> Answer:
    """A sign-in, from an address of its own."""
    body = {ENDPOINTS[endpoint]: login, "password": password}
    return ask_sample(endpoint, body=body | ({"company_id": 1} if endpoint.endswith("company") else {}))


def fail_nine_times(login: str) -> None:
    """Nine wrong passwords, the last of them long enough ago to be let try again."""
    clock = FakeClock(utc_now() - timedelta(minutes=5))
    lockout = Lockout(AttemptStore(), clock=clock)
    done = 0
    while done < 9:
        try:
            lockout.begin(login=login, address="")
        except TooManyAttempts as refusal:
            clock.advance(refusal.retry_after or 0)
        else:
            done += 1


@every_endpoint
def test_after_ten_wrong_passwords_even_the_right_one_must_wait(endpoint: str) -> None:
    fail_nine_times(EMAIL)

    assert try_to_sign_in(endpoint, EMAIL, "wrong").status == 401
    refused = try_to_sign_in(endpoint, EMAIL, PASSWORD)

    assert refused.status == 429
    assert 890 <= int(refused.headers["retry-after"]) <= 900


@every_endpoint
def test_an_account_that_is_not_there_is_locked_with_the_same_words(endpoint: str) -> None:
    answers = []
    for login in (EMAIL, NOBODY):
        fail_nine_times(login)
        answers.append([try_to_sign_in(endpoint, login, "wrong") for _ in range(2)])

    for known, unknown in zip(*answers, strict=True):
        assert (known.status, _without_times(known)) == (unknown.status, _without_times(unknown))
        assert set(known.headers) == set(unknown.headers)
    assert answers[1][1].status == 429


def test_the_owner_is_told_and_as_many_mails_are_asked_for_where_there_is_no_owner() -> None:
    fail_nine_times(NOBODY)
    try_to_sign_in("platform/auth/login", NOBODY, "wrong")
    assert len(queued_mails()) == 1

    fail_nine_times(EMAIL)
    try_to_sign_in("platform/auth/login", EMAIL, "wrong")
    [mail] = deliver_mails()

    assert (mail.to, mail.subject) == (EMAIL, "Your account is locked for a while")


def test_a_lock_at_one_endpoint_is_a_lock_at_every_endpoint() -> None:
    fail_nine_times(EMAIL)
    try_to_sign_in("iperform/auth/sign_in", EMAIL, "wrong")

    assert {try_to_sign_in(endpoint, EMAIL, PASSWORD).status for endpoint in ENDPOINTS} == {429}


def test_a_session_that_was_stolen_does_not_find_the_password_out_either() -> None:
    session = sign_up("joseph@greenfield.example").token
    fail_nine_times("joseph@greenfield.example")
    guess = {"old_password": "wrong", "new_password": BETTER}

    assert ask_sample("mifumo/auth/password_change", token=session, body=guess).status == 400
    right = guess | {"old_password": PASSWORD}
    assert ask_sample("mifumo/auth/password_change", token=session, body=right).status == 429


def _without_times(answer: Answer) -> dict[str, object]:
    return {name: value for name, value in answer.body.items() if name not in {"timestamp", "request_id"}}
