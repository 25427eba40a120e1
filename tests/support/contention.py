"""What DynamoDB answers, or what others do, at the moment of a transaction."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from herald.storage import dynamodb_client


def contend(monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """The answer to two transactions that meet on one item, so many times; waiting for the next try takes no time."""
    conflicts = iter(range(times))

    def conflict() -> None:
        if next(conflicts, None) is not None:
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(answer, "TransactWriteItems")

    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    before_transactions(monkeypatch, conflict)


def before_transactions(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Lets something happen between what was read and each transaction that is made of it."""
    client = dynamodb_client()
    call = client._make_api_call  # type: ignore[attr-defined]  # what PynamoDB itself calls

    def interrupted(operation: str, request: dict[str, Any]) -> Any:
        if operation == "TransactWriteItems":
            happens()
        return call(operation, request)

    monkeypatch.setattr(client, "_make_api_call", interrupted)
