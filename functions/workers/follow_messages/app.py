"""Stream of messages -> reports: what became of a text is told to the report that it was about."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.messaging.model import MessageStatus
from herald.results.delivery.delivering import FollowingDelivery
from herald.results.delivery.store import DeliveryStore

processor = BatchProcessor(EventType.DynamoDBStreams)
following = FollowingDelivery(DeliveryStore())


def follow(record: DynamoDBRecord) -> None:
    """One change of a message; removals (a released claim, an expired record) tell nothing."""
    message = record.dynamodb.new_image if record.dynamodb else None
    if not message:
        return
    with logged_invocation(record.event_id or "") as invocation:
        invocation.tenant_id = message["tenant_id"]
        invocation.facts["news"] = following.follow(
            message["reference"],
            tenant_id=message["tenant_id"],
            message_id=message["message_id"],
            status=MessageStatus(message["status"]),
            error_code=message.get("error_code", ""),
        )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes stream records in order; names the failed one, so that it and what follows come again."""
    return process_partial_response(event=event, record_handler=follow, processor=processor, context=context)
