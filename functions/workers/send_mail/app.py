"""Queue -> e-mail: writes to somebody about their account, where there is anybody."""

import os
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.adapters.aws.email import SesMailer
from herald.errors import Unavailable
from herald.identity.accounts.store import IdentityStore
from herald.identity.mails.service import Mailing, MailWork
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.one_time_tokens.store import OneTimeStore, SentMailStore
from herald.invocations import logged_invocation

processor = BatchProcessor(EventType.SQS)


def mailing() -> Mailing:
    """The use case over this function's stores.

    Raises:
        Unavailable: a parameter of the deployment is not set (``misconfigured``).
    """
    public_url = os.environ["PUBLIC_URL"]
    if not public_url:
        raise Unavailable("Set the parameter PublicUrl: links cannot be made without it.", code="misconfigured")
    return Mailing(
        IdentityStore(),
        OneTimeTokens(OneTimeStore()),
        SesMailer(os.environ["MAIL_SENDER"]),
        SentMailStore(),
        public_url=public_url,
    )


def write(record: SQSRecord) -> None:
    """One message of the queue: one mail."""
    work = MailWork.from_message(record.json_body)
    with logged_invocation(record.message_id) as invocation:
        invocation.tenant_id = work.tenant_id
        invocation.facts |= {"mail": work.kind.value, "sent": mailing().write(work)}


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Takes SQS records; names the failed ones, so that only they come again."""
    return process_partial_response(event=event, record_handler=write, processor=processor, context=context)
