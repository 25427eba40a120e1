"""What any carrier can answer when it is offered a text, and what it can report later."""

from dataclasses import dataclass
from enum import StrEnum


class CarrierStatus(StrEnum):
    """Where a carrier says a text is."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CarrierAccepted:
    """The carrier has the text and will report on it under this id."""

    carrier_id: str
    status: CarrierStatus


@dataclass(frozen=True, slots=True)
class CarrierRefused:
    """The carrier said no for good, with its own code (e.g. 21610: this number has opted out)."""

    error_code: str


@dataclass(frozen=True, slots=True)
class CarrierBusy:
    """The carrier certainly did not take it (429, or no connection was made): it may be offered again."""


@dataclass(frozen=True, slots=True)
class CarrierSilent:
    """Nobody can tell whether the carrier took it (a timeout, a dropped answer, a 5xx)."""


CarrierAnswer = CarrierAccepted | CarrierRefused | CarrierBusy | CarrierSilent


@dataclass(frozen=True, slots=True)
class CarrierReport:
    """What a carrier reports of a text that it accepted; ``error_code`` is its own."""

    status: CarrierStatus
    carrier_id: str = ""
    error_code: str = ""
