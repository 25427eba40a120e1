"""The log of the functions under test, line by line."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from herald import invocations

ReadLog = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def read_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadLog]:
    """Gives the lines written so far in this test."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "herald")
    handler = invocations._logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before)
