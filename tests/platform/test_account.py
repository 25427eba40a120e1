"""The pages behind the links in mails."""

import pytest

from herald.identity.composition import identity
from herald.identity.model import Role
from tests.support.functions import ask_sample
from tests.support.mails import Mail, deliver_mails, invited
from tests.support.people import BETTER, EMAIL, PASSWORD, SignedUp, sign_up, sign_up_unverified
from tests.support.requests import Answer


@pytest.fixture
def account(cloud: None) -> SignedUp:
    account = sign_up()
    deliver_mails()
    return account


@pytest.fixture
def reset(account: SignedUp) -> Mail:
    identity().recovery.ask_for_reset(EMAIL)
    [mail] = deliver_mails()
    return mail


def show(page: str, token: str) -> Answer:
    return ask_sample(f"platform/account/show_{page}", path=(f"{page.upper()}_TOKEN", token))


def press(page: str, **fields: str) -> Answer:
    body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in fields.items())
    return ask_sample(f"platform/account/{page}", body=body)


def is_verified(account: SignedUp) -> bool:
    return identity().accounts.current_user(account.principal).person.email_verified_at is not None


@pytest.mark.parametrize("page", ["verify_email", "reset_password", "invitation"])
def test_a_page_works_without_scripts_and_hands_its_token_to_nobody(cloud: None, page: str) -> None:
    answer = show(page, "abc%22%3E%3Cscript%3E")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert '<form method="post"' in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")


def test_opening_the_page_changes_nothing_and_its_button_verifies_the_address(cloud: None) -> None:
    account = sign_up_unverified()
    [mail] = deliver_mails()

    for _ in range(3):
        assert show("verify_email", mail.token).status == 200
    assert not is_verified(account)

    assert press("verify_email", token=mail.token).status == 200
    assert is_verified(account)
    again = press("verify_email", token=mail.token)
    assert again.status == 400
    assert "expired or was used before" in again.text


def test_a_new_password_is_set_on_the_page(account: SignedUp, reset: Mail) -> None:
    answer = press("reset_password", token=reset.token, password=BETTER)

    assert answer.status == 200
    assert ask_sample("platform/auth/me", token=account.token).status == 401
    assert ask_sample("platform/auth/login", body={"email": EMAIL, "password": BETTER}).status == 200


def test_a_weak_password_is_asked_for_again_with_advice(reset: Mail) -> None:
    answer = press("reset_password", token=reset.token, password="password123")

    assert answer.status == 400
    assert "too easy to guess" in answer.text
    assert f'value="{reset.token}"' in answer.text
    assert press("reset_password", token=reset.token, password=BETTER).status == 200


def test_somebody_new_joins_with_a_name_and_a_password(account: SignedUp) -> None:
    mail = invited(account, "grace@greenfield.example", role=Role.MANAGER)

    answer = press("invitation", token=mail.token, name="Grace Hopeful", password=BETTER)

    assert answer.status == 200
    signed_in = identity().accounts.sign_in(login="grace@greenfield.example", password=BETTER)
    assert (signed_in.user.tenant_id, signed_in.user.role) == (account.tenant_id, Role.MANAGER)


def test_somebody_with_an_account_joins_with_its_password(account: SignedUp) -> None:
    sign_up("joseph@clinic.example")
    mail = invited(account, "joseph@clinic.example")

    refused = press("invitation", token=mail.token, password="wrong")
    assert refused.status == 400
    assert f'value="{mail.token}"' in refused.text

    assert press("invitation", token=mail.token, password=PASSWORD).status == 200


def test_whatever_else_goes_wrong_is_a_page_as_well(cloud: None) -> None:
    answer = show("verify_email", "x" * 101)

    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/html")
