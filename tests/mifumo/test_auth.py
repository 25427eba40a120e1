"""Mifumo's accounts, as its front end uses them."""

import pytest

from tests.support.cloud import queued_mails
from tests.support.functions import ask_sample
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, EMAIL, PASSWORD, SignedUp, sign_up, sign_up_unverified
from tests.support.requests import Answer


@pytest.fixture
def account(cloud: None) -> SignedUp:
    account = sign_up()
    deliver_mails()
    return account


def ask(name: str, body: object = None, token: str = "") -> Answer:
    return ask_sample(f"mifumo/auth/{name}", body=body, token=token)


def test_registering_signs_in_and_asks_whose_the_address_is(cloud: None) -> None:
    answer = ask("register")

    assert answer.status == 201
    assert set(answer.body) == {"success", "status", "data"}
    assert (answer.body["success"], answer.body["status"]) == (True, 201)
    data = answer.body["data"]
    assert set(data) == {"access", "refresh", "expires_in", "user"}
    assert (data["user"]["name"], data["user"]["role"], data["user"]["is_verified"]) == (
        "Grace Hopeful",
        "ADMIN",
        False,
    )
    assert ask("profile", token=data["access"]).body["data"] == data["user"]
    assert [mail.to for mail in deliver_mails()] == ["grace@greenfield.example"]


def test_a_registration_that_will_not_do_names_the_field(cloud: None) -> None:
    body = {"email": EMAIL, "password": "password123", "name": "Amina Otieno"}

    answer = ask("register", body)

    assert answer.status == 400
    assert answer.body["success"] is False
    assert list(answer.body["errors"]) == ["password"]


def test_signing_in_as_documented(account: SignedUp) -> None:
    answer = ask("login", {"email": EMAIL, "password": PASSWORD})

    assert answer.status == 200
    assert answer.body["data"]["user"]["id"] == account.user_id
    assert ask("profile", token=answer.body["data"]["access"]).status == 200


def test_a_wrong_password_is_told_in_mifumos_words(account: SignedUp) -> None:
    answer = ask("login", {"email": EMAIL, "password": "wrong"})

    assert answer.status == 401
    assert (answer.body["success"], answer.body["error_code"]) == (False, "INVALID_CREDENTIALS")


def test_a_session_is_renewed(account: SignedUp) -> None:
    answer = ask("token_refresh", {"refresh": account.refresh_token})

    assert set(answer.body["data"]) == {"access", "refresh", "expires_in"}
    assert ask("profile", token=answer.body["data"]["access"]).status == 200
    assert ask("token_refresh", {"refresh": account.refresh_token}).status == 401


def test_a_profile_is_changed_in_part(account: SignedUp) -> None:
    token = account.token

    ask("update_profile", {"phone": "+254700000009"}, token)
    answer = ask("update_profile", {"name": "Amina W. Otieno"}, token)

    assert (answer.body["data"]["name"], answer.body["data"]["phone"]) == ("Amina W. Otieno", "+254700000009")
    assert ask("profile", token=token).body == answer.body


def test_a_person_keeps_a_name(account: SignedUp) -> None:
    answer = ask("update_profile", {"name": "  "}, account.token)

    assert (answer.status, list(answer.body["errors"])) == (400, ["name"])


def test_changing_the_password_ends_this_session_and_gives_another(account: SignedUp) -> None:
    body = {"old_password": PASSWORD, "new_password": BETTER}

    answer = ask("password_change", body, account.token)

    assert ask("profile", token=account.token).status == 401
    assert ask("profile", token=answer.body["data"]["access"]).status == 200
    assert ask("login", {"email": EMAIL, "password": PASSWORD}).status == 401
    assert ask("login", {"email": EMAIL, "password": BETTER}).status == 200


def test_an_answer_with_tokens_is_not_kept_for_a_repeated_request(account: SignedUp) -> None:
    body = {"old_password": PASSWORD, "new_password": BETTER}
    ask_sample("mifumo/auth/password_change", token=account.token, body=body, idempotency_key="change-1")

    again = ask_sample("mifumo/auth/password_change", token=account.token, body=body, idempotency_key="change-1")

    assert again.status == 401


@pytest.mark.parametrize("endpoint", ["password_reset", "verify_email_resend"])
def test_nobody_learns_whether_there_is_an_account(account: SignedUp, endpoint: str) -> None:
    known = ask(endpoint, {"email": EMAIL})
    mails_for_known = len(queued_mails())
    unknown = ask(endpoint, {"email": "nobody@greenfield.example"})

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert set(known.headers) == set(unknown.headers)
    assert len(queued_mails()) == mails_for_known == 1


def test_a_forgotten_password_is_set_anew_by_mail(account: SignedUp) -> None:
    ask("password_reset", {"email": EMAIL})
    [mail] = deliver_mails()

    answer = ask("password_reset_confirm", {"token": mail.token, "new_password": BETTER})

    assert answer.status == 200
    assert ask("profile", token=account.token).status == 401
    assert ask("login", {"email": EMAIL, "password": BETTER}).status == 200
    again = ask("password_reset_confirm", {"token": mail.token, "new_password": "yet another Secure 789"})
    assert (again.status, again.body["error_code"]) == (400, "TOKEN_INVALID")


def test_an_address_is_verified_by_mail(cloud: None) -> None:
    account = sign_up_unverified()
    deliver_mails()
    ask("verify_email_resend", {"email": EMAIL})
    [mail] = deliver_mails()

    assert ask("verify_email", {"token": mail.token}).status == 200

    assert ask("profile", token=account.token).body["data"]["is_verified"] is True


@pytest.mark.parametrize("endpoint", ["profile", "update_profile", "password_change"])
def test_a_stranger_is_asked_to_sign_in(cloud: None, endpoint: str) -> None:
    answer = ask(endpoint)

    assert (answer.status, answer.body["error_code"]) == (401, "AUTH_REQUIRED")
