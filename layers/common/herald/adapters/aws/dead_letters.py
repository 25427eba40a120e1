"""SQS: a queue of dead letters, looked at, and taken from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable
from herald.values.dead_letter import DeadLetter

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

_MOST_AT_ONCE = 10
"""SQS's limit for ReceiveMessage and DeleteMessageBatch."""
_TAKEN_SECONDS = 60
"""Longer than a function of the API lives: what it did not remove is there again."""


class SqsDeadLetters:
    """One queue of dead letters."""

    def __init__(self, url: str) -> None:
        self._url = url

    def depth(self) -> int:
        """About how many letters there are, without those that somebody has just taken."""
        answer = aws_client("sqs").get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def look(self) -> Sequence[DeadLetter]:
        """Some letters, ten at most, whichever SQS chooses; all of them stay."""
        return self._receive(_MOST_AT_ONCE, hidden_seconds=0)

    def take(self, most: int) -> Sequence[DeadLetter]:
        """Some letters, ten at most, which nobody else is given within a minute."""
        return self._receive(min(most, _MOST_AT_ONCE), hidden_seconds=_TAKEN_SECONDS)

    def remove(self, letters: Sequence[DeadLetter]) -> None:
        """Removes letters that were taken, ten at most.

        Raises:
            Unavailable: some of them are still there.
        """
        if not letters:
            return
        answer = aws_client("sqs").delete_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(position), "ReceiptHandle": letter.receipt} for position, letter in enumerate(letters)],
        )
        if answer.get("Failed"):
            raise Unavailable("The queue is busy; try again in a minute.", code="queue_busy")

    def _receive(self, most: int, *, hidden_seconds: int) -> Sequence[DeadLetter]:
        answer = aws_client("sqs").receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=hidden_seconds,
            WaitTimeSeconds=1,  # asks all of SQS's servers; without it a queue may look empty that is not
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        )
        return [_letter(message) for message in answer.get("Messages", [])]


def _letter(message: "MessageTypeDef") -> DeadLetter:
    attributes = message["Attributes"]
    return DeadLetter(
        letter_id=message["MessageId"],
        body=message["Body"],
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receives=int(attributes["ApproximateReceiveCount"]),
        receipt=message["ReceiptHandle"],
    )
