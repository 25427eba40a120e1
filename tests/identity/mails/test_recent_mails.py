"""Nobody's mailbox is filled by others who ask for mails."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.identity.composition import IdentityContainer, identity
from herald.identity.mails.model import MailKind, MailRequest
from herald.identity.mails.recent import RecentMail, let_out
from herald.identity.mails.store import SentMailStore
from herald.identity.model import Role
from herald.settings import settings
from tests.support.clock import FakeClock
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, EMAIL, SignedUp, sign_up, sign_up_unverified

HOUR = 3600
ASKED_FOR = {
    MailKind.VERIFY_EMAIL: lambda: identity().recovery.ask_for_verification(EMAIL),
    MailKind.RESET_PASSWORD: lambda: identity().recovery.ask_for_reset(EMAIL),
}


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up_unverified()


@given(st.lists(st.tuples(st.integers(0, 2 * HOUR), st.booleans()), max_size=40))
def test_no_hour_has_more_than_three_mails(steps: list[tuple[int, bool]]) -> None:
    clock, sent = FakeClock(), dict[str, int]()
    state: tuple[RecentMail, ...] = ()
    for number, (wait, is_tried_again) in enumerate(steps):
        clock.advance(wait / 4)
        mail_id = f"mail-{number - 1 if is_tried_again else number}"
        counted = let_out(state, mail_id, clock())
        if counted is not None:
            state = counted
            sent.setdefault(mail_id, int(clock().timestamp()))

    moments = sorted(sent.values())
    assert len(state) <= 3
    assert all(later - earlier >= HOUR for earlier, later in zip(moments, moments[3:], strict=False))


@pytest.mark.parametrize("kind", ASKED_FOR)
def test_an_address_gets_three_mails_of_a_kind_in_an_hour(kind: MailKind, account: SignedUp) -> None:
    deliver_mails()
    ask: Callable[[], None] = ASKED_FOR[kind]
    for _ in range(6):
        ask()

    # The sign-up asked for the first verification.
    assert len(deliver_mails()) == (2 if kind is MailKind.VERIFY_EMAIL else 3)


def test_the_last_mail_that_came_is_the_one_that_works(account: SignedUp) -> None:
    deliver_mails()
    for _ in range(6):
        identity().recovery.ask_for_reset(EMAIL)

    identity().recovery.reset(deliver_mails()[-1].token, BETTER)


def test_three_mails_of_one_kind_leave_room_for_another(account: SignedUp) -> None:
    deliver_mails()
    for _ in range(4):
        identity().recovery.ask_for_reset(EMAIL)
    deliver_mails()

    identity().recovery.ask_for_verification(EMAIL)

    assert [mail.subject for mail in deliver_mails()] == ["Confirm your e-mail address"]


def test_invitations_of_several_organisations_are_counted_together(cloud: None) -> None:
    admins = [sign_up(f"admin{number}@greenfield.example") for number in range(4)]
    deliver_mails()
    for admin in admins:
        identity().invitations.invite(admin.principal, admin.tenant_id, email="eve@example.com", role=Role.AGENT)

    assert [mail.to for mail in deliver_mails()] == ["eve@example.com"] * 3


def test_a_user_name_and_another_form_of_the_address_are_counted_together(cloud: None) -> None:
    identity().accounts.register(email=EMAIL, password=BETTER, name="Amina", username="amina.o")
    deliver_mails()
    for login in (EMAIL, "amina.o", EMAIL.upper(), f" {EMAIL}", "Amina.O"):
        identity().recovery.ask_for_reset(login)

    assert len(deliver_mails()) == 3


def test_after_an_hour_mails_come_again(account: SignedUp) -> None:
    clock = FakeClock()
    mailing = IdentityContainer(settings(), clock=clock).mailing
    sent = []
    for number in range(8):
        sent.append(mailing.write(MailRequest(f"mail-{number}", MailKind.RESET_PASSWORD, EMAIL)))
        clock.advance(HOUR / 4)

    assert sent == [True, True, True, False] * 2


def test_a_change_of_the_password_is_told_however_often(account: SignedUp) -> None:
    requests = [MailRequest(f"mail-{number}", MailKind.PASSWORD_CHANGED, EMAIL) for number in range(5)]

    assert all(identity().mailing.write(request) for request in requests)


def test_of_many_mails_at_once_three_go_out(cloud: None) -> None:
    def let_one_out(number: int) -> bool:
        return SentMailStore().let_out(f"mail-{number}", MailKind.RESET_PASSWORD, EMAIL, now=FakeClock()())

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(let_one_out, range(24))) == 3


def test_a_mail_that_is_tried_again_is_counted_once(cloud: None) -> None:
    now, store = FakeClock()(), SentMailStore()

    assert all(store.let_out("mail-1", MailKind.RESET_PASSWORD, EMAIL, now=now) for _ in range(5))
    assert all(store.let_out(f"mail-{number}", MailKind.RESET_PASSWORD, EMAIL, now=now) for number in (2, 3))
    assert not store.let_out("mail-4", MailKind.RESET_PASSWORD, EMAIL, now=now)
