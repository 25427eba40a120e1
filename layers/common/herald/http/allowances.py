"""How often each kind of caller may call: the published limits of the five contracts, in one table.

An organisation's own (`herald.identity.tenants.limits`) replace them by name.
"""

from dataclasses import dataclass

from herald.http.access import STAFF_LIMIT
from herald.http.dialects import (
    Dialect,
    dialect_of,
    event_stream,
    iperform,
    mifumo,
    pytake,
    resultflow,
    word_for_shared_sign_in,
    word_for_shared_users,
)
from herald.identity.admissions.model import Limit

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Allowance:
    """The limits of a path: of a signed-in user, of an API key, and of the address of whoever shows neither.

    Strangers are not counted where there is no limit for them: they are turned away without any cost.
    """

    user: Limit
    key: Limit
    stranger: Limit | None = None


def _same_for_all(limit: Limit) -> Allowance:
    return Allowance(user=limit, key=limit)


RESULTFLOW = _same_for_all(STAFF_LIMIT)
EVENT_STREAM = Allowance(
    user=Limit("event_stream", 10_000, _HOUR),
    key=Limit("event_stream", 10_000, _HOUR),
    stranger=Limit("event_stream_address", 1000, _HOUR),
)
"""Event Stream: "1000 requests per hour per IP", "10,000 requests per hour per API key"; webhooks have none."""
IPERFORM = _same_for_all(Limit("iperform", 1000))
"""iPerform: "Default: 1000 requests per minute per API key"; its people come with tokens, and are counted alike."""
PYTAKE = _same_for_all(Limit("pytake", 1000))
"""PyTake documents none: as much as iPerform."""
MIFUMO = _same_for_all(Limit("mifumo", 100))
"""Mifumo: "Other endpoints: 100 requests per minute", "Contact operations: 100 requests per minute"."""

_OF_DIALECT: dict[Dialect, Allowance] = {
    resultflow.word: RESULTFLOW,
    event_stream.word: EVENT_STREAM,
    pytake.word: PYTAKE,
    iperform.word: IPERFORM,
    mifumo.word: MIFUMO,
    word_for_shared_sign_in: RESULTFLOW,
    word_for_shared_users: EVENT_STREAM,
}
_TIGHTER: tuple[tuple[str, Allowance], ...] = (
    ("/api/messaging/sms/send", _same_for_all(Limit("mifumo_sms", 10))),
    ("/api/messaging/campaigns", _same_for_all(Limit("mifumo_campaigns", 50))),
    ("/api/messaging/contacts/bulk-import", _same_for_all(Limit("mifumo_bulk", 10))),
)
"""Mifumo: "SMS sending: 10", "Campaign operations: 50", "Bulk operations: 10 requests per minute"."""


def allowance_of(path: str) -> Allowance:
    """The limits of a path: those of its contract, or tighter ones where that names this path."""
    for prefix, allowance in _TIGHTER:
        if path == prefix or path.startswith(f"{prefix}/"):
            return allowance
    return _OF_DIALECT[dialect_of(path)]
