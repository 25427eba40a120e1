"""Queue of changes of messages -> reports: what became of a text is told to the report that it was about."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.messaging.model import MessageChange
from herald.results.composition import results

processor = BatchProcessor(EventType.SQS)
following = results().following_delivery


def follow(record: SQSRecord) -> None:
    """One message of the queue: one change."""
    change = MessageChange.from_message(record.json_body)
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = change.tenant_id
        invocation.facts["changed"] = following.follow(change)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=follow, processor=processor, context=context)
