"""``/api/v1/auth-db``, which is the same as ``/api/v1/auth``, and one's own sessions."""

import pytest

from tests.support.functions import ask_sample
from tests.support.people import EMAIL, PASSWORD, SignedUp, sign_up
from tests.support.requests import Answer


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up()


def sessions(account: SignedUp) -> list[dict[str, object]]:
    found: list[dict[str, object]] = ask_sample("platform/auth/sessions", token=account.token).body["sessions"]
    return found


def end(account: SignedUp, session_id: object) -> Answer:
    return ask_sample("platform/auth/end_session", token=account.token, path=("SESSION_ID", str(session_id)))


def test_pytakes_two_ways_to_sign_in_are_one(cloud: None) -> None:
    registered = ask_sample("platform/auth/register_db")
    assert registered.status == 201
    assert {"token", "user"} <= set(registered.body)
    assert {"id", "email", "name", "roles"} <= set(registered.body["user"])

    body = {"email": "grace@greenfield.example", "password": PASSWORD}
    token = ask_sample("platform/auth/login", body=body).body["token"]

    assert ask_sample("platform/auth/me_db", token=token).body == registered.body["user"]
    assert ask_sample("platform/auth/logout_db", token=token).status == 200
    assert ask_sample("platform/auth/me", token=token).status == 401


def test_an_error_there_is_in_pytakes_words_alone(account: SignedUp) -> None:
    answer = ask_sample("platform/auth/login_db", body={"email": EMAIL, "password": "wrong"})

    assert (answer.status, set(answer.body)) == (401, {"error", "message", "code"})
    assert (answer.body["error"], answer.body["code"]) == ("invalid_credentials", 401)


def test_somebody_sees_where_they_are_signed_in(account: SignedUp) -> None:
    ask_sample("platform/auth/login", body={"email": EMAIL, "password": PASSWORD}, user_agent="Another browser")

    newest, oldest = sessions(account)

    assert (newest["user_agent"], newest["is_current"]) == ("Another browser", False)
    assert newest["address"]
    assert (oldest["id"], oldest["is_current"]) == (account.principal.session_id, True)
    assert "secret" not in str(sessions(account))


def test_a_session_is_ended_from_another_one_at_once(account: SignedUp) -> None:
    other = ask_sample("platform/auth/login", body={"email": EMAIL, "password": PASSWORD}).body

    assert end(account, sessions(account)[0]["id"]).status == 200

    assert ask_sample("platform/auth/me", token=other["token"]).status == 401
    assert ask_sample("platform/auth/refresh", body={"refresh_token": other["refresh_token"]}).status == 401
    assert len(sessions(account)) == 1


def test_somebody_elses_session_does_not_exist(account: SignedUp) -> None:
    stranger = sign_up("joseph@clinic.example")

    assert end(stranger, account.principal.session_id).status == 404
    assert len(sessions(account)) == 1
