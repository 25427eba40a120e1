"""``/api/v1/users``, which Event Stream promises for its audience and iPerform for its staff."""

from herald.http.contracts.contract import Contract
from herald.http.contracts.event_stream import EVENT_STREAM
from herald.http.contracts.iperform import IPERFORM
from herald.http.problems import Problem

_PATH = "/api/v1/users"
_AUDIENCE = tuple(f"{_PATH}/{beginning}" for beginning in ("+", "%2B", "%2b", "bulk/"))
"""Somebody of Event Stream's audience, by phone number, and its bulk operations."""


def format_error(problem: Problem) -> dict[str, object]:
    """Event Stream's error beside iPerform's ``status`` and ``details``."""
    return IPERFORM.format_error(problem) | EVENT_STREAM.format_error(problem)


def _owner_of(path: str) -> Contract | None:
    if path == _PATH:
        return None
    return EVENT_STREAM if f"{path}/".startswith(_AUDIENCE) else IPERFORM


SHARED_USERS = Contract(
    name="SharedUsers",
    format_error=format_error,
    limits=EVENT_STREAM.limits,
    envelopes=IPERFORM.envelopes,
    identifiers=IPERFORM.identifiers,
    paging=IPERFORM.paging,
    owner_of=_owner_of,
)
