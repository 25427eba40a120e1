"""One's own sessions: seen and ended."""

from datetime import timedelta

import pytest

from herald.errors import NotFound
from herald.identity.composition import IdentityContainer, identity
from herald.identity.sessions.service import Sessions
from herald.settings import settings
from herald.values.clock import utc_now
from tests.support.clock import FakeClock
from tests.support.functions import ask_sample
from tests.support.people import EMAIL, PASSWORD, SignedUp, sign_up


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up()


@pytest.fixture
def sessions(account: SignedUp) -> Sessions:
    return identity().sessions


def is_let_in(account: SignedUp) -> bool:
    return ask_sample("platform/auth/me", token=account.token).status == 200


def test_somebody_sees_where_they_are_signed_in_and_ends_one_of_their_sessions(
    sessions: Sessions, account: SignedUp
) -> None:
    other = sign_in_again()
    newest, oldest = sessions.of_person(account.principal)
    assert (oldest.session_id, oldest.address, oldest.user_agent) == (
        account.principal.session_id,
        "192.0.2.7",
        "A browser",
    )

    sessions.end_one(account.principal, newest.session_id)

    assert [session.session_id for session in sessions.of_person(account.principal)] == [oldest.session_id]
    assert ask_sample("platform/auth/me", token=other).status == 401
    assert is_let_in(account)


def test_nobody_ends_somebody_elses_session(sessions: Sessions, account: SignedUp) -> None:
    other = sign_up("joseph@greenfield.example")

    with pytest.raises(NotFound):
        sessions.end_one(account.principal, other.principal.session_id)
    assert is_let_in(other)


def test_a_session_that_cannot_be_renewed_any_more_is_not_listed(account: SignedUp) -> None:
    clock = FakeClock(utc_now() + timedelta(days=31))

    assert IdentityContainer(settings(), clock=clock).sessions.of_person(account.principal) == []


def sign_in_again() -> str:
    return identity().accounts.sign_in(login=EMAIL, password=PASSWORD).access_token
