"""E-mail through Amazon SES."""

from typing import Protocol

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable


class Mail(Protocol):
    """A plain text to one person."""

    @property
    def to(self) -> str:
        """The address."""
        ...

    @property
    def subject(self) -> str:
        """What it is about."""
        ...

    @property
    def text(self) -> str:
        """What it says."""
        ...


class SesMailer:
    """Sends from one verified address."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Hands a mail to SES.

        Raises:
            Unavailable: no sender is set up (``misconfigured``).
        """
        if not self._sender:
            raise Unavailable("Set the parameter MailSender: e-mail cannot be sent without it.", code="misconfigured")
        aws_client("sesv2").send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [mail.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": mail.text, "Charset": "UTF-8"}},
                }
            },
        )
