"""The local front: one plain address in front of the engine's long ones.

On AWS the API's own domain does this. Requests and answers pass through unchanged, byte for byte; a request in the
name of somebody of AWS passes only with a good signature.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from local.front.signature import is_signed, names_a_key
from local.front.websocket import relay

_CONNECT_SECONDS = 2
_ANSWER_SECONDS = 60  # twice what API Gateway allows a function (30 s): the engine's own answer comes first
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)  # RFC 9110, section 7.6.1
_FORWARDING = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port"})


class _Anything(PathConvertor):
    """A path with whatever is in it: Starlette's own ends at a line feed."""

    regex = r"[\s\S]*"


register_url_convertor("anything", _Anything())


@dataclass(frozen=True)
class ApiLocation:
    """Where the engine serves the deployed APIs.

    Attributes:
        http: Address of the HTTP API's stage, without a slash at the end.
        websocket: Address of the WebSocket API's stage, if there is one.
    """

    http: str
    websocket: str | None = None


def create_application(location: ApiLocation, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """The front as an ASGI application.

    Args:
        location: Where the engine serves the APIs.
        transport: How to reach the engine; by default over the network.
    """
    client = httpx.AsyncClient(
        transport=transport or httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=200)),
        timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def connect(socket: WebSocket) -> None:
        await relay(socket, location.websocket)

    routes = [
        Route("/front/health", _healthy),
        WebSocketRoute("/ws", connect),
        Route("/{path:anything}", _HttpFront(location.http, client)),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _healthy(_: Request) -> Response:
    return Response(status_code=204)


class _HttpFront:
    """Passes each request on. An ASGI class, because Starlette gives those every method."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self._address = address
        self._path = urlsplit(address).path.encode()
        self._client = client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if names_a_key(request) and not await is_signed(request):
            return _problem(403, "Forbidden")
        try:
            upstream = await self._client.send(self._onward(request), stream=True)
        except httpx.TimeoutException:
            return _problem(504, "The API did not answer in time.")
        except httpx.TransportError:
            return _problem(503, "The API is not running. Is the local stack still starting?")
        answer = StreamingResponse(_content(upstream), status_code=upstream.status_code)
        answer.raw_headers = [(name, value) for name, value in upstream.headers.raw if name.lower() not in _HOP_BY_HOP]
        return answer

    def _onward(self, request: Request) -> httpx.Request:
        # On AWS `/things/{proxy+}` also takes `/things/`; the engine would call that path unknown.
        target: bytes = self._path + (request.scope["raw_path"].rstrip(b"/") or b"/")
        if query := request.scope["query_string"]:
            target += b"?" + query
        return httpx.Request(
            request.method,
            self._address,
            headers=forwarded_headers(request),
            content=request.stream() if _has_body(request.headers) else None,
            extensions={"target": target, "timeout": self._client.timeout.as_dict()},
        )


def forwarded_headers(request: Request) -> list[tuple[bytes, bytes]]:
    """The caller's headers, and who the caller was, as API Gateway adds it."""
    headers = [
        (name, value) for name, value in request.headers.raw if name not in _HOP_BY_HOP and name not in _FORWARDING
    ]
    caller = request.client.host if request.client else "127.0.0.1"
    before = request.headers.get("x-forwarded-for")
    port = request.scope["server"][1] if request.scope.get("server") else 80
    return [
        *headers,
        (b"x-forwarded-for", (f"{before}, {caller}" if before else caller).encode("latin-1")),
        (b"x-forwarded-proto", request.url.scheme.encode()),
        (b"x-forwarded-port", str(port).encode()),
    ]


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


async def _content(upstream: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in upstream.aiter_raw():
            yield chunk
    finally:
        await upstream.aclose()


def _problem(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"message": sentence}, status_code=status)
