"""Status callbacks move a message on, if their signature is good."""

import pytest

from herald.messaging.model import MessageStatus
from herald.messaging.store import MessageStore
from herald.results.model import Report
from tests.support.events import BATCH, MESSAGE, claim_sample_message, sample_event
from tests.support.functions import HttpAnswer, ask
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


def call_back(**changes: object) -> HttpAnswer:
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
