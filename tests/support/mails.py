"""The mails that people get."""

import json
import re
from dataclasses import dataclass

from herald.identity.composition import identity
from herald.identity.model import Role
from tests.support.cloud import queued_mails, sent_mails
from tests.support.functions import invoke
from tests.support.people import SignedUp


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it arrived."""

    to: str
    subject: str
    text: str

    @property
    def link(self) -> str:
        """The one link in it."""
        [link] = re.findall(r"https://\S+", self.text)
        return str(link)

    @property
    def token(self) -> str:
        """The token of its link."""
        return self.link.partition("?token=")[2]


def deliver_mails() -> list[Mail]:
    """Lets the worker write what was asked for; the mails that went out on this, oldest first."""
    before = len(sent_mails())
    for message in queued_mails():
        assert invoke("workers/send_mail", mail_event(message)) == {"batchItemFailures": []}
    return [Mail(*mail) for mail in sent_mails()[before:]]


def mail_event(message: dict[str, object]) -> dict[str, object]:
    """The event of one message of the mail queue."""
    record = {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "handle",
        "body": json.dumps(message),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:mails",
        "awsRegion": "eu-west-1",
    }
    return {"Records": [record]}


def invited(admin: SignedUp, email: str, *, role: Role = Role.AGENT) -> Mail:
    """The mail that invites somebody to an administrator's organisation."""
    deliver_mails()
    identity().invitations.invite(admin.principal, admin.tenant_id, email=email, role=role)
    [mail] = deliver_mails()
    return mail
