"""What messaging needs of the outside world."""

from typing import Protocol

from herald.values.carrier import CarrierAnswer


class Carrier(Protocol):
    """Whoever carries texts to phones."""

    def send(self, *, to: str, body: str, callback_url: str) -> CarrierAnswer:
        """Offers one text; never raises for what the network or the carrier does."""
        ...
