"""Queue -> nothing left: organisations that were deleted, and traces of people who left one, a part per message."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.audience.composition import audience
from herald.identity.closures.model import TenantErasure
from herald.identity.composition import identity
from herald.identity.deletion.model import Departure
from herald.invocations import logged_invocation
from herald.messaging.composition import messaging
from herald.operations.composition import operations
from herald.results.composition import results

processor = BatchProcessor(EventType.SQS)
PARTS = {
    **results().tenant_erasing_parts,
    **messaging().tenant_erasing_parts,
    **audience().tenant_erasing_parts,
    **operations().tenant_erasing_parts,
}
"""Of every other context: identity does not know them."""
erasing, departures = identity().tenant_erasing(PARTS), identity().departures


def erase(record: SQSRecord) -> None:
    """One message of the queue: an organisation, or somebody who left one."""
    message = record.json_body
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = message["tenant_id"]
        if "person_id" in message:
            invocation.facts |= departures.follow(Departure.from_message(message))
            return
        work = TenantErasure.from_message(message)
        invocation.facts |= {"round": work.round, **erasing.erase(work)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=erase, processor=processor, context=context)
