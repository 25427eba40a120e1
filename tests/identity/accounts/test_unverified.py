"""Accounts whose address nobody has confirmed: they reach nobody, and are whose the address is."""

from datetime import timedelta

import pytest

from herald.errors import HeraldError, Unauthenticated
from herald.identity.accounts.model import UNVERIFIED_LIFETIME
from herald.identity.composition import IdentityContainer, identity
from herald.identity.model import Role
from herald.settings import settings
from herald.values.clock import utc_now
from tests.support.clock import FakeClock
from tests.support.mails import Mail, deliver_mails
from tests.support.people import (
    BETTER,
    EMAIL,
    PASSWORD,
    SignedUp,
    accept,
    invite,
    sign_in,
    sign_up,
    sign_up_unverified,
    try_to_sign_in,
)

ID = "0192f3a4-6000-7000-8000-00000000b001"
REACHING_OTHERS = [
    (
        "platform/users",
        "/api/v1/users",
        {"username": "u.u", "email": "u@example.com", "password": BETTER, "role_id": 3},
    ),
    ("mifumo/tenants", "/api/tenants/{tenant}/invitations", {"email": "u@example.com", "role": "AGENT"}),
    ("mifumo/keys", "/api/auth/api-key/generate", {"name": "Shop"}),
    ("resultflow/batches", f"/api/v1/admin/batches/{ID}/send", {}),
    ("resultflow/reports", f"/api/v1/admin/reports/{ID}/send", {}),
]


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up_unverified()


def identity_at(moment: timedelta) -> IdentityContainer:
    """The same, that much later."""
    return IdentityContainer(settings(), clock=FakeClock(utc_now() + moment))


def mail_about_reset() -> Mail:
    deliver_mails()
    identity().recovery.ask_for_reset(EMAIL)
    [mail] = deliver_mails()
    return mail


def can_sign_in(later: IdentityContainer) -> bool:
    try:
        later.accounts.sign_in(login=EMAIL, password=PASSWORD)
    except HeraldError:
        return False
    return True


def can_renew(moment: IdentityContainer, refresh_token: str) -> bool:
    try:
        moment.sessions.renew(refresh_token, count=lambda _session_id: None)
    except Unauthenticated:
        return False
    return True


@pytest.mark.parametrize(("function", "path", "body"), REACHING_OTHERS)
def test_nobody_is_reached_before_the_address_is_confirmed(
    results_cloud: None, function: str, path: str, body: dict[str, object]
) -> None:
    account = sign_up_unverified()

    answer = account.at(function).post(path.format(tenant=account.tenant_id), body)

    assert answer.status == 403
    assert "Confirm your e-mail address first" in answer.text
    assert "email_not_verified" in answer.text.lower()


@pytest.mark.parametrize(("function", "path", "body"), REACHING_OTHERS)
def test_the_same_token_does_it_once_the_address_is_confirmed(
    results_cloud: None, function: str, path: str, body: dict[str, object]
) -> None:
    account = sign_up_unverified()
    [mail] = deliver_mails()
    identity().recovery.verify_email(mail.token)

    answer = account.at(function).post(path.format(tenant=account.tenant_id), body)

    assert answer.status in {201, 404}  # there is no such batch and no such report


def test_ones_own_work_goes_on_meanwhile(account: SignedUp) -> None:
    assert account.is_signed_in()
    assert account.at("platform/users").get("/api/v1/users?active=1").status == 200
    assert account.at("mifumo/tenants").post("/api/tenants", {"name": "Second"}).status == 201
    assert sign_in(EMAIL).is_signed_in()


def test_a_sign_up_that_nobody_confirms_is_over_after_a_week(account: SignedUp) -> None:
    assert can_sign_in(identity_at(UNVERIFIED_LIFETIME - timedelta(minutes=1)))

    later = identity_at(UNVERIFIED_LIFETIME + timedelta(minutes=1))

    assert not can_sign_in(later)
    assert not can_renew(later, account.refresh_token)


def test_its_address_is_free_again(account: SignedUp) -> None:
    later = identity_at(UNVERIFIED_LIFETIME + timedelta(minutes=1))

    signed_in = later.accounts.register(email=EMAIL, password=BETTER, name="Amina herself")

    assert (signed_in.user.user_id, signed_in.user.tenant_id) != (account.user_id, account.tenant_id)
    assert not can_sign_in(later)


def test_a_confirmed_account_stays_and_keeps_its_address(account: SignedUp) -> None:
    [mail] = deliver_mails()
    identity().recovery.verify_email(mail.token)
    later = identity_at(timedelta(days=400))

    assert can_sign_in(later)
    with pytest.raises(HeraldError) as refusal:
        later.accounts.register(email=EMAIL, password=BETTER, name="Somebody")
    assert refusal.value.code == "email_taken"


def test_who_signed_up_with_a_strangers_address_keeps_nothing_when_its_owner_comes(account: SignedUp) -> None:
    account.at("mifumo/tenants").post("/api/tenants", {"name": "A trap"})
    again = sign_in(EMAIL)

    identity().recovery.reset(mail_about_reset().token, BETTER)

    owner = identity().accounts.sign_in(login=EMAIL, password=BETTER).user
    assert owner.user_id != account.user_id
    assert (owner.role, owner.name) == (Role.ADMIN, "amina")
    assert [place.tenant_id for place in identity().membership_store.of_person(owner.user_id)] == [owner.tenant_id]
    assert owner.tenant_id != account.tenant_id
    assert try_to_sign_in(EMAIL).status == 401
    for stranger in (account, again):
        assert not stranger.is_signed_in()
        assert not can_renew(identity(), stranger.refresh_token)
    assert identity().person_store.is_verified(owner.user_id)


def test_a_user_name_that_was_taken_with_a_strangers_address_is_free_again(cloud: None) -> None:
    accounts = identity().accounts
    accounts.register(email=EMAIL, password=PASSWORD, name="Not Amina", username="amina")

    identity().recovery.reset(mail_about_reset().token, BETTER)

    other = accounts.register(email="other@example.com", password=PASSWORD, name="Amina O.", username="amina")
    assert accounts.sign_in(login="amina", password=PASSWORD).user.user_id == other.user.user_id


def test_a_mail_to_somebody_who_is_replaced_confirms_nothing(account: SignedUp) -> None:
    [verification] = deliver_mails()
    identity().recovery.reset(mail_about_reset().token, BETTER)

    with pytest.raises(HeraldError) as refusal:
        identity().recovery.verify_email(verification.token)

    assert refusal.value.code == "token_invalid"


def test_who_has_an_unconfirmed_account_and_joins_by_a_mail_has_confirmed_the_address(account: SignedUp) -> None:
    admin = sign_up("omar@example.com")

    assert accept(invite(admin, EMAIL)).status == 200

    assert identity().person_store.is_verified(account.user_id)
    assert can_sign_in(identity_at(timedelta(days=30)))
