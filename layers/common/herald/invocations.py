"""One structured line per invocation: request id, tenant, outcome, duration. Never a phone number, never a token."""

import re
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

import orjson

from herald.runtime.garbage import keep_what_was_imported
from herald.settings import settings
from herald.values.clock import to_text, utc_now
from herald.values.phone import mask_phone

_PHONE = re.compile(r"(?:\+|%2[Bb])\d{8,15}")
_SECRET = re.compile(
    r"""(?ix)
    \beyJ[\w-]+\.[\w-]+\.[\w-]+                                         # a JSON Web Token
    | \bbearer\s+[^\s"',]+
    | (?:token|password|signature|secret)["']?\s*[:=]\s*["']?[^\s&"',}]+
    """
)
_LONGEST_STACK = 4000


@dataclass(slots=True)
class Invocation:
    """What the line will say; whoever learns more during the invocation adds it to ``facts``."""

    request_id: str
    """As the caller calls the request, where they gave it an id."""
    gateways_id: str = ""
    """As the gateway calls it, which no caller can choose; empty outside of one."""
    started: float = field(default_factory=time.perf_counter)
    tenant_id: str = ""
    outcome: str = "ok"
    facts: dict[str, object] = field(default_factory=dict)


_PRESENT: ContextVar[Invocation | None] = ContextVar("present_invocation", default=None)


def present_invocation() -> Invocation | None:
    """The invocation that is at work; ``None`` outside of one."""
    return _PRESENT.get()


def present_request_id() -> str:
    """The gateway's id of the request that is at work, or Lambda's own; empty outside of one."""
    invocation = present_invocation()
    return (invocation.gateways_id or invocation.request_id) if invocation else ""


@contextmanager
def logged_invocation(request_id: str, *, gateways_id: str = "") -> Iterator[Invocation]:
    """Runs a body and writes its line, also when it raises; the exception goes on with its stack in the line."""
    keep_what_was_imported()
    invocation = Invocation(request_id, gateways_id)
    present = _PRESENT.set(invocation)
    try:
        yield invocation
    except Exception as error:
        invocation.outcome = type(error).__name__
        invocation.facts["stack"] = stack_of(error)
        _write(invocation, "ERROR")
        raise
    finally:
        _PRESENT.reset(present)
    _write(invocation, "ERROR" if "stack" in invocation.facts else "INFO")


def stack_of(error: BaseException) -> str:
    """The last part of an exception's stack, as a log line may hold it."""
    return "".join(traceback.format_exception(error))[-_LONGEST_STACK:]


def masked(value: object) -> object:
    """A value with phone numbers shortened and tokens, passwords and signatures blotted out, however deep."""
    if isinstance(value, str):
        return _SECRET.sub("***", _PHONE.sub(lambda match: mask_phone(match.group()), value))
    if isinstance(value, Mapping):
        return {name: masked(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set):
        return [masked(part) for part in value]
    return value


def _write(invocation: Invocation, level: Literal["INFO", "ERROR"]) -> None:
    line = {
        **{name: masked(value) for name, value in invocation.facts.items()},
        "level": level,
        "message": "invocation",
        "timestamp": to_text(utc_now()),
        "function": settings().aws_lambda_function_name,
        "request_id": invocation.request_id,
        "tenant": invocation.tenant_id,
        "outcome": invocation.outcome,
        "duration_ms": round((time.perf_counter() - invocation.started) * 1000, 1),
    }
    # Written by hand: a logger takes longer over this one line than the rest of a request takes altogether.
    print(orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode(), flush=True)  # noqa: T201
