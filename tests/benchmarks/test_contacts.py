"""The functions that the benchmark compares do the same work, and none of them lets a stranger in."""

import asyncio
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from benchmarks.contacts import on_async_fastapi, on_fastapi, on_herald
from benchmarks.contacts.event import event_of
from benchmarks.contacts.open_database import OpenDatabase
from benchmarks.rows.requests import open_database

FUNCTIONS = (on_herald, on_fastapi, on_async_fastapi)
CONTEXT = LambdaContext()


@pytest.fixture(autouse=True)
def event_loop() -> Iterator[None]:
    """Mangum asks for the thread's loop, as on Lambda; `asyncio.run` in an earlier test leaves the thread without."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.parametrize(("method", "status"), [("POST", 201), ("GET", 200)])
def test_all_give_the_same_answer_and_count_the_request_once(method: str, status: int) -> None:
    answers = []
    for function in FUNCTIONS:
        with open_database() as database:
            answer = function.handler(event_of(method), CONTEXT)
        answers.append((answer["statusCode"], json.loads(answer["body"])))
        assert database.calls == {"update_item": 1}

    assert answers[0][0] == status
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_forged_token_is_refused_and_not_counted(function: ModuleType) -> None:
    token = event_of("GET")["headers"]["authorization"].removeprefix("Bearer ")

    with open_database() as database:
        answer = function.handler(event_of("GET", token=f"{token[:-6]}forged"), CONTEXT)

    assert (answer["statusCode"], database.calls) == (401, {})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_body_that_breaks_a_rule_is_refused(function: ModuleType) -> None:
    with open_database():
        answer = function.handler(event_of("POST", body='{"name": "Jo"}'), CONTEXT)

    assert answer["statusCode"] in {400, 422}  # ours, and FastAPI's


class Remembering(OpenDatabase):
    """Keeps what it was asked for, but for the times: the minute may change between two requests."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[dict[str, object]] = []

    def update_item(self, **asked: Any) -> dict[str, Any]:
        values = {name: value for name, value in asked["ExpressionAttributeValues"].items() if name == ":one"}
        self.writes.append({**asked, "ExpressionAttributeValues": values})
        return super().update_item(**asked)


def test_both_sides_ask_the_database_for_the_same_write() -> None:
    database = Remembering()

    with open_database(database):
        for function in FUNCTIONS:
            function.handler(event_of("GET"), CONTEXT)

    assert database.writes == [database.writes[0]] * len(FUNCTIONS)
