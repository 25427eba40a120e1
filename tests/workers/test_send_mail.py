"""The worker that writes to people about their accounts."""

from typing import Any

import pytest

from herald.adapters.aws.email import SesMailer
from herald.identity.composition import identity
from herald.identity.mails.model import MailKind, MailRequest
from herald.settings import settings
from tests.support.cloud import queued_mails, sent_mails, stored_items
from tests.support.functions import invoke
from tests.support.mails import deliver_mails, mail_event
from tests.support.people import EMAIL, sign_up_unverified


@pytest.fixture
def verification(cloud: None) -> dict[str, Any]:
    """What a sign-up asks for."""
    sign_up_unverified()
    [message] = queued_mails()
    return message


def write(message: dict[str, Any]) -> Any:
    return invoke("workers/send_mail", mail_event(message))


def test_a_sign_up_is_answered_with_a_mail_that_asks_whose_the_address_is(verification: dict[str, Any]) -> None:
    write(verification)

    [(to, subject, text)] = sent_mails()
    assert (to, subject) == (EMAIL, "Confirm your e-mail address")
    assert "Hello Amina Otieno," in text
    assert "https://api.herald.example/account/verify-email?token=" in text


def test_a_message_that_comes_twice_is_one_mail(verification: dict[str, Any]) -> None:
    for _ in range(3):
        write(verification)

    assert len(sent_mails()) == 1


def test_a_message_about_nobody_is_done_without_a_mail(verification: dict[str, Any]) -> None:
    answer = write(verification | {"mail_id": "another", "login": "nobody@greenfield.example"})

    assert answer == {"batchItemFailures": []}
    assert sent_mails() == []


def test_a_mail_that_could_not_be_sent_is_tried_again(
    verification: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: SesMailer, **mail: str) -> None:
        raise ConnectionError("SES does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(SesMailer, "send", fail)
        with pytest.raises(Exception, match="ConnectionError"):
            write(verification)

    write(verification)
    assert len(sent_mails()) == 1


@pytest.mark.parametrize("variable", ["MAIL_SENDER", "PUBLIC_URL"])
def test_an_installation_that_is_not_set_up_says_so_and_keeps_the_work(
    verification: dict[str, Any], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "")
    settings.cache_clear()
    identity.cache_clear()

    with pytest.raises(Exception, match="Set the parameter"):
        write(verification)

    assert sent_mails() == []


def test_a_name_leads_nowhere(cloud: None) -> None:
    sign_up_unverified(
        "victim@greenfield.example", name="You won!\nhttps://evil.example/prize, write to eve@evil.example"
    )

    [mail] = deliver_mails()

    assert mail.link.startswith("https://api.herald.example/")
    assert "evil.example" not in mail.text
    assert mail.text.startswith("Hello You won! https")


def test_a_user_name_leads_to_the_address_of_its_account(cloud: None) -> None:
    account = sign_up_unverified()
    deliver_mails()
    work = MailRequest("locked", MailKind.ACCOUNT_LOCKED, EMAIL)

    write(work.to_message())

    assert sent_mails()[-1][0] == EMAIL
    assert account.token not in str(stored_items("IDENTITY_TABLE"))
