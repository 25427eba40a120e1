"""The short way through Powertools answers as its own way does."""

import json
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field

from herald.http.dispatch import ShortWayResolver
from herald.http.resolver import _to_json


class Order(BaseModel):
    name: str = Field(max_length=5)
    count: int = 1


class Answer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    total: float = Field(alias="theTotal")
    names: list[str] = []


class OwnWayResolver(ShortWayResolver):
    def _takes_short_way(self, _route: object) -> bool:
        return False


def with_routes(api: ShortWayResolver) -> ShortWayResolver:
    api.post("/orders", status_code=201)(create)
    api.post("/wishes")(wish)
    api.get("/orders/<name>")(by_name)
    api.get("/orders/latest")(latest)
    api.get("/search")(search)
    api.get("/broken")(broken)
    api.get("/page")(a_page)
    api.get("/text")(a_text)
    api.get("/pair")(a_pair)
    api.get("/bare")(bare)
    api.get("/nothing")(nothing)
    return api


def create(order: Order) -> Answer:
    return Answer(total=order.count, names=[order.name])


def wish(order: Annotated[Order | None, Body()] = None) -> Answer:
    return Answer(total=order.count if order else 0)


def by_name(name: str) -> Answer:
    return Answer(total=float("inf"), names=[name])


def latest() -> list[Answer]:
    return [Answer(total=2.5)]


def search(limit: Annotated[int, Query(le=10)] = 3, trace: Annotated[str, Header()] = "") -> dict[str, object]:
    return {"limit": limit, "trace": trace}


def broken() -> Answer:
    return {"names": 7}  # type: ignore[return-value]  # that is what is tested


def a_page() -> Response[str]:
    return Response(200, "text/html", "<p>")


def a_text() -> str:
    return "plain"


def a_pair() -> dict[str, int]:
    return {"a": 1}, 202  # type: ignore[return-value]  # Powertools takes a status beside the body


def bare():  # type: ignore[no-untyped-def]  # noqa: ANN201 - a route may say nothing of its answer
    return {"a": [1]}


def nothing() -> None:
    return None


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", "/orders", {}, '{"name": "Jo", "count": 3}'),
        ("POST", "/orders", {}, '{"name": "much too long"}'),
        ("POST", "/orders", {}, "{}"),
        ("POST", "/orders", {}, "[]"),
        ("POST", "/orders", {}, '[{"name": "Jo"}]'),
        ("POST", "/orders", {}, "3"),
        ("POST", "/orders", {}, "{broken"),
        ("POST", "/orders", {}, None),
        ("POST", "/wishes", {}, None),
        ("POST", "/wishes", {}, ""),
        ("POST", "/wishes", {}, "null"),
        ("POST", "/wishes", {}, "{broken"),
        ("POST", "/wishes", {}, '{"name": "Jo", "count": 3}'),
        ("POST", "/wishes", {}, '{"name": "much too long"}'),
        ("GET", "/orders/jo", {}, None),
        ("GET", "/orders/latest", {}, None),
        ("GET", "/search", {}, None),
        ("GET", "/search", {"limit": "5"}, None),
        ("GET", "/search", {"limit": "50"}, None),
        ("GET", "/broken", {}, None),
        ("GET", "/page", {}, None),
        ("GET", "/text", {}, None),
        ("GET", "/pair", {}, None),
        ("GET", "/bare", {}, None),
        ("GET", "/nothing", {}, None),
        ("GET", "/nowhere", {}, None),
    ],
)
def test_both_ways_give_the_same_answer(method: str, path: str, query: dict[str, str], body: str | None) -> None:
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "queryStringParameters": query,
        "headers": {"content-type": "application/json", "trace": "t1"},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": body,
    }

    assert answer_of(ShortWayResolver, event) == answer_of(OwnWayResolver, event)


def answer_of(kind: type[ShortWayResolver], event: dict[str, Any]) -> dict[str, Any]:
    api = kind(
        enable_validation=True,
        response_validation_error_http_code=500,
        serializer=_to_json,
        json_body_deserializer=json.loads,
    )
    answer = with_routes(api).resolve(event, LambdaContext())
    body = answer["body"]
    return {**answer, "body": json.loads(body) if body and body[0] in "[{" else body}


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json"}])
@pytest.mark.parametrize("body", [None, ""])
@pytest.mark.parametrize("kind", [ShortWayResolver, OwnWayResolver])
def test_a_body_that_may_be_left_out_may_be_left_out(
    kind: type[ShortWayResolver], body: str | None, headers: dict[str, str]
) -> None:
    event = {
        "version": "2.0",
        "rawPath": "/wishes",
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {"http": {"method": "POST", "path": "/wishes"}, "stage": "$default"},
        "body": body,
    }

    answer = answer_of(kind, event)

    assert (answer["statusCode"], answer["body"]) == (200, {"theTotal": 0.0, "names": []})
