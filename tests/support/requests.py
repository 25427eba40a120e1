"""HTTP API events (payload format 2.0), and what a handler answers to them."""

import base64
import gzip
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast
from urllib.parse import parse_qsl

from aws_lambda_powertools.utilities.typing import LambdaContext

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
_addresses = itertools.count(1)


class InvocationContext(LambdaContext):
    """What Lambda hands to a handler beside the event."""

    _aws_request_id = "invocation-1"
    _function_name = "function"
    _function_version = "$LATEST"
    _invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:function"
    _memory_limit_in_mb = 512

    def __init__(self, *, remaining_milliseconds: int = 60_000) -> None:
        self._remaining_milliseconds = remaining_milliseconds

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # declared static, but Lambda's own is not
        """How long this invocation may go on."""
        return self._remaining_milliseconds


@dataclass(frozen=True, slots=True)
class Answer:
    """A proxy answer, with its headers by lower-case name."""

    status: int
    headers: dict[str, str]
    content: bytes
    cookies: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """What whoever called gets of a handler's answer."""
        body = answer["body"] or ""
        return cls(
            status=answer["statusCode"],
            headers={name.lower(): str(value) for name, value in answer["headers"].items()},
            content=base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
            cookies=tuple(answer.get("cookies", ())),
        )

    @property
    def text(self) -> str:
        """The content as a browser shows it."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.content) if packed else self.content).decode(errors="replace")

    @property
    def error(self) -> str:
        """The code of ResultFlow's standard error."""
        return str(self.body["error"]["code"])

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object in the answer."""
        return cast("dict[str, Any]", json.loads(self.text))


def new_address() -> str:
    """An IPv4 address of 10.0.0.0/8 that nothing has called from yet."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def http_event(
    method: str,
    path: str,
    *,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: str = "",
    source_ip: str = "192.0.2.1",
    request_id: str = "request-1",
) -> dict[str, Any]:
    """The event of one request, as API Gateway writes it."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        **({"queryStringParameters": dict(parse_qsl(query))} if query else {}),
        "headers": {
            "content-type": "application/json",
            **{name.lower(): value for name, value in (headers or {}).items()},
        },
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": source_ip, "protocol": "HTTP/1.1"},
            "stage": "$default",
            "requestId": request_id,
        },
        "body": text,
        "isBase64Encoded": False,
    }


class Caller:
    """Somebody who calls a handler, from one address, with or without a token."""

    def __init__(self, handler: Handler, *, token: str = "", source_ip: str | None = None) -> None:
        self._handler = handler
        self._token = token
        self._source_ip = source_ip or new_address()

    def with_token(self, token: str) -> "Caller":
        """The same caller, signed in."""
        return Caller(self._handler, token=token, source_ip=self._source_ip)

    def get(self, path: str, **headers: str) -> Answer:
        """GET; a header's name is written with underscores."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """POST of a JSON body; a header's name is written with underscores."""
        return self.send("POST", path, text=None if body is None else json.dumps(body), headers=headers)

    def put(self, path: str, body: object) -> Answer:
        """PUT of a JSON body."""
        return self.send("PUT", path, text=json.dumps(body))

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.send("DELETE", path)

    def send(
        self,
        method: str,
        path: str,
        *,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        remaining_milliseconds: int = 60_000,
    ) -> Answer:
        """Any request, its path with its query, its body as it goes over the wire."""
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self._token:
            named.setdefault("authorization", f"Bearer {self._token}")
        place, _, query = path.partition("?")
        event = http_event(method, place, text=text, headers=named, query=query, source_ip=self._source_ip)
        return Answer.of(self._handler(event, InvocationContext(remaining_milliseconds=remaining_milliseconds)))
