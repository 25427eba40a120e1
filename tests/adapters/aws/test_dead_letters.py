"""A queue of dead letters, as SQS answers."""

import json
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from herald.adapters.aws.client import aws_client
from herald.adapters.aws.dead_letters import SqsDeadLetters
from herald.adapters.aws.queue import Queue
from herald.errors import Unavailable
from herald.settings import settings
from tests.support.cloud import cloud

__all__ = ["cloud"]


@pytest.fixture
def letters(cloud: None) -> SqsDeadLetters:
    url = settings().mail_dead_letters_url
    Queue(url).send([{"row": row} for row in range(12)])
    return SqsDeadLetters(url)


def test_letters_come_ten_at_a_time_with_when_they_were_sent(letters: SqsDeadLetters) -> None:
    found = letters.look()

    assert len(found) == 10
    assert all(abs((datetime.now(UTC) - letter.sent_at).total_seconds()) < 60 for letter in found)
    assert letters.depth() == 12


def test_a_letter_that_was_taken_is_given_to_nobody_else(letters: SqsDeadLetters) -> None:
    first, second, third = letters.take(3), letters.take(100), letters.take(100)

    assert [len(first), len(second), len(third)] == [3, 9, 0]
    assert len({json.loads(letter.body)["row"] for letter in (*first, *second)}) == 12


def test_only_what_is_removed_is_gone(letters: SqsDeadLetters) -> None:
    letters.remove(())
    letters.remove(letters.take(5))

    assert letters.depth() == 7


def test_a_letter_that_sqs_does_not_remove_is_told(letters: SqsDeadLetters) -> None:
    [letter] = letters.take(1)
    failure = {"Id": "0", "SenderFault": False, "Code": "InternalError"}
    with Stubber(aws_client("sqs")) as sqs:
        sqs.add_response("delete_message_batch", {"Successful": [], "Failed": [failure]})

        with pytest.raises(Unavailable):
            letters.remove([letter])
