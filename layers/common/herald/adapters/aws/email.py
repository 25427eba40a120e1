"""E-mail through Amazon SES."""

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable


class SesMailer:
    """Sends from one verified address."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Hands a plain text to one address over to SES.

        Raises:
            Unavailable: no sender is set up (``misconfigured``).
        """
        if not self._sender:
            raise Unavailable("Set the parameter MailSender: e-mail cannot be sent without it.", code="misconfigured")
        aws_client("sesv2").send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                }
            },
        )
