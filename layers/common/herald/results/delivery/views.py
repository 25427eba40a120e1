"""What the doors take and show where reports are sent."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from herald.results.delivery.requesting import Requested
from herald.results.delivery.wording import LONGEST_MESSAGE
from herald.values.clock import to_text

_MESSAGE = (
    "May use {name}, {link} and any column of the sheet, for example {appointment}; the link is added where missing."
)
_TIME = "When, at most a year ahead; UTC where it has no zone. Leave it out to send now."


class SendRequest(BaseModel):
    """Where a report goes, what the text says and when; by default now to the sheet's number, in our words."""

    model_config = ConfigDict(defer_build=True)

    customer_phone: str = Field(default="", max_length=40)
    custom_message: str = Field(default="", max_length=LONGEST_MESSAGE, description=_MESSAGE)
    schedule_time: datetime | None = Field(default=None, description=_TIME)


class SentReport(BaseModel):
    """A text on its way, or scheduled; ``password`` is there where the sheet had none, and is shown this once."""

    model_config = ConfigDict(defer_build=True)

    report_id: str
    delivery_id: str
    status: str
    scheduled_for: str | None
    password: str | None

    @classmethod
    def of(cls, requested: Requested, *, report_id: str, delivery_id: str) -> "SentReport":
        """The view of what was asked for."""
        return cls(
            report_id=report_id,
            delivery_id=delivery_id,
            status=requested.status.value,
            scheduled_for=_text(requested.scheduled_for),
            password=requested.password,
        )


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
