"""Functions as Lambda runs them: imported with their environment, and asked with events."""

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

from tests.support.events import sample_event
from tests.support.requests import Answer, InvocationContext, new_address


def function(name: str) -> ModuleType:
    """A function's module, e.g. of ``workers/ingest``; its environment must be set."""
    return importlib.import_module(f"functions.{name.replace('/', '.')}.app")


@contextmanager
def started_anew(name: str) -> Iterator[None]:
    """A function that starts when it is first asked, with what its containers hold then; afterwards once more."""
    module = f"functions.{name.replace('/', '.')}.app"
    sys.modules.pop(module, None)
    try:
        yield
    finally:
        sys.modules.pop(module, None)


def invoke(name: str, event: dict[str, Any]) -> Any:
    """What a function gives for an event."""
    return function(name).handler(event, InvocationContext())


def ask(name: str, event: dict[str, Any]) -> Answer:
    """What an endpoint function answers to an event, from an address of its own."""
    event["requestContext"]["http"]["sourceIp"] = new_address()
    return Answer.of(invoke(name, event))


def ask_sample(
    name: str, *, token: str = "", path: tuple[str, str] | None = None, body: object = None, **headers: str
) -> Answer:
    """What a function answers to one of its sample events.

    Args:
        name: of the event, e.g. ``resultflow/batches/create``.
        token: the access token to send.
        path: a part of the event's address, and what to put in its place.
        body: another JSON body.
        headers: further headers, their names with underscores.
    """
    event = sample_event(name, access_token=token)
    if path is not None:
        for place in ("rawPath", "rawQueryString"):
            event[place] = event[place].replace(*path)
        event["queryStringParameters"] = dict(parse_qsl(event["rawQueryString"]))
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
        event["isBase64Encoded"] = False
    event["headers"] |= {key.replace("_", "-"): value for key, value in headers.items()}
    return ask(name.rpartition("/")[0], event)
