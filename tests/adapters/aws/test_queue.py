"""Messages are put on a queue ten at a time, and whoever offers them learns which were not taken."""

from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from herald.adapters.aws.client import aws_client
from herald.adapters.aws.queue import Queue
from herald.settings import settings
from tests.support.cloud import cloud, queued_messages

__all__ = ["cloud"]

NUMBERS = [{"number": number} for number in range(25)]


@pytest.fixture
def queue(cloud: None) -> Queue:
    return Queue(settings().report_messages_queue_url)


def test_a_queue_takes_more_than_one_request_may_hold(queue: Queue) -> None:
    assert queue.offer(NUMBERS) == {}

    assert sorted(message["number"] for message in queued_messages("REPORT_MESSAGES_QUEUE_URL")) == list(range(25))


def test_whoever_offers_learns_which_messages_were_refused_and_why(queue: Queue) -> None:
    answers: list[dict[str, Any]] = [
        {"Successful": [], "Failed": []},
        {"Successful": [], "Failed": [{"Id": "3", "SenderFault": False, "Code": "InternalError"}]},
        {"Successful": [], "Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]},
        {"Successful": [], "Failed": []},
    ]
    with Stubber(aws_client("sqs")) as sqs:
        for answer in answers:
            sqs.add_response("send_message_batch", answer)

        assert queue.offer(NUMBERS) == {13: "InternalError"}


def test_a_message_that_is_refused_once_is_offered_a_second_time(queue: Queue) -> None:
    refusing = {"Successful": [], "Failed": [{"Id": "1", "SenderFault": False, "Code": "InternalError"}]}
    with Stubber(aws_client("sqs")) as sqs:
        sqs.add_response("send_message_batch", refusing)
        sqs.add_response(
            "send_message_batch",
            {"Successful": [], "Failed": []},
            {"QueueUrl": ANY, "Entries": [{"Id": "0", "MessageBody": '{"number":1}', "DelaySeconds": 0}]},
        )

        assert queue.offer(NUMBERS[:3]) == {}


def test_a_queue_that_is_not_there_takes_nothing(cloud: None) -> None:
    queue = Queue("https://sqs.eu-west-1.amazonaws.com/123456789012/gone")

    refused = queue.offer(NUMBERS)

    assert list(refused) == list(range(25))
    assert all("NonExistentQueue" in reason or "QueueDoesNotExist" in reason for reason in refused.values())
