"""Stream of messages -> a queue for each context: what became of a text is told to whoever it was about."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.messaging.composition import messaging

relay = messaging().relay


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes stream records in order; names those kept nowhere, so that the first and what follows come again."""
    with logged_invocation(context.aws_request_id) as invocation:
        relayed = relay.relay(_messages_of(event))
        invocation.facts |= {
            "records": len(event["Records"]),
            "told": relayed.told,
            "dropped": relayed.dropped,
            "refused": relayed.refused,
        }
        invocation.outcome = "refused" if relayed.refused else "ok"
    return {"batchItemFailures": [{"itemIdentifier": record} for record in relayed.failed_records]}


def _messages_of(event: dict[str, Any]) -> dict[str, dict[str, str]]:
    """How messages stand since, by the sequence number; removals (a released claim, an expired record) tell nothing."""
    changes = [record.dynamodb for record in DynamoDBStreamEvent(event).records if record.dynamodb]
    return {
        change.sequence_number: change.new_image
        for change in changes
        if change.sequence_number and change.new_image and "reference" in change.new_image
    }
