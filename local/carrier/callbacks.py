"""Carrying an accepted message to its end, and announcing each status on the way."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from local.carrier.behaviour import LIFECYCLES, CallbackOrder, Rule
from local.carrier.messages import API_VERSION, CallbackPost, Message, Status
from local.carrier.settings import CarrierSettings
from local.carrier.webhooks import Webhooks

SERVICE_SENDER = "+15005550006"
"""Who sends for every messaging service: the valid sender among Twilio's test numbers."""

_MILLISECONDS = 1_000
_ERRONEOUS = (Status.UNDELIVERED, Status.FAILED)


@dataclass
class StatusSender:
    """Carries messages in the background, each by a task of its own."""

    settings: CarrierSettings
    webhooks: Webhooks

    def __post_init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> int:
        """How many messages have statuses or callbacks still to come."""
        return len(self._tasks)

    def dispatch(self, message: Message, rule: Rule, step_milliseconds: int) -> None:
        """Start carrying ``message``; before each of its statuses pass ``step_milliseconds``."""
        task = asyncio.create_task(self._carry(message, rule, step_milliseconds / _MILLISECONDS))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Carry nothing further: what is under way stays where it is, and no callback follows."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, message: Message, rule: Rule, step_seconds: float) -> None:
        lifecycle = LIFECYCLES[rule.outcome]
        for status in rule.callbacks.arrange(lifecycle.statuses):
            await asyncio.sleep(step_seconds)
            message.sender = message.sender or SERVICE_SENDER
            if status in _ERRONEOUS:
                message.error_code, message.error_message = lifecycle.error_code, lifecycle.error_message
            message.move_to(status)
            if rule.callbacks is not CallbackOrder.NONE:
                await self._announce(message, status)

    async def _announce(self, message: Message, status: Status) -> None:
        """Post one status until it is answered 2xx, a few times, each pause twice the last."""
        if message.status_callback is None:
            return
        parameters = callback_parameters(message, status)
        pause = self.settings.webhook_backoff_milliseconds / _MILLISECONDS
        for attempt in range(1, self.settings.webhook_attempts + 1):
            posted_at = datetime.now(UTC)
            answer = await self.webhooks.post(message.status_callback, parameters)
            message.callbacks.append(CallbackPost(status, attempt, posted_at, answer.status, answer.error))
            if answer.succeeded or attempt == self.settings.webhook_attempts:
                return
            await asyncio.sleep(pause)
            pause *= 2


def callback_parameters(message: Message, status: Status) -> dict[str, str]:
    """The form of a status callback; ``ErrorCode`` comes only with the status it explains."""
    parameters = {
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender or "",
        "MessageSid": message.sid,
        "MessageStatus": status.value,
        "SmsSid": message.sid,
        "SmsStatus": status.value,
        "To": message.to,
    }
    if message.messaging_service_sid:
        parameters["MessagingServiceSid"] = message.messaging_service_sid
    if status in _ERRONEOUS:
        parameters["ErrorCode"] = str(message.error_code)
        parameters["ErrorMessage"] = message.error_message or ""
    return parameters
