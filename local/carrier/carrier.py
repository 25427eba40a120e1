"""One carrier: its account, its memory, its conduct and its courier."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from local.carrier.behaviour import Behaviour
from local.carrier.callbacks import StatusSender
from local.carrier.messages import MessageStore
from local.carrier.settings import CarrierSettings
from local.carrier.webhooks import Webhooks, open_webhooks


@dataclass
class Carrier:
    """What the API and the controls share. ``webhooks`` and ``courier`` exist while the server runs."""

    settings: CarrierSettings
    messages: MessageStore = field(init=False)
    behaviour: Behaviour = field(default_factory=Behaviour)
    webhooks: Webhooks = field(init=False)
    courier: StatusSender = field(init=False)

    def __post_init__(self) -> None:
        self.messages = MessageStore(self.settings.capacity)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Open the connections out; on leaving, stop what is under way and close them."""
        async with open_webhooks(self.settings.auth_token, self.settings.webhook_timeout_seconds) as webhooks:
            self.webhooks = webhooks
            self.courier = StatusSender(self.settings, webhooks)
            try:
                yield
            finally:
                await self.courier.stop()
