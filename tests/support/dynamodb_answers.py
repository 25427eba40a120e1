"""DynamoDB's client with answers that no table gives."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from herald.storage import dynamodb_client

_OK = 200


@contextmanager
def answering(operation: str, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[None]:
    """Has an operation answered, or failed, by a function of its request: nothing is sent.

    botocore asks whoever has registered for it before each call.
    """

    def respond(params: dict[str, Any], **_: object) -> Any:
        return AWSResponse("", _OK, HTTPHeaders(), None), answer(json.loads(params["body"]))

    events, call = dynamodb_client().meta.events, f"before-call.dynamodb.{operation}"
    events.register(call, respond)
    try:
        yield
    finally:
        events.unregister(call, respond)
