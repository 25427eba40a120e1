import httpx
import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.local.carrier.conftest import Receiver, RunningCarrier, eventually

SENDER = "+15005550006"
RECIPIENT = "+14155550100"
OTHER = "+14155550199"


def send(carrier: RunningCarrier, to: str = RECIPIENT) -> str:
    return str(carrier.client().messages.create(to=to, from_=SENDER, body="Hello").sid)


def refused_code(carrier: RunningCarrier, to: str = RECIPIENT) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        send(carrier, to)
    return refused.value.status, refused.value.code


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ("invalid_number", 400, 21211),
        ("unroutable", 400, 21612),
        ("region_not_permitted", 400, 21408),
        ("unsubscribed", 400, 21610),
        ("not_mobile", 400, 21614),
        ("too_many_requests", 429, 20429),
        ("server_error", 500, 20500),
    ],
)
def test_a_rule_refuses_a_message(carrier: RunningCarrier, answer: str, status: int, code: int) -> None:
    carrier.behave(rules=[{"answer": answer}])

    assert refused_code(carrier) == (status, code)
    assert carrier.outbox() == []


def test_a_rule_for_one_recipient_leaves_the_others_alone(carrier: RunningCarrier) -> None:
    carrier.behave(rules=[{"to": RECIPIENT, "answer": "unsubscribed"}])

    assert refused_code(carrier) == (400, 21610)
    assert send(carrier, OTHER)


def test_a_counted_rule_is_used_up(carrier: RunningCarrier) -> None:
    carrier.behave(rules=[{"times": 2, "answer": "too_many_requests"}])

    assert refused_code(carrier) == (429, 20429)
    assert [rule["times"] for rule in carrier.controls.get("/behaviour").json()["rules"]] == [1]
    assert refused_code(carrier) == (429, 20429)
    assert send(carrier)
    assert carrier.controls.get("/behaviour").json()["rules"] == []


def test_the_first_rule_that_fits_wins(carrier: RunningCarrier) -> None:
    carrier.behave(rules=[{"to": RECIPIENT, "answer": "unsubscribed"}, {"answer": "server_error"}])

    assert refused_code(carrier) == (400, 21610)
    assert refused_code(carrier, OTHER) == (500, 20500)


@pytest.mark.parametrize(
    ("recipient", "code"),
    [("+15005550001", 21211), ("+15005550002", 21612), ("+15005550003", 21408), ("+15005550004", 21610)],
)
def test_twilios_test_numbers_are_refused_without_a_rule(carrier: RunningCarrier, recipient: str, code: int) -> None:
    assert refused_code(carrier, recipient) == (400, code)


@pytest.mark.parametrize(
    ("recipient", "status", "code"),
    [("+15005530003", "undelivered", 30003), ("+15005530007", "failed", 30007)],
)
def test_magic_numbers_fail_after_acceptance(carrier: RunningCarrier, recipient: str, status: str, code: int) -> None:
    sid = send(carrier, recipient)
    carrier.wait_until_quiet()

    message = carrier.client().messages(sid).fetch()
    assert (message.status, message.error_code) == (status, code)


def test_a_timeout_holds_the_connection_and_accepts_nothing(carrier: RunningCarrier) -> None:
    carrier.behave(rules=[{"answer": "timeout"}])

    with pytest.raises(requests.exceptions.ReadTimeout):
        carrier.client(timeout=0.05).messages.create(to=RECIPIENT, from_=SENDER, body="Hello")

    assert carrier.outbox() == []


def test_a_timeout_ends_with_a_closed_connection(carrier: RunningCarrier) -> None:
    carrier.behave(hold_milliseconds=10, rules=[{"answer": "timeout"}])

    with pytest.raises(requests.exceptions.ConnectionError):
        send(carrier)

    assert carrier.outbox() == []


def test_a_dropped_answer_leaves_the_message_accepted_and_announced(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    carrier.behave(step_milliseconds=1, rules=[{"times": 1, "answer": "dropped"}])

    with pytest.raises(requests.exceptions.ConnectionError):
        carrier.client().messages.create(to=RECIPIENT, from_=SENDER, body="Hello", status_callback=receiver.url)

    assert receiver.wait_for_statuses(3) == ["queued", "sent", "delivered"]
    assert [message["sid"] for message in carrier.outbox()] == [receiver.posts[0].parameters["MessageSid"]]


def test_a_client_that_hangs_up_before_a_late_answer_has_sent_its_message(carrier: RunningCarrier) -> None:
    carrier.behave(latency_milliseconds=500)

    with pytest.raises(requests.exceptions.ReadTimeout):
        carrier.client(timeout=0.05).messages.create(to=RECIPIENT, from_=SENDER, body="Hello")

    eventually(lambda: len(carrier.outbox()) == 1)


def test_the_behaviour_is_read_replaced_and_reset(carrier: RunningCarrier) -> None:
    carrier.behave(latency_milliseconds=5, rules=[{"to": RECIPIENT, "outcome": "filtered", "callbacks": "duplicated"}])
    replaced = carrier.controls.get("/behaviour").json()
    carrier.controls.delete("/behaviour").raise_for_status()

    rule = {"to": RECIPIENT, "times": None, "answer": "accepted", "outcome": "filtered", "callbacks": "duplicated"}
    assert (replaced["latency_milliseconds"], replaced["rules"]) == (5, [rule])
    assert carrier.controls.get("/behaviour").json() == {
        "latency_milliseconds": 0,
        "step_milliseconds": 20,
        "hold_milliseconds": 60_000,
        "rules": [],
    }


@pytest.mark.parametrize(
    "body", [b"not json", b'{"rules": [{"answer": "maybe"}]}', b'{"latency_milliseconds": -1}', b'{"speed": "high"}']
)
def test_a_behaviour_that_makes_no_sense_is_refused_and_changes_nothing(carrier: RunningCarrier, body: bytes) -> None:
    before = carrier.controls.get("/behaviour").json()

    answer = carrier.controls.put("/behaviour", content=body)

    assert answer.status_code == 422
    assert answer.json()[0]["msg"]
    assert carrier.controls.get("/behaviour").json() == before


def test_a_request_too_large_to_be_honest_is_refused(carrier: RunningCarrier) -> None:
    assert httpx.put(f"{carrier.url}/behaviour", content=b" " * 2_000_000).status_code == 413
