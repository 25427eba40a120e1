"""SQS: work for later, ten messages per request."""

from collections.abc import Mapping, Sequence

import orjson

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable

_MESSAGES_PER_REQUEST = 10
"""SQS's limit for SendMessageBatch."""


class Queue:
    """One queue of JSON objects."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        """Puts messages on the queue, to be seen after the delay (SQS: at most 900 seconds).

        Raises:
            Unavailable: SQS did not take some of them, also at a second try; sending all again is safe for consumers.
        """
        for start in range(0, len(messages), _MESSAGES_PER_REQUEST):
            if self._request_twice(messages[start : start + _MESSAGES_PER_REQUEST], delay_seconds):
                raise Unavailable("The queue is busy; try again in a moment.", code="queue_busy")

    def offer(self, messages: Sequence[Mapping[str, object]]) -> dict[int, str]:
        """Puts messages on the queue; gives which of them SQS did not take, by their positions, and its error codes.

        One that is refused alone is tried a second time first.

        Never raises for what SQS or the network does: after a request that failed as a whole, the rest is not tried.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        refused: dict[int, str] = {}
        for start in range(0, len(messages), _MESSAGES_PER_REQUEST):
            try:
                failures = self._request_twice(messages[start : start + _MESSAGES_PER_REQUEST], 0)
            except ClientError as error:
                return refused | dict.fromkeys(range(start, len(messages)), error.response["Error"]["Code"])
            except BotoCoreError as error:
                return refused | dict.fromkeys(range(start, len(messages)), type(error).__name__)
            refused |= {start + position: code for position, code in failures.items()}
        return refused

    def _request_twice(self, messages: Sequence[Mapping[str, object]], delay_seconds: int) -> dict[int, str]:
        positions = list(self._request(messages, delay_seconds))
        refused = self._request([messages[position] for position in positions], delay_seconds) if positions else {}
        return {positions[number]: code for number, code in refused.items()}

    def _request(self, messages: Sequence[Mapping[str, object]], delay_seconds: int) -> dict[int, str]:
        answer = aws_client("sqs").send_message_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(number), "MessageBody": orjson.dumps(message).decode(), "DelaySeconds": delay_seconds}
                for number, message in enumerate(messages)
            ],
        )
        return {int(failure["Id"]): failure["Code"] for failure in answer.get("Failed", [])}
