import base64
import hashlib
import hmac

import pytest

from tests.local.carrier.conftest import Receiver, RunningCarrier, eventually

SENDER = "+15005550006"
RECIPIENT = "+14155550100"


def send(carrier: RunningCarrier, status_callback: str, to: str = RECIPIENT) -> str:
    message = carrier.client().messages.create(to=to, from_=SENDER, body="Hello", status_callback=status_callback)
    return str(message.sid)


def test_each_status_is_announced_in_order(carrier: RunningCarrier, receiver: Receiver) -> None:
    sid = send(carrier, receiver.url)

    assert receiver.wait_for_statuses(3) == ["queued", "sent", "delivered"]
    assert receiver.posts[-1].parameters == {
        "AccountSid": carrier.settings.account_sid,
        "ApiVersion": "2010-04-01",
        "From": SENDER,
        "MessageSid": sid,
        "MessageStatus": "delivered",
        "SmsSid": sid,
        "SmsStatus": "delivered",
        "To": RECIPIENT,
    }


def test_every_callback_carries_a_signature_that_twilios_validator_accepts(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    send(carrier, receiver.url)

    posts = receiver.wait_for(3)

    assert {post.url for post in posts} == {receiver.url}
    assert all(carrier.signed(post) for post in posts)


def test_the_signature_covers_the_url_and_the_sorted_parameters(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, receiver.url)
    post = receiver.wait_for(1)[0]
    signed = receiver.url + "".join(name + value for name, value in sorted(post.parameters.items()))

    digest = hmac.new(carrier.settings.auth_token.encode(), signed.encode(), hashlib.sha1).digest()

    assert post.signature == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("outcome", "statuses", "code"),
    [
        ("unreachable_handset", ["queued", "sent", "undelivered"], 30003),
        ("unknown_handset", ["queued", "sent", "undelivered"], 30005),
        ("landline", ["queued", "sent", "undelivered"], 30006),
        ("filtered", ["queued", "failed"], 30007),
        ("unknown_error", ["queued", "failed"], 30008),
    ],
)
def test_a_message_that_does_not_arrive_says_why(
    carrier: RunningCarrier, receiver: Receiver, outcome: str, statuses: list[str], code: int
) -> None:
    carrier.behave(step_milliseconds=1, rules=[{"outcome": outcome}])
    sid = send(carrier, receiver.url)

    assert receiver.wait_for_statuses(len(statuses)) == statuses
    assert [post.parameters.get("ErrorCode") for post in receiver.posts][:-1] == [None] * (len(statuses) - 1)
    assert receiver.posts[-1].parameters["ErrorCode"] == str(code)
    message = carrier.client().messages(sid).fetch()
    assert (message.status, message.error_code) == (statuses[-1], code)
    assert message.error_message


def test_an_unconfirmed_message_stays_sent(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.behave(step_milliseconds=1, rules=[{"outcome": "unconfirmed"}])
    send(carrier, receiver.url)
    carrier.wait_until_quiet()

    assert receiver.wait_for_statuses(2) == ["queued", "sent"]
    assert carrier.outbox()[0]["status"] == "sent"


def test_a_callback_without_a_good_answer_is_posted_again(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.answers = [500, 404]
    send(carrier, receiver.url)

    assert receiver.wait_for_statuses(5) == ["queued", "queued", "queued", "sent", "delivered"]
    carrier.wait_until_quiet()
    posts = carrier.outbox()[0]["callbacks"]
    assert [(post["attempt"], post["response_status"]) for post in posts[:3]] == [(1, 500), (2, 404), (3, 200)]


def test_a_callback_is_given_up_after_a_few_posts(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.answers = [503] * 4
    send(carrier, receiver.url)

    assert receiver.wait_for_statuses(6) == ["queued"] * 4 + ["sent", "delivered"]


def test_an_address_nobody_answers_at_does_not_stop_the_message(carrier: RunningCarrier) -> None:
    sid = send(carrier, "http://127.0.0.1:1/status")
    carrier.wait_until_quiet()

    message = carrier.outbox()[0]
    assert (message["sid"], message["status"], len(message["callbacks"])) == (sid, "delivered", 12)
    assert all(post["response_status"] is None and post["error"] for post in message["callbacks"])


def test_duplicated_callbacks_arrive_twice_each(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.behave(step_milliseconds=1, rules=[{"callbacks": "duplicated"}])
    send(carrier, receiver.url)

    assert receiver.wait_for_statuses(6) == ["queued", "queued", "sent", "sent", "delivered", "delivered"]
    assert receiver.posts[0].parameters == receiver.posts[1].parameters


def test_out_of_order_callbacks_arrive_last_first_and_the_message_does_not_move_back(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    carrier.behave(step_milliseconds=1, rules=[{"callbacks": "out_of_order"}])
    send(carrier, receiver.url)

    assert receiver.wait_for_statuses(3) == ["delivered", "sent", "queued"]
    assert carrier.outbox()[0]["status"] == "delivered"


def test_without_callbacks_the_message_still_arrives(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.behave(step_milliseconds=1, rules=[{"callbacks": "none"}])
    send(carrier, receiver.url)
    carrier.wait_until_quiet()

    assert carrier.outbox()[0]["status"] == "delivered"
    assert carrier.outbox()[0]["callbacks"] == []
    assert receiver.posts == []


def test_emptying_the_outbox_stops_what_is_under_way(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.behave(step_milliseconds=600_000)
    send(carrier, receiver.url)
    assert carrier.controls.get("/health").json()["under_way"] == 1

    carrier.controls.delete("/outbox").raise_for_status()

    eventually(lambda: carrier.controls.get("/health").json()["under_way"] == 0)
    assert (carrier.outbox(), receiver.posts) == ([], [])
