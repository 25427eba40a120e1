"""What the resolver adds to a request, over no framework at all."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field

from benchmarks.meter import cpu_seconds_of_calls
from benchmarks.row import AtMost, CostRatio
from herald.http.access import STAFF_LIMIT, AccessRule
from herald.http.authentication import Admitted, Doorkeeper
from herald.http.limits import Admission
from herald.http.resolver import HttpApi
from herald.identity.model import Principal, Role

_PATH = "/api/v1/contacts"
_CALLS = 300
_STORED = {"contacts": [
    {"id": f"c{number}", "name": f"Name {number}", "phone": "+14155550100", "tags": ["a", "b"], "age": number}
    for number in range(50)
]}  # fmt: skip


class NewContact(BaseModel):
    name: str = Field(max_length=200)
    phone: str = Field(max_length=16)
    email: str | None = None
    tags: list[str] = []
    age: int = Field(ge=0)


class Contact(BaseModel):
    id: str
    name: str
    phone: str
    tags: list[str]
    age: int


class Contacts(BaseModel):
    contacts: list[Contact]


class EverybodyIsKnown:
    """A doorkeeper that asks nobody."""

    def admit(self, _rule: AccessRule, *, path: str, authorization: str, source_ip: str) -> Admitted:  # noqa: ARG002
        return Admitted(Principal("user", "tenant", Role.ADMIN, "session"), Admission(STAFF_LIMIT, 99, 1_800_000_000))


class ValidatedPost(CostRatio):
    what = "A validated POST through the resolver"
    against = "A dictionary of handlers, JSON and pydantic"
    bound = AtMost(8)
    how = (
        "CPU time of 300 `HttpApi.handle` calls with a stub doorkeeper, the log line included (a five-field body "
        "in, a five-field answer out), against `json.loads`, `model_validate` and `model_dump_json` behind a look-up."
    )

    def cost(self) -> float:
        with _unseen_log():
            return cpu_seconds_of_calls(_through_resolver("POST"), calls=_CALLS)

    def reference_cost(self) -> float:
        return cpu_seconds_of_calls(_through_dictionary("POST"), calls=_CALLS)


class ListOfFifty(CostRatio):
    what = "A list of 50 through the resolver"
    against = "A dictionary of handlers, JSON and pydantic"
    bound = AtMost(2.2)
    how = (
        "CPU time of 300 `HttpApi.handle` calls of a route that validates 50 stored items into its annotated answer, "
        "against the same `model_validate` and `model_dump_json` behind a look-up."
    )

    def cost(self) -> float:
        with _unseen_log():
            return cpu_seconds_of_calls(_through_resolver("GET"), calls=_CALLS)

    def reference_cost(self) -> float:
        return cpu_seconds_of_calls(_through_dictionary("GET"), calls=_CALLS)


def create(contact: NewContact) -> Contact:
    return Contact(id="c1", name=contact.name, phone=contact.phone, tags=contact.tags, age=contact.age)


def list_all() -> Contacts:
    return Contacts.model_validate(_STORED)


@contextlib.contextmanager
def _unseen_log() -> Iterator[None]:
    """Log lines are written, but not between the lines of the table."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


@cache
def _api() -> HttpApi:
    api = HttpApi(cast("Doorkeeper", EverybodyIsKnown()))
    api.post(_PATH)(create)
    api.get(_PATH)(list_all)
    return api


def _through_resolver(method: str) -> Callable[[], object]:
    api, event, context = _api(), _event(method), LambdaContext()
    answer = api.handle(event, context)
    if answer["statusCode"] != 200:  # noqa: PLR2004 - anything else would be measured in vain
        raise RuntimeError(answer["body"])
    return lambda: api.handle(event, context)


def _through_dictionary(method: str) -> Callable[[], object]:
    handlers: dict[tuple[str, str], Callable[[dict[str, Any]], BaseModel]] = {
        ("POST", _PATH): lambda event: create(NewContact.model_validate(json.loads(event["body"]))),
        ("GET", _PATH): lambda _event: list_all(),
    }
    event = _event(method)

    def handle() -> dict[str, object]:
        handler = handlers[event["requestContext"]["http"]["method"], event["rawPath"]]
        return {"statusCode": 200, "body": handler(event).model_dump_json()}

    return handle


def _event(method: str) -> dict[str, Any]:
    contact = {"name": "Jo", "phone": "+14155550100", "email": "jo@example.com", "tags": ["new"], "age": 41}
    return {
        "version": "2.0",
        "rawPath": _PATH,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "authorization": "Bearer token",
            "content-type": "application/json",
            "host": "localhost",
            "user-agent": "benchmark",
        },
        "requestContext": {
            "http": {"method": method, "path": _PATH, "sourceIp": "192.0.2.1"},
            "requestId": "request",
            "stage": "$default",
        },
        "body": json.dumps(contact) if method == "POST" else None,
        "isBase64Encoded": False,
    }


ROWS = (ValidatedPost, ListOfFifty)
