"""Queue -> texts: the reports of a chunk, each sent at most once."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.adapters.aws.queue import Queue
from herald.invocations import logged_invocation
from herald.messaging.composition import messaging
from herald.results.batches.store import BatchStore
from herald.results.delivery.delivering import Delivering
from herald.results.delivery.store import DeliveryStore
from herald.results.delivery.work import DeliveryWork
from herald.results.links.store import LinkStore
from herald.results.reports.store import ReportStore
from herald.settings import settings

processor = BatchProcessor(EventType.SQS)


def delivering() -> Delivering:
    """The use case over this function's stores; made anew for each message, so that a rotated secret reaches it."""
    messenger = messaging().messenger()
    return Delivering(
        BatchStore(),
        ReportStore(),
        DeliveryStore(),
        LinkStore(),
        messenger,
        Queue(settings().deliveries_queue_url),
        public_url=settings().public_url,
    )


def deliver(record: SQSRecord) -> None:
    """One message of the queue: a chunk of a batch."""
    work = DeliveryWork.from_message(record.json_body)
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = work.tenant_id
        invocation.facts |= {"batch": work.batch_id, **delivering().deliver(work)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=deliver, processor=processor, context=context)
