"""What a request costs here, and what it costs on FastAPI and Mangum."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from unittest.mock import patch

from aws_lambda_powertools.utilities.typing import LambdaContext

from benchmarks.contacts import admission, on_async_fastapi, on_fastapi, on_herald
from benchmarks.contacts.event import event_of
from benchmarks.contacts.models import ADMISSIONS_TABLE
from benchmarks.contacts.open_database import OpenDatabase
from benchmarks.meter import cpu_seconds_of_calls
from benchmarks.row import AtLeast, AtMost, CostRatio, NoBound
from herald.settings import settings

Event = Mapping[str, Any]
_CALLS = 50
_TURNS_PER_ROUND = 6
_BOTH_SIDES = (
    "from Lambda's event to its answer, on one core. Both verify a signed HS256 token with PyJWT (one person asks "
    "again and again: Herald checks a token's signature once, and its time, key and session each time), make one "
    "conditional write for the admission (botocore's client replaced by one that answers at once), and validate "
    "with the same pydantic models; Herald's side also writes its log line, and headers for limits and security."
)


class ValidatedPost(CostRatio):
    what = "A validated POST: token, admission, a body of five fields, an answer of five"
    against = "FastAPI and Mangum, `def` routes"
    bound: ClassVar[AtMost | AtLeast | NoBound] = AtMost(0.35)
    how = f"CPU time of {_CALLS} warm calls per turn, six turns per round, {_BOTH_SIDES}"
    method = "POST"
    reference = on_fastapi

    def reach(self, rounds: int) -> float:
        # Short turns, so that both sides have their share of whatever else the machine does.
        return super().reach(rounds * _TURNS_PER_ROUND)

    def cost(self) -> float:
        return _cost_of_calls(on_herald, self.method)

    def reference_cost(self) -> float:
        return _cost_of_calls(self.reference, self.method)


class ValidatedPostAsync(ValidatedPost):
    what = "The same POST"
    against = "FastAPI and Mangum, `async def` routes"
    bound = NoBound()
    how = "As above, but neither route nor token check goes through FastAPI's thread pool: the database call blocks."
    reference = on_async_fastapi


class ListOfFifty(ValidatedPost):
    what = "A list of 50: token, admission, an answer of 50 items"
    bound: ClassVar[AtMost | AtLeast | NoBound] = AtMost(0.4)
    how = f"CPU time of {_CALLS} warm calls per turn, six turns per round, {_BOTH_SIDES}"
    method = "GET"


class ListOfFiftyAsync(ListOfFifty):
    what = "The same list"
    against = "FastAPI and Mangum, `async def` routes"
    bound = NoBound()
    how = "As above, without FastAPI's thread pool."
    reference = on_async_fastapi


@contextlib.contextmanager
def open_database(database: OpenDatabase | None = None) -> Iterator[OpenDatabase]:
    """One database in place of the client of either side."""
    database = database or OpenDatabase()
    settings.cache_clear()
    with (
        patch.dict(os.environ, {"ADMISSIONS_TABLE": ADMISSIONS_TABLE, "IDENTITY_TABLE": "identity"}),
        patch("herald.identity.rate_limits.store.dynamodb_client", lambda: database),
        patch("herald.identity.tenants.store.dynamodb_client", lambda: database),
        patch.object(admission, "dynamodb_client", lambda: database),
    ):
        yield database
    settings.cache_clear()


def _cost_of_calls(function: ModuleType, method: str) -> float:
    event = event_of(method)
    with _one_core(), _unseen_log(), open_database():
        return cpu_seconds_of_calls(_call(function.handler, event), calls=_CALLS)


def _call(handler: Callable[[Event, LambdaContext], Event], event: Event) -> Callable[[], object]:
    context = LambdaContext()
    answer = handler(event, context)
    if answer["statusCode"] not in {200, 201}:  # anything else would be measured in vain
        raise RuntimeError(answer["body"])
    return lambda: handler(event, context)


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """As on Lambda, where a function of ordinary size has less than one; FastAPI's threads begin on the same."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@contextlib.contextmanager
def _unseen_log() -> Iterator[None]:
    """Log lines are written, but not between the lines of the table."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


ROWS = (ValidatedPost, ValidatedPostAsync, ListOfFifty, ListOfFiftyAsync)
