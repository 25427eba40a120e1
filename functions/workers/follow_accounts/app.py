"""Stream of identity -> audit logs: sign-ins that failed are told to the organisations whose people they concern."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.identity.composition import identity
from herald.invocations import logged_invocation

processor = BatchProcessor(EventType.DynamoDBStreams)
failed_sign_ins = identity().failed_sign_ins


def follow(record: DynamoDBRecord) -> None:
    """One item that was written; the stream has its key alone."""
    change = record.dynamodb
    if change is None or not change.sequence_number:
        return
    with logged_invocation(change.sequence_number) as invocation:
        invocation.facts |= {"told": failed_sign_ins.tell(change.keys["pk"], change.keys["sk"])}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes stream records; names the failed ones, so that the first of them and what follows it come again."""
    return process_partial_response(event=event, record_handler=follow, processor=processor, context=context)
