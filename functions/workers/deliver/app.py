"""Queue -> texts: the reports of a chunk, each sent at most once."""

import os
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.adapters.aws.queue import Queue
from herald.adapters.aws.secrets import read_secret
from herald.adapters.carriers.twilio import TwilioCarrier
from herald.errors import Unavailable
from herald.invocations import logged_invocation
from herald.messaging.service import Messenger
from herald.messaging.store import MessageStore
from herald.results.batches.store import BatchStore
from herald.results.delivery.delivering import Delivering
from herald.results.delivery.store import DeliveryStore
from herald.results.delivery.work import DeliveryWork
from herald.results.links.store import LinkStore
from herald.results.reports.store import ReportStore

processor = BatchProcessor(EventType.SQS)


def delivering() -> Delivering:
    """The use case over this function's stores; made anew for each message, so that a rotated secret reaches it."""
    secret = read_secret(os.environ["CARRIER_SECRET"])
    carrier = TwilioCarrier(
        account_sid=secret["account_sid"],
        auth_token=secret["auth_token"],
        sender=os.environ["SENDER"],
        base_url=os.environ["CARRIER_BASE_URL"],
    )
    public_url = os.environ["PUBLIC_URL"]
    if not public_url:
        raise Unavailable("Set the parameter PublicUrl: links cannot be made without it.", code="misconfigured")
    messenger = Messenger(MessageStore(), carrier, callback_base=f"{public_url}/api/v1/webhooks/sms/status")
    return Delivering(
        BatchStore(),
        ReportStore(os.environ["RESULTS_TABLE"]),
        DeliveryStore(),
        LinkStore(),
        messenger,
        Queue(os.environ["DELIVERIES_QUEUE_URL"]),
        public_url=public_url,
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
