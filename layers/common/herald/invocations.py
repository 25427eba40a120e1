"""One structured line per invocation: request id, tenant, outcome, duration. Never a phone number, never a token."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from herald.values.phone import mask_phone

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_PHONE = re.compile(r"\+\d{8,15}")
_SECRET = re.compile(r"(?i)\b(eyJ[\w-]+\.[\w-]+\.[\w-]+|(?:token|password|signature)=[^&\s\"]+)")


@dataclass(slots=True)
class Invocation:
    """What the line will say; whoever learns more during the invocation adds it to ``facts``."""

    request_id: str
    started: float = field(default_factory=time.perf_counter)
    tenant_id: str = ""
    outcome: str = "ok"
    facts: dict[str, object] = field(default_factory=dict)


@contextmanager
def logged_invocation(request_id: str) -> Iterator[Invocation]:
    """Runs a body and writes its line, also when it raises; the exception goes on with its stack in the line."""
    invocation = Invocation(request_id)
    try:
        yield invocation
    except Exception as error:
        invocation.outcome = type(error).__name__
        _write(invocation, failed=True)
        raise
    _write(invocation, failed=False)


def masked(text: str) -> str:
    """A text with phone numbers shortened and tokens, passwords and signatures blotted out."""
    return _SECRET.sub("***", _PHONE.sub(lambda match: mask_phone(match.group()), text))


def _write(invocation: Invocation, *, failed: bool) -> None:
    line = {
        "request_id": invocation.request_id,
        "tenant": invocation.tenant_id,
        "outcome": invocation.outcome,
        "duration_ms": round((time.perf_counter() - invocation.started) * 1000, 1),
        **{name: masked(value) if isinstance(value, str) else value for name, value in invocation.facts.items()},
    }
    if failed:
        _logger().exception("invocation", extra=line)
    else:
        _logger().info("invocation", extra=line)


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger

    return Logger(use_rfc3339=True, log_uncaught_exceptions=False)
