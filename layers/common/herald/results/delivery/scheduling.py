"""When a text goes out: now, or at a moment that is asked for."""

from datetime import UTC, datetime, timedelta

from herald.errors import Unprocessable
from herald.values.ids import compact_id

LONGEST_AHEAD = timedelta(days=365)
ABOUT_SCHEDULE_TIMES = (
    "When, at most a year ahead; as 2026-12-01T09:00:00+03:00; UTC where it has no zone. Leave it out to send now."
)
"""For whoever asks for one."""
_STILL_NOW = timedelta(minutes=1)
"""How long ago a moment may be and still mean now: clocks differ."""
_SOONEST = timedelta(seconds=5)
"""What is nearer than this is sent now: a schedule must be made before it is due."""


def schedule_name(tenant_id: str, delivery_id: str) -> str:
    """What the schedule of a delivery is called: its tenant's come first, so that all of one can be found."""
    return f"{schedule_names_of(tenant_id)}{delivery_id}"


def schedule_names_of(tenant_id: str) -> str:
    """How the names of all schedules of a tenant begin."""
    return f"{compact_id(tenant_id)}-"


def checked_moment(schedule_time: datetime | None, *, expires_at: datetime | None, now: datetime) -> datetime | None:
    """The moment to send at; ``None`` for now.

    Args:
        schedule_time: as it was asked for; without a zone it is in UTC.
        expires_at: when what is sent will be deleted.
        now: the present moment.

    Raises:
        Unprocessable: it is over, more than a year ahead, or after the deletion.
    """
    if schedule_time is None:
        return None
    moment = _in_utc(schedule_time)
    if moment < now - _STILL_NOW:
        raise _bad_time("schedule_time_past", "The time to send at is over; leave it out to send now.")
    if moment > now + LONGEST_AHEAD:
        raise _bad_time("schedule_time_too_far", "The time to send at is more than a year ahead.")
    if expires_at is not None and moment >= expires_at:
        raise _bad_time("schedule_time_after_retention", "The report will be deleted before the time to send at.")
    return if_later(moment, now=now)


def if_later(moment: datetime | None, *, now: datetime) -> datetime | None:
    """A moment that is worth a schedule; ``None`` where it is now."""
    return moment if moment is not None and moment > now + _SOONEST else None


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _bad_time(code: str, message: str) -> Unprocessable:
    return Unprocessable(message, code=code, fields={"schedule_time": message})
