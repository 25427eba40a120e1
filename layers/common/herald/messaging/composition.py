"""The object graph of messaging, each part built when it is first asked for."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from herald.adapters.aws.queue import Queue
from herald.adapters.aws.secrets import read_secret
from herald.adapters.carriers.twilio import TwilioCallbacks, TwilioCarrier
from herald.errors import Unavailable
from herald.messaging.ports import Carrier
from herald.messaging.relay import MessageRelay
from herald.messaging.service import CarrierReports, Messenger
from herald.messaging.store import MessageStore
from herald.settings import Settings, settings

if TYPE_CHECKING:
    from herald.values.erasing import ErasingPart


class MessagingContainer:
    """What functions need of messaging."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.new_carrier: Callable[[Settings], Carrier] = _twilio

    @cached_property
    def messages(self) -> MessageStore:
        return MessageStore()

    @cached_property
    def carrier_reports(self) -> CarrierReports:
        return CarrierReports(self.messages)

    @cached_property
    def twilio_callbacks(self) -> TwilioCallbacks:
        return TwilioCallbacks(
            lambda: read_secret(self._settings.carrier_secret)["auth_token"], public_url=self._settings.public_url
        )

    @cached_property
    def relay(self) -> MessageRelay:
        # Who is told of changes, by the kind of what the message is about: a line for each context.
        return MessageRelay(
            {
                "report": Queue(self._settings.report_messages_queue_url),
            },
            dead_letters=Queue(self._settings.relay_messages_dead_letters_url),
        )

    @property
    def tenant_erasing_parts(self) -> "Mapping[str, ErasingPart]":
        """Nothing that a message leaves behind stands outside of its table, whose items go with those of all."""
        return {}

    def messenger(self) -> Messenger:
        """Sends texts; built anew for each piece of work, so that a rotated secret of the carrier reaches it.

        Raises:
            Unavailable: links and callbacks cannot be made, as this installation has no public address.
        """
        if not self._settings.public_url:
            raise Unavailable("Set the parameter PublicUrl: links cannot be made without it.", code="misconfigured")
        callback_base = f"{self._settings.public_url}/api/v1/webhooks/sms/status"
        return Messenger(self.messages, self.new_carrier(self._settings), callback_base=callback_base)


def _twilio(settings: Settings) -> TwilioCarrier:
    secret = read_secret(settings.carrier_secret)
    return TwilioCarrier(
        account_sid=secret["account_sid"],
        auth_token=secret["auth_token"],
        sender=settings.sender,
        base_url=settings.carrier_base_url,
    )


@cache
def messaging() -> MessagingContainer:
    """The messaging of this process."""
    return MessagingContainer(settings())
