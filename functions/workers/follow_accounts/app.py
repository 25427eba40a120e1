"""Stream of identity -> audit logs are told of sign-ins that failed; tenants go with the only person in them."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.identity.composition import identity
from herald.identity.store import person_of
from herald.invocations import logged_invocation

processor = BatchProcessor(EventType.DynamoDBStreams)
failed_sign_ins, abandoned_tenants = identity().failed_sign_ins, identity().abandoned_tenants


def follow(record: DynamoDBRecord) -> None:
    """One item that was written or removed; the stream has its key alone."""
    change = record.dynamodb
    if change is None or not change.sequence_number:
        return
    with logged_invocation(change.sequence_number) as invocation:
        partition, sort = change.keys["pk"], change.keys["sk"]
        if record.event_name is DynamoDBRecordEventName.REMOVE:
            invocation.facts |= {"tenants_removed": abandoned_tenants.remove(person_of(partition))}
        else:
            invocation.facts |= {"told": failed_sign_ins.tell(partition, sort)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes stream records; names the failed ones, so that the first of them and what follows it come again."""
    return process_partial_response(event=event, record_handler=follow, processor=processor, context=context)
