"""Functions as Lambda runs them: imported with their environment, and asked with events."""

import base64
import importlib
import json
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast
from urllib.parse import parse_qsl

from tests.support.events import sample_event
from tests.support.requests import InvocationContext, new_address


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A proxy answer, with its headers by lower-case name."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: tuple[str, ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object in the answer."""
        return cast("dict[str, Any]", json.loads(self.text))

    @property
    def error(self) -> str:
        """The code of ResultFlow's standard error."""
        return str(self.body["error"]["code"])


def function(name: str) -> ModuleType:
    """A function's module, e.g. of ``workers/ingest``; its environment must be set."""
    return importlib.import_module(f"functions.{name.replace('/', '.')}.app")


def invoke(name: str, event: dict[str, Any]) -> Any:
    """What a function gives for an event."""
    return function(name).handler(event, InvocationContext())


def ask(name: str, event: dict[str, Any]) -> HttpAnswer:
    """What an endpoint function answers to an event, from an address of its own."""
    event["requestContext"]["http"]["sourceIp"] = new_address()
    answer = invoke(name, event)
    text = answer["body"]
    if answer.get("isBase64Encoded"):
        text = base64.b64decode(text).decode("latin-1")
    headers = {key.lower(): str(value) for key, value in answer["headers"].items()}
    return HttpAnswer(answer["statusCode"], headers, text, tuple(answer.get("cookies", ())))


def ask_sample(
    name: str, *, token: str = "", path: tuple[str, str] | None = None, body: object = None, **headers: str
) -> HttpAnswer:
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
