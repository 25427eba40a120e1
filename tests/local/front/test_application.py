import asyncio
from collections.abc import Mapping

import httpx
import pytest

from local.front.application import ApiLocation, create_application

STAGE = "http://127.0.0.1:4566/_aws/execute-api/abcd/$default"


class Engine(httpx.AsyncBaseTransport):
    """Remembers what it was asked, and answers what it was told to."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.target = b""
        self.content = b""
        self.headers = httpx.Headers()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.target = request.extensions["target"]
        self.headers = request.headers
        self.content = await request.aread()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answer(status: int = 200, headers: list[tuple[str, str]] | None = None, content: bytes = b"") -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def ask(
    engine: Engine, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    async def asked() -> httpx.Response:
        application = create_application(ApiLocation(STAGE), engine)
        transport = httpx.ASGITransport(application, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(asked())


def test_path_query_and_body_arrive_exactly_as_sent() -> None:
    engine = Engine(answer())
    ask(engine, "PUT", "/a%2Fb/c%20d?x=1&x=2&y=%2F+z", content=b"\x00\xff")

    assert engine.target == b"/_aws/execute-api/abcd/$default/a%2Fb/c%20d?x=1&x=2&y=%2F+z"
    assert engine.content == b"\x00\xff"


def test_the_caller_is_named_and_cannot_name_itself() -> None:
    engine = Engine(answer())
    ask(engine, "GET", "/", headers={"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "gopher"})

    assert engine.headers["x-forwarded-for"] == "203.0.113.9, 192.0.2.7"
    assert engine.headers["x-forwarded-proto"] == "http"
    assert engine.headers["host"] == "testserver"


def test_redirects_cookies_and_binary_answers_pass_unchanged() -> None:
    headers = [("location", "/elsewhere"), ("set-cookie", "a=1"), ("set-cookie", "b=2"), ("connection", "close")]
    received = ask(Engine(answer(302, headers, bytes(range(256)))), "GET", "/")

    assert received.status_code == 302
    assert received.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert received.headers["location"] == "/elsewhere"
    assert "connection" not in received.headers
    assert received.content == bytes(range(256))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_passes(method: str) -> None:
    assert ask(Engine(answer(204)), method, "/").status_code == 204


@pytest.mark.parametrize(
    ("failure", "status"), [(httpx.ConnectError("refused"), 503), (httpx.ReadTimeout("late"), 504)]
)
def test_an_absent_engine_is_said_in_json(failure: Exception, status: int) -> None:
    received = ask(Engine(failure), "GET", "/")

    assert received.status_code == status
    assert received.json()["message"]
