"""What DynamoDB answers, or what others do, at the moment of a transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from herald.storage import dynamodb_client

_TRANSACTION = "before-call.dynamodb.TransactWriteItems"


@contextmanager
def contended(*, times: int) -> Iterator[list[float]]:
    """The answer to two transactions that meet on one item, so many times.

    Waiting for the next try takes no time; gives the seconds that each would have taken.
    """
    conflicts = iter(range(times))

    def conflict() -> None:
        if next(conflicts, None) is not None:
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(answer, "TransactWriteItems")

    with pytest.MonkeyPatch.context() as patched, before_transactions(conflict):
        waits: list[float] = []
        patched.setattr("tenacity.nap.time.sleep", waits.append)
        yield waits


@contextmanager
def before_transactions(happens: Callable[[], object]) -> Iterator[None]:
    """Lets something happen between what was read and each transaction that is made of it."""
    events = dynamodb_client().meta.events

    def interrupt(**_request: object) -> None:
        happens()

    events.register(_TRANSACTION, interrupt)
    try:
        yield
    finally:
        events.unregister(_TRANSACTION, interrupt)
