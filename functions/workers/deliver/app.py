"""Queue -> texts: the reports of a chunk, each sent at most once."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.composition import results
from herald.results.delivery.model import DeliveryWork

processor = BatchProcessor(EventType.SQS)


def deliver(record: SQSRecord) -> None:
    """One message of the queue: a chunk of a batch."""
    work = DeliveryWork.from_message(record.json_body)
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = work.tenant_id
        invocation.facts |= {"batch": work.batch_id, **results().delivering().deliver(work)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=deliver, processor=processor, context=context)
