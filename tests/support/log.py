"""The log of the functions under test, line by line."""

import json
from collections.abc import Callable
from typing import Any

import pytest

ReadLog = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def read_log(capsys: pytest.CaptureFixture[str]) -> ReadLog:
    """Gives the lines written since it was last asked."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
