"""Queue -> e-mail: writes to somebody about their account, where there is anybody."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.identity.composition import identity
from herald.identity.mails.model import MailRequest
from herald.invocations import logged_invocation

processor = BatchProcessor(EventType.SQS)


def write(record: SQSRecord) -> None:
    """One message of the queue: one mail."""
    request = MailRequest.from_message(record.json_body)
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = request.tenant_id
        invocation.facts |= {"mail": request.kind.value, "sent": identity().mailing.write(request)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=write, processor=processor, context=context)
