"""The documentation function as it stands in a deployment: built, imported, and asked as the HTTP API asks it."""

import importlib
import os
from collections.abc import Mapping
from types import ModuleType
from unittest import mock

from local.assets import build_assets
from tests.support.requests import Answer, InvocationContext, http_event

ENVIRONMENT = {
    "ADMISSIONS_TABLE": "admissions",
    "IDENTITY_TABLE": "identity",
    "IDEMPOTENCY_TABLE": "idempotency",
    "SIGNING_KEY_SECRET": "signing-key",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


def docs_function() -> ModuleType:
    build_assets()
    with mock.patch.dict(os.environ, ENVIRONMENT):
        return importlib.import_module("functions.platform.docs.app")


def ask(function: ModuleType, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer.of(function.handler(http_event("GET", path, headers=headers), InvocationContext()))
