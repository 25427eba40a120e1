"""Queue -> nothing left: what deleted batches and reports leave behind is removed, a part per message."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.composition import results
from herald.results.erasure.model import Erasure, PersonErasure, RowErasure

processor = BatchProcessor(EventType.SQS)
erasing, people = results().erasing, results().erasing_people


def erase(record: SQSRecord) -> None:
    """One message of the queue: a deleted batch, a deleted report by its row, or a person."""
    message = record.json_body
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = message["tenant_id"]
        if "erasure_id" in message:
            person = PersonErasure.from_message(message)
            invocation.facts |= {"erasure": person.erasure_id, **people.erase(person)}
            return
        invocation.facts["batch"] = message["batch_id"]
        if "row" in message:
            invocation.facts |= {"row": message["row"], **erasing.erase_row(RowErasure.from_message(message))}
            return
        erasure = Erasure.from_message(message)
        invocation.facts |= {"round": erasure.round, **erasing.erase(erasure)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=erase, processor=processor, context=context)
