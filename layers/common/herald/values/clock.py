"""Time, always in UTC and always passed in: rules have no clock of their own."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """RFC 3339 with ``Z`` and milliseconds, e.g. ``2026-01-25T16:45:00.000Z``; sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The inverse of `to_text`; accepts any RFC 3339 moment.

    Raises:
        ValueError: the text is no moment, or has no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment


def epoch_seconds(moment: datetime) -> int:
    """Whole seconds since 1970, as DynamoDB's TTL and JSON Web Tokens want them."""
    return int(moment.timestamp())
