"""Twilio's own client against a carrier that does all that a carrier can do."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from herald.adapters.carriers.twilio import TIMEOUT_SECONDS, TwilioCallbacks, TwilioCarrier, status_of_twilio
from herald.errors import Forbidden
from herald.values.carrier import (
    CarrierAccepted,
    CarrierAnswer,
    CarrierBusy,
    CarrierRefused,
    CarrierSilent,
    CarrierStatus,
)
from local.carrier.server import create_application, serve_in_thread
from local.carrier.settings import CarrierSettings
from tests.messaging.outbox import PHONE

SETTINGS = CarrierSettings()
URL = "https://api.herald.example/api/v1/webhooks/sms/status?tenant=t-1&message=m-1"


@dataclass
class Desk:
    """A running carrier."""

    url: str
    controls: httpx.Client

    def send(self, to: str = PHONE, *, sender: str = "+15005550006") -> CarrierAnswer:
        return _carrier(self.url, sender).send(to=to, body="Your report is here.", callback_url="")

    def behave(self, answer: str) -> None:
        self.controls.put("/behaviour", json={"rules": [{"answer": answer}]}).raise_for_status()

    def accepted(self) -> list[str]:
        return [message["sid"] for message in self.controls.get("/outbox").json()["messages"]]


@pytest.fixture(scope="module")
def running_desk() -> Iterator[Desk]:
    with serve_in_thread(create_application(SETTINGS)) as url, httpx.Client(base_url=url, trust_env=False) as controls:
        yield Desk(url, controls)


@pytest.fixture
def desk(running_desk: Desk) -> Iterator[Desk]:
    yield running_desk
    running_desk.controls.delete("/behaviour").raise_for_status()
    running_desk.controls.delete("/outbox").raise_for_status()


def test_an_accepted_text_is_known_by_the_carriers_id(desk: Desk) -> None:
    answer = desk.send()

    assert answer == CarrierAccepted(desk.accepted()[0], CarrierStatus.QUEUED)


def test_a_messaging_service_can_be_the_sender(desk: Desk) -> None:
    answer = desk.send(sender="MG" + "0" * 32)

    assert isinstance(answer, CarrierAccepted)
    assert answer.status is CarrierStatus.QUEUED


@pytest.mark.parametrize(
    ("to", "code"),
    [("+15005550001", "21211"), ("+15005550004", "21610"), ("+15005550009", "21614"), ("not a number", "21211")],
)
def test_a_refused_number_is_refused_for_good_with_the_carriers_code(desk: Desk, to: str, code: str) -> None:
    assert desk.send(to) == CarrierRefused(code)


def test_wrong_credentials_are_not_held_against_the_recipient(desk: Desk) -> None:
    carrier = TwilioCarrier(
        account_sid=SETTINGS.account_sid, auth_token="wrong", sender="+15005550006", base_url=desk.url
    )

    assert carrier.send(to=PHONE, body="x", callback_url="") == CarrierBusy()


def test_too_many_requests_mean_that_nothing_was_sent(desk: Desk) -> None:
    desk.behave("too_many_requests")

    assert desk.send() == CarrierBusy()
    assert desk.accepted() == []


def test_after_a_server_error_nobody_can_tell(desk: Desk) -> None:
    desk.behave("server_error")

    assert desk.send() == CarrierSilent()


def test_a_dropped_answer_may_hide_a_text_that_was_sent(desk: Desk) -> None:
    desk.behave("dropped")

    assert desk.send() == CarrierSilent()
    assert len(desk.accepted()) == 1


def test_after_a_timeout_nobody_can_tell(desk: Desk) -> None:
    desk.behave("timeout")

    assert _carrier(desk.url, timeout_seconds=0.2).send(to=PHONE, body="x", callback_url="") == CarrierSilent()


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    assert _carrier(f"http://127.0.0.1:{port}").send(to=PHONE, body="x", callback_url="") == CarrierBusy()


def test_a_host_that_does_not_exist_was_sent_nothing() -> None:
    assert _carrier("http://carrier.invalid").send(to=PHONE, body="x", callback_url="") == CarrierBusy()


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        (201, "<html>Welcome</html>", CarrierSilent()),
        (502, "<html>Bad gateway</html>", CarrierSilent()),
        (403, "<html>Blocked</html>", CarrierRefused("403")),
        (429, "slow down", CarrierBusy()),
    ],
)
def test_an_answer_that_is_not_the_carriers_own_raises_nothing(status: int, text: str, expected: CarrierAnswer) -> None:
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(text, status_code=status)

    with serve_in_thread(Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])) as url:
        assert _carrier(url).send(to=PHONE, body="x", callback_url="") == expected


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", CarrierStatus.QUEUED),
        ("Sent", CarrierStatus.SENT),
        ("read", CarrierStatus.DELIVERED),
        ("undelivered", CarrierStatus.UNDELIVERED),
        ("canceled", CarrierStatus.FAILED),
        ("a word of next year", None),
    ],
)
def test_twilios_words_have_one_meaning_and_unknown_ones_none(word: str, status: CarrierStatus | None) -> None:
    assert status_of_twilio(word) is status


def test_a_callback_signed_with_our_token_is_believed() -> None:
    assert _believed(URL, FORM, _signature(URL, FORM))


@pytest.mark.parametrize(
    "url",
    [URL.replace("t-1", "t-2"), URL.replace("https", "http"), f"{URL}&more=1"],
)
def test_a_callback_to_another_address_is_not_believed(url: str) -> None:
    assert not _believed(url, FORM, _signature(URL, FORM))


def test_a_changed_form_is_not_believed() -> None:
    assert not _believed(URL, {**FORM, "MessageStatus": "failed"}, _signature(URL, FORM))
    assert not _believed(URL, {**FORM, "More": "1"}, _signature(URL, FORM))


@pytest.mark.parametrize("signature", ["", "AAAA", "ü" * 28])
def test_no_signature_or_a_made_up_one_is_not_believed(signature: str) -> None:
    assert not _believed(URL, FORM, signature)


FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": PHONE}


def _carrier(url: str, sender: str = "+15005550006", timeout_seconds: float = TIMEOUT_SECONDS) -> TwilioCarrier:
    return TwilioCarrier(
        account_sid=SETTINGS.account_sid,
        auth_token=SETTINGS.auth_token,
        sender=sender,
        base_url=url,
        timeout_seconds=timeout_seconds,
    )


def _signature(url: str, form: dict[str, str]) -> str:
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(SETTINGS.auth_token).compute_signature(url, form))


def _believed(url: str, form: dict[str, str], signature: str) -> bool:
    try:
        parts = urlsplit(url)
        callbacks = TwilioCallbacks(lambda: SETTINGS.auth_token, public_url=f"{parts.scheme}://{parts.netloc}")
        callbacks.read(path=parts.path, query=parts.query, form=form, signature=signature)
    except Forbidden:
        return False
    return True
