"""The documentation function as it stands in a deployment: built, imported, and asked as the HTTP API asks it."""

import base64
import gzip
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest import mock

from local.assets import build_assets

ENVIRONMENT = {
    "ADMISSIONS_TABLE": "admissions",
    "IDENTITY_TABLE": "identity",
    "IDEMPOTENCY_TABLE": "idempotency",
    "SIGNING_KEY_SECRET": "signing-key",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        compressed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.content) if compressed else self.content).decode()


class Context:
    aws_request_id = "request-1"
    function_name = "docs"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:docs"


def docs_function() -> ModuleType:
    build_assets()
    with mock.patch.dict(os.environ, ENVIRONMENT):
        return importlib.import_module("functions.platform.docs.app")


def ask(function: ModuleType, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"},
            "stage": "$default",
            "requestId": "request-1",
        },
        "body": None,
        "isBase64Encoded": False,
    }
    answer = function.handler(event, Context())
    body = answer["body"] or ""
    content = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
    return Answer(answer["statusCode"], answer["headers"], content)
