"""Forgotten and changed passwords, and verified addresses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from herald.errors import HeraldError, Invalid, RateLimited
from herald.identity.composition import IdentityContainer, identity
from herald.identity.recovery.service import Recovery
from herald.settings import settings
from herald.values.clock import utc_now
from tests.support.clock import FakeClock
from tests.support.cloud import queued_mails, stored_items
from tests.support.functions import ask_sample
from tests.support.mails import Mail, deliver_mails
from tests.support.people import BETTER, EMAIL, PASSWORD, SignedUp, sign_up, sign_up_unverified


@pytest.fixture
def account(cloud: None) -> SignedUp:
    account = sign_up()
    deliver_mails()
    return account


@pytest.fixture
def recovery(account: SignedUp) -> Recovery:
    return identity().recovery


def recovery_at(clock: FakeClock) -> Recovery:
    """The same, at another time."""
    return IdentityContainer(settings(), clock=clock).recovery


def mail_about_reset(recovery: Recovery, login: str = EMAIL) -> Mail:
    recovery.ask_for_reset(login)
    [mail] = deliver_mails()
    return mail


def can_sign_in(password: str) -> bool:
    try:
        identity().accounts.sign_in(login=EMAIL, password=password)
    except HeraldError:
        return False
    return True


def is_let_in(account: SignedUp) -> bool:
    return ask_sample("platform/auth/me", token=account.token).status == 200


def test_a_forgotten_password_is_set_anew_by_mail(recovery: Recovery) -> None:
    mail = mail_about_reset(recovery)
    assert (mail.to, mail.subject) == (EMAIL, "Set a new password")
    assert mail.link.startswith("https://api.herald.example/account/reset-password?token=")

    recovery.reset(mail.token, BETTER)

    assert (can_sign_in(BETTER), can_sign_in(PASSWORD)) == (True, False)


def test_a_reset_ends_every_session_and_its_access_tokens_at_once(recovery: Recovery, account: SignedUp) -> None:
    other = identity().accounts.sign_in(login=EMAIL, password=PASSWORD)
    assert is_let_in(account)

    recovery.reset(mail_about_reset(recovery).token, BETTER)

    assert not is_let_in(account)
    assert ask_sample("platform/auth/me", token=other.access_token).status == 401
    for refresh_token in (account.refresh_token, other.refresh_token):
        assert ask_sample("platform/auth/refresh", body={"refresh_token": refresh_token}).status == 401


def test_the_owner_is_told_that_the_password_was_changed(recovery: Recovery) -> None:
    recovery.reset(mail_about_reset(recovery).token, BETTER)

    assert [mail.subject for mail in deliver_mails()] == ["Your password was changed"]


def test_a_way_to_a_new_password_is_good_once(recovery: Recovery) -> None:
    token = mail_about_reset(recovery).token
    recovery.reset(token, BETTER)

    with pytest.raises(Invalid) as refusal:
        recovery.reset(token, "yet another Secure 789")

    assert refusal.value.code == "token_invalid"
    assert can_sign_in(BETTER)


def test_a_newer_way_to_a_new_password_closes_the_older(recovery: Recovery) -> None:
    first, second = mail_about_reset(recovery).token, mail_about_reset(recovery).token

    with pytest.raises(Invalid) as refusal:
        recovery.reset(first, BETTER)
    assert refusal.value.code == "token_invalid"
    recovery.reset(second, BETTER)
    assert can_sign_in(BETTER)


def test_a_way_to_a_new_password_closes_when_it_is_changed_otherwise(recovery: Recovery, account: SignedUp) -> None:
    token = mail_about_reset(recovery).token
    recovery.change_password(account.principal, old=PASSWORD, new=BETTER)

    with pytest.raises(Invalid) as refusal:
        recovery.reset(token, "yet another Secure 789")
    assert refusal.value.code == "token_invalid"


def test_of_two_who_use_a_way_at_once_one_sets_the_password(recovery: Recovery) -> None:
    token = mail_about_reset(recovery).token

    def redeem(_: int) -> bool:
        try:
            recovery.reset(token, BETTER)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(redeem, range(4))) == 1


def test_a_way_to_a_new_password_closes_after_an_hour(recovery: Recovery) -> None:
    token = mail_about_reset(recovery).token

    with pytest.raises(Invalid) as refusal:
        recovery_at(FakeClock(utc_now() + timedelta(minutes=61))).reset(token, BETTER)
    assert refusal.value.code == "token_invalid"
    recovery_at(FakeClock(utc_now() + timedelta(minutes=59))).reset(token, BETTER)


def test_a_password_that_will_not_do_does_not_use_the_mail_up(recovery: Recovery) -> None:
    token = mail_about_reset(recovery).token

    with pytest.raises(Invalid) as refusal:
        recovery.reset(token, "password1")
    assert set(refusal.value.fields) == {"password"}

    recovery.reset(token, BETTER)
    assert can_sign_in(BETTER)


def test_a_token_for_one_thing_does_not_do_another(cloud: None) -> None:
    sign_up_unverified()
    [verification] = deliver_mails()
    assert verification.subject == "Confirm your e-mail address"

    with pytest.raises(Invalid):
        identity().recovery.reset(verification.token, BETTER)
    identity().recovery.verify_email(verification.token)


def test_an_address_is_verified_once(cloud: None) -> None:
    account = sign_up_unverified()
    [mail] = deliver_mails()
    recovery = identity().recovery

    recovery.verify_email(mail.token)

    assert identity().accounts.current_user(account.principal).person.email_verified_at is not None
    with pytest.raises(Invalid):
        recovery.verify_email(mail.token)


def test_a_verified_address_is_not_asked_again(recovery: Recovery) -> None:
    recovery.ask_for_verification(EMAIL)

    assert deliver_mails() == []


def test_no_token_is_stored_as_such(recovery: Recovery) -> None:
    mail = mail_about_reset(recovery)

    assert mail.token not in str(stored_items("IDENTITY_TABLE"))


@pytest.mark.parametrize("login", ["nobody@greenfield.example", "nobody", EMAIL, EMAIL.upper()])
def test_as_many_mails_are_asked_for_whether_or_not_there_is_an_account(recovery: Recovery, login: str) -> None:
    recovery.ask_for_reset(login)
    recovery.ask_for_verification(login)

    assert len(queued_mails()) == 2


def test_nobody_is_written_to_where_there_is_no_account(recovery: Recovery) -> None:
    recovery.ask_for_reset("nobody@greenfield.example")

    assert deliver_mails() == []


def test_a_changed_password_ends_every_session_this_one_too(recovery: Recovery, account: SignedUp) -> None:
    recovery.change_password(account.principal, old=PASSWORD, new=BETTER)

    assert not is_let_in(account)
    assert (can_sign_in(BETTER), can_sign_in(PASSWORD)) == (True, False)


def test_a_password_is_changed_only_by_whoever_knows_it(recovery: Recovery, account: SignedUp) -> None:
    with pytest.raises(Invalid) as refusal:
        recovery.change_password(account.principal, old="wrong", new=BETTER)

    assert refusal.value.fields == {"old_password": "wrong"}
    assert is_let_in(account)
    assert can_sign_in(PASSWORD)


def test_guesses_at_the_present_password_are_counted_with_those_at_sign_in(account: SignedUp) -> None:
    recovery = recovery_at(FakeClock())
    for _ in range(5):
        with pytest.raises(Invalid):
            recovery.change_password(account.principal, old="wrong", new=BETTER)

    with pytest.raises(RateLimited):
        recovery.change_password(account.principal, old=PASSWORD, new=BETTER)
