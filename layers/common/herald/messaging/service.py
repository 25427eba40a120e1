"""Sending one message at most once, and following it until it arrives.

A message is claimed by a conditional write before the carrier is called. The status callback carries our own id, so an
answer lost on the way is repaired by the callback. A claim that nobody can settle becomes UNKNOWN and is never resent.
"""

from dataclasses import replace
from datetime import timedelta

from herald.messaging.model import Message, MessageStatus, Reference, StatusReport
from herald.messaging.ports import Carrier
from herald.messaging.store import MessageStore
from herald.values.carrier import CarrierAccepted, CarrierBusy, CarrierRefused, CarrierReport, CarrierSilent
from herald.values.clock import Clock, utc_now

CLAIM_SETTLES_WITHIN = timedelta(minutes=2)
"""Longer than any one call to a carrier, retries of the worker included."""


class TryAgainLater(Exception):
    """The carrier is busy; the claim is released and the message may be offered again."""


class CarrierReports:
    """What carriers report of messages that they accepted."""

    def __init__(self, messages: MessageStore) -> None:
        self._messages = messages

    def record(self, report: CarrierReport, *, tenant_id: str, message_id: str) -> bool:
        """Records a status report, whatever order reports come in; False where it changed nothing."""
        status = MessageStatus(report.status.value)
        return self._messages.advance(StatusReport(tenant_id, message_id, status, report.carrier_id, report.error_code))


class Messenger:
    """Sends messages, each at most once."""

    def __init__(self, messages: MessageStore, carrier: Carrier, *, callback_base: str, clock: Clock = utc_now) -> None:
        self._messages = messages
        self._carrier = carrier
        self._callback_base = callback_base
        self._clock = clock

    def claim(self, *, tenant_id: str, message_id: str, body: str, reference: Reference) -> bool:
        """Reserves the sending of a message for the caller, who must call `hand_over` next.

        Args:
            tenant_id: whose message it is.
            message_id: the same for each try at the same message.
            body: what to keep of the text, without secrets.
            reference: what the message is about; whoever subscribes to its kind is told of each change.

        Returns:
            False where it was claimed before: it is not to be sent. A claim that outlived its time becomes UNKNOWN.
        """
        message = Message(tenant_id, message_id, body, reference, MessageStatus.SENDING, self._clock())
        if self._messages.claim(message):
            return True
        self._settle_stale_claim(tenant_id, message_id)
        return False

    def find(self, *, tenant_id: str, message_id: str) -> Message | None:
        """A message, as it is now; ``None`` where it is not claimed."""
        return self._messages.get(tenant_id, message_id)

    def hand_over(self, *, tenant_id: str, message_id: str, to: str, text: str) -> MessageStatus:
        """Gives a claimed message to the carrier and records what it said.

        Raises:
            TryAgainLater: the carrier is busy; nothing was sent and the claim is gone.
        """
        answer = self._carrier.send(to=to, body=text, callback_url=self._callback_url(tenant_id, message_id))
        if isinstance(answer, CarrierBusy):
            self._messages.release(tenant_id, message_id)
            raise TryAgainLater
        report = _report_of(answer, StatusReport(tenant_id, message_id, MessageStatus.UNKNOWN, ""))
        self._messages.advance(report)
        return report.status

    def _callback_url(self, tenant_id: str, message_id: str) -> str:
        return f"{self._callback_base}?tenant={tenant_id}&message={message_id}"

    def _settle_stale_claim(self, tenant_id: str, message_id: str) -> None:
        message = self._messages.get(tenant_id, message_id)
        if message is None or message.status is not MessageStatus.SENDING:
            return
        if message.created_at + CLAIM_SETTLES_WITHIN < self._clock():
            self._messages.advance(StatusReport(tenant_id, message_id, MessageStatus.UNKNOWN, ""))


def _report_of(answer: CarrierAccepted | CarrierRefused | CarrierSilent, unknown: StatusReport) -> StatusReport:
    if isinstance(answer, CarrierAccepted):
        return replace(unknown, status=MessageStatus(answer.status.value), carrier_id=answer.carrier_id)
    if isinstance(answer, CarrierRefused):
        return replace(unknown, status=MessageStatus.FAILED, error_code=answer.error_code)
    return unknown
