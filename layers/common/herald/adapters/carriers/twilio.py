"""Twilio: sends texts through its own client, and checks the signatures of its callbacks."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from herald.errors import Forbidden
from herald.values.carrier import (
    CarrierAccepted,
    CarrierAnswer,
    CarrierBusy,
    CarrierRefused,
    CarrierReport,
    CarrierSilent,
    CarrierStatus,
)

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioRestException
    from twilio.rest import Client

TIMEOUT_SECONDS = 10.0
_CERTAINLY_NOT_TAKEN = {401, 429}
"""Wrong credentials are our fault, not the recipient's: the text waits until they are put right."""
_STATUS_OF = {
    "accepted": CarrierStatus.QUEUED,
    "scheduled": CarrierStatus.QUEUED,
    "queued": CarrierStatus.QUEUED,
    "sending": CarrierStatus.QUEUED,
    "sent": CarrierStatus.SENT,
    "delivered": CarrierStatus.DELIVERED,
    "read": CarrierStatus.DELIVERED,
    "undelivered": CarrierStatus.UNDELIVERED,
    "failed": CarrierStatus.FAILED,
    "canceled": CarrierStatus.FAILED,
}
_SERVER_ERRORS = 500


class TwilioCarrier:
    """`Carrier` over Twilio's REST API, or over anything that speaks it at ``base_url``."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        base_url: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._sender = sender
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds

    def send(self, *, to: str, body: str, callback_url: str) -> CarrierAnswer:
        """Offers one text; a doubt about what happened is answered with CarrierSilent, never with a second try."""
        import requests
        from twilio.base.exceptions import TwilioRestException

        sender = {"messaging_service_sid" if self._sender.startswith("MG") else "from_": self._sender}
        try:
            message = self._client.messages.create(to=to, body=body, status_callback=callback_url, **sender)
        except TwilioRestException as error:
            return _answer_of(error)
        except requests.exceptions.ConnectTimeout:
            return CarrierBusy()
        except requests.exceptions.RequestException as error:
            return CarrierBusy() if _was_never_connected(error) else CarrierSilent()
        except ValueError:  # a success whose body is not JSON: somebody else's answer, or a broken one
            return CarrierSilent()
        status = status_of_twilio(str(message.status)) or CarrierStatus.QUEUED
        return CarrierAccepted(str(message.sid), status)

    @cached_property
    def _client(self) -> "Client":
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        client = Client(
            self._account_sid, self._auth_token, http_client=TwilioHttpClient(timeout=self._timeout_seconds)
        )
        if self._base_url:
            client.api.base_url = self._base_url
        return client


def status_of_twilio(word: str) -> CarrierStatus | None:
    """The status that Twilio's word means (https://www.twilio.com/docs/messaging/api/message-resource).

    ``None`` for a word we do not know: a new word of Twilio's must not move a message.
    """
    return _STATUS_OF.get(word.lower())


class TwilioCallbacks:
    """Reads status callbacks, and believes those that are signed with our token."""

    def __init__(self, auth_token: Callable[[], str], *, public_url: str) -> None:
        self._auth_token = auth_token
        self._public_url = public_url

    def read(self, *, path: str, query: str, form: Mapping[str, str], signature: str) -> CarrierReport | None:
        """What a callback reports; ``None`` where it says nothing that we know.

        Args:
            path: what was called, below the public address.
            query: as it was called, encoded.
            form: the posted fields.
            signature: the header ``X-Twilio-Signature``.

        Raises:
            Forbidden: it was not signed with our token
                (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
        """
        from twilio.request_validator import RequestValidator

        url = f"{self._public_url}{path}?{query}"
        if not RequestValidator(self._auth_token()).validate(url, dict(form), signature):
            raise Forbidden("The signature of this callback is not good.", code="invalid_signature")
        status = status_of_twilio(form.get("MessageStatus", ""))
        if status is None:
            return None
        return CarrierReport(status, form.get("MessageSid", ""), form.get("ErrorCode", ""))


def _answer_of(error: "TwilioRestException") -> CarrierAnswer:
    if error.status in _CERTAINLY_NOT_TAKEN:
        return CarrierBusy()
    if error.status >= _SERVER_ERRORS:
        return CarrierSilent()
    return CarrierRefused(str(error.code or error.status))


def _was_never_connected(error: Exception) -> bool:
    import urllib3.exceptions

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, urllib3.exceptions.NewConnectionError):
            return True
        reason = cause.args[0] if cause.args else None
        nested = getattr(reason, "reason", None)
        if isinstance(nested, urllib3.exceptions.NewConnectionError):
            return True
        cause = cause.__context__
    return False
