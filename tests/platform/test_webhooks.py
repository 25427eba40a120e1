"""Status callbacks move a message on, if their signature is good."""

import itertools
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from herald.messaging.model import MessageStatus
from herald.messaging.store import MessageStore
from herald.results.reports.model import Report
from tests.support.cloud import CARRIER_TOKEN, PUBLIC_URL
from tests.support.events import BATCH, MESSAGE, claim_sample_message, sample_event
from tests.support.functions import ask
from tests.support.requests import Answer
from tests.support.results import OTHER_TENANT, TENANT, add_batch, rendered_batch

SAMPLE = "platform/webhooks/text_delivered"


@pytest.fixture
def report(results_cloud: None) -> Report:
    """A report whose text is with the carrier."""
    _, reports = rendered_batch(1, batch=add_batch(identifier=BATCH))
    claim_sample_message(reports[0])
    return reports[0]


def status_of_message() -> MessageStatus:
    message = MessageStore().get(TENANT, MESSAGE)
    assert message is not None
    return message.status


def call_back(**changes: object) -> Answer:
    event = sample_event(SAMPLE) | changes
    return ask("platform/webhooks", event)


def test_a_signed_callback_moves_the_message(report: Report) -> None:
    answer = call_back()

    assert (answer.status, answer.body) == (200, {"status": "received"})
    assert status_of_message() is MessageStatus.DELIVERED


def test_the_same_callback_again_is_received_and_harmless(report: Report) -> None:
    assert [call_back().status for _ in range(3)] == [200, 200, 200]
    assert status_of_message() is MessageStatus.DELIVERED


def test_a_callback_about_a_message_that_is_gone_is_received(results_cloud: None) -> None:
    assert call_back().status == 200


@pytest.mark.parametrize("signature", ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_a_callback_without_a_good_signature_is_refused(report: Report, signature: str) -> None:
    headers = sample_event(SAMPLE)["headers"] | {"x-twilio-signature": signature}

    answer = call_back(headers=headers)

    assert (answer.status, answer.error) == (403, "invalid_signature")
    assert status_of_message() is MessageStatus.SENDING


def test_a_good_signature_is_good_for_its_own_message_alone(report: Report) -> None:
    query = sample_event(SAMPLE)["rawQueryString"].replace(TENANT, OTHER_TENANT)

    assert call_back(rawQueryString=query).status == 403


def test_a_callback_with_an_empty_body_is_refused(report: Report) -> None:
    assert call_back(body=None, isBase64Encoded=False).status == 403


def call_back_with(status: str, **more: str) -> Answer:
    """A callback with a status of Twilio's, signed as Twilio signs."""
    event = sample_event(SAMPLE)
    form = {"MessageSid": "SM1", "MessageStatus": status, **more}
    url = f"{PUBLIC_URL}{event['rawPath']}?{event['rawQueryString']}"
    signature = RequestValidator(CARRIER_TOKEN).compute_signature(url, form)
    headers = event["headers"] | {"x-twilio-signature": signature}
    return call_back(headers=headers, body=urlencode(form), isBase64Encoded=False)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", MessageStatus.QUEUED),
        ("scheduled", MessageStatus.QUEUED),
        ("queued", MessageStatus.QUEUED),
        ("sending", MessageStatus.QUEUED),
        ("sent", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("read", MessageStatus.DELIVERED),
        ("undelivered", MessageStatus.UNDELIVERED),
        ("failed", MessageStatus.FAILED),
        ("canceled", MessageStatus.FAILED),
    ],
)
def test_each_of_the_carriers_words_has_its_meaning(report: Report, word: str, status: MessageStatus) -> None:
    assert call_back_with(word).status == 200
    assert status_of_message() is status


@pytest.mark.parametrize("word", ["", "receiving", "partially_delivered", "something-new"])
def test_a_word_that_we_do_not_know_is_received_and_moves_nothing(report: Report, word: str) -> None:
    assert call_back_with(word).status == 200
    assert status_of_message() is MessageStatus.SENDING


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_in_whatever_order_callbacks_come_they_end_in_the_same_place(report: Report, order: tuple[str, ...]) -> None:
    assert {call_back_with(word, RawDlrDoneDate="2001010000").status for word in (*order, *order)} == {200}
    assert status_of_message() is MessageStatus.DELIVERED


def test_the_reason_of_a_failure_is_kept(report: Report) -> None:
    call_back_with("failed", ErrorCode="30003")

    message = MessageStore().get(TENANT, MESSAGE)
    assert message is not None
    assert (message.status, message.error_code) == (MessageStatus.FAILED, "30003")


def test_a_changed_form_breaks_its_signature(report: Report) -> None:
    event = sample_event(SAMPLE)

    answer = call_back(headers=event["headers"], body="MessageStatus=delivered", isBase64Encoded=False)

    assert (answer.status, answer.error) == (403, "invalid_signature")
    assert status_of_message() is MessageStatus.SENDING
