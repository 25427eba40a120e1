"""DynamoDB within the process of the tests: the local engine's own, which answers ten times as fast as moto's."""

import json
from threading import RLock
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from ministack.core.responses import request_scope
from ministack.services import dynamodb
from moto.core.botocore_stubber import MockRawResponse

ACCOUNT_ID = "123456789012"
REGION = "eu-west-1"

_one_request = RLock()
_OF_A_TABLE = ("BillingMode", "AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")


def is_asked(request: AWSPreparedRequest) -> bool:
    """Whether a request is for DynamoDB."""
    return _target(request).startswith("DynamoDB_")


def answer(request: AWSPreparedRequest) -> AWSResponse:
    """What the engine answers to a client's request."""
    assert isinstance(request.body, bytes)
    status, headers, content = _call(_target(request), request.body)
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), MockRawResponse(content))


def create_table(name: str, properties: dict[str, Any]) -> None:
    """An empty table with the key and the indexes of a template's table."""
    wanted = {"TableName": name} | {field: properties[field] for field in _OF_A_TABLE if field in properties}
    status, _, content = _call("DynamoDB_20120810.CreateTable", json.dumps(wanted).encode())
    assert status == 200, content


def forget_tables() -> None:
    """There are no tables any more."""
    dynamodb.reset()


def _target(request: AWSPreparedRequest) -> str:
    target: str | bytes = request.headers.get("X-Amz-Target", "")  # signing has made bytes of it
    return target if isinstance(target, str) else target.decode()


def _call(target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """One request after another: the engine is made for a single thread."""
    with _one_request, request_scope(ACCOUNT_ID, REGION):
        answering = dynamodb.handle_request("POST", "/", {"x-amz-target": target}, body, {})
        try:
            answering.send(None)  # it waits for nothing, so this runs it to its end
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]  # the engine has no types
        message = "The engine waits for something: its answer is not at hand."
        raise AssertionError(message)
