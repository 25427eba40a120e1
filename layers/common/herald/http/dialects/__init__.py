"""The error format of each published contract, and which one a path speaks."""

from collections.abc import Callable

from herald.http.dialects import event_stream, iperform, mifumo, pytake, resultflow
from herald.http.problems import Problem

Dialect = Callable[[Problem], dict[str, object]]


def word_for_shared_sign_in(problem: Problem) -> dict[str, object]:
    """``/api/v1/auth`` is shared: ResultFlow's ``error`` beside PyTake's ``message`` and ``code``."""
    return pytake.word(problem) | resultflow.word(problem)


def word_for_shared_users(problem: Problem) -> dict[str, object]:
    """``/api/v1/users`` is shared: Event Stream's error beside iPerform's ``status`` and ``details``."""
    return iperform.word(problem) | event_stream.word(problem)


_BY_PREFIX: tuple[tuple[str, Dialect], ...] = (
    ("/api/v1/admin", resultflow.word),
    ("/api/v1/customer", resultflow.word),
    ("/api/v1/webhooks/sms", resultflow.word),
    ("/api/v1/auth-db", pytake.word),
    ("/api/v1/auth", word_for_shared_sign_in),
    ("/api/v1/whatsapp", pytake.word),
    ("/api/v1/conversations", pytake.word),
    ("/api/v1/flows", pytake.word),
    ("/api/v1/whatsapp-configs", pytake.word),
    ("/api/v1/dashboard", pytake.word),
    ("/api/v1/ws", pytake.word),
    ("/api/v1/status", pytake.word),
    ("/api/v1/users/bulk", event_stream.word),
    ("/api/v1/campaigns", event_stream.word),
    ("/api/v1/templates", event_stream.word),
    ("/api/v1/segments", event_stream.word),
    ("/api/v1/reporting", event_stream.word),
    ("/api/v1/monitoring", event_stream.word),
    ("/webhooks", event_stream.word),
    ("/api/v1", iperform.word),
    ("/api-docs", pytake.word),
    ("/api", mifumo.word),
    ("/customer", resultflow.word),
    ("/", pytake.word),
)
_PAGES = ("/customer", "/account")
_SHARED_USERS = "/api/v1/users"
_AUDIENCE = tuple(f"{_SHARED_USERS}/{plus}" for plus in ("+", "%2B", "%2b"))
"""Somebody of Event Stream's audience, by phone number; whoever else is there is iPerform's staff."""


def speaks_in_pages(path: str) -> bool:
    """Whether people look at this path with a browser: its failures are pages, not JSON."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in _PAGES)


def dialect_of(path: str) -> Dialect:
    """The dialect of the contract that owns a path; the first matching prefix of whole segments wins."""
    if path == _SHARED_USERS:
        return word_for_shared_users
    if path.startswith(_AUDIENCE):
        return event_stream.word
    for prefix, dialect in _BY_PREFIX:
        if path == prefix or path.startswith(prefix.rstrip("/") + "/"):
            return dialect
    raise AssertionError("the last prefix matches every path")
