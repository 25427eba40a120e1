"""What the doors take and show where reports are sent."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from herald.results.delivery.giving_passwords import GivenPassword
from herald.results.delivery.requesting import Requested
from herald.results.delivery.wording import LONGEST_MESSAGE
from herald.values.clock import to_text
from herald.values.page import Page

_MESSAGE = (
    "May use {name}, {link} and any column of the sheet, for example {appointment}; the link is added where missing."
)
_TIME = "When, at most a year ahead; UTC where it has no zone. Leave it out to send now."


class BatchSendRequest(BaseModel):
    """What the texts say, and when they go out; by default now, in our words."""

    model_config = ConfigDict(defer_build=True)

    custom_message: str = Field(default="", max_length=LONGEST_MESSAGE, description=_MESSAGE)
    schedule_time: datetime | None = Field(default=None, description=_TIME)


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


class BatchSent(BaseModel):
    """How many reports are ready; those never sent before are on their way now, or scheduled."""

    model_config = ConfigDict(defer_build=True)

    batch_id: str
    delivery_id: str
    reports: int
    status: str
    scheduled_for: str | None

    @classmethod
    def of(cls, requested: Requested, *, batch_id: str, delivery_id: str) -> "BatchSent":
        """The view of what was asked for."""
        return cls(
            batch_id=batch_id,
            delivery_id=delivery_id,
            reports=requested.reports,
            status=requested.status.value,
            scheduled_for=_text(requested.scheduled_for),
        )


class PasswordView(BaseModel):
    """Somebody's new password, and the number that their text goes to."""

    model_config = ConfigDict(defer_build=True)

    row: int = Field(description="The row's number, as Excel shows it.")
    report_id: str
    name: str
    phone: str
    password: str


class PasswordList(BaseModel):
    """Passwords that were made just now: shown this once. ``next_cursor`` continues with the rows behind them."""

    model_config = ConfigDict(defer_build=True)

    batch_id: str
    passwords: list[PasswordView]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[GivenPassword], *, batch_id: str) -> "PasswordList":
        """The view of a page."""
        passwords = [
            PasswordView(
                row=given.holder.row,
                report_id=given.holder.report_id,
                name=given.holder.name,
                phone=given.holder.phone,
                password=given.password,
            )
            for given in page.items
        ]
        return cls(batch_id=batch_id, passwords=passwords, next_cursor=page.next_cursor)


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
