"""A running carrier, the real Twilio client talking to it, and an application that receives its webhooks."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from local.carrier.server import create_application, serve_in_thread
from local.carrier.settings import CarrierSettings

DEADLINE_SECONDS = 10.0


@dataclass(frozen=True)
class Post:
    """One webhook as it arrived."""

    url: str
    parameters: dict[str, str]
    signature: str

    @property
    def status(self) -> str:
        return self.parameters["MessageStatus"]


@dataclass
class Receiver:
    """The application side of the webhooks: keeps what arrives, and answers what it is told to."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; 200 once they are used up."""
    text: str = ""
    _arrival: Condition = field(default_factory=Condition)

    async def receive(self, request: Request) -> Response:
        form = dict(QueryParams(await request.body()))
        post = Post(str(request.url), form, request.headers["X-Twilio-Signature"])
        with self._arrival:
            self.posts.append(post)
            status = self.answers.pop(0) if self.answers else 200
            self._arrival.notify_all()
        return PlainTextResponse(self.text, status_code=status)

    def wait_for(self, count: int) -> list[Post]:
        """The posts, once there are at least ``count``."""
        with self._arrival:
            assert self._arrival.wait_for(lambda: len(self.posts) >= count, DEADLINE_SECONDS), self.posts
            return list(self.posts)

    def wait_for_statuses(self, count: int) -> list[str]:
        return [post.status for post in self.wait_for(count)]


class RedirectedHttpClient:
    """Twilio's own HTTP client, with the public host replaced by the carrier's."""

    is_async = False

    def __init__(self, base_url: str, timeout: float) -> None:
        self._base_url = base_url
        self._client = TwilioHttpClient(timeout=timeout)

    def request(self, method: str, url: str, **arguments: Any) -> Any:
        return self._client.request(method, url.replace("https://api.twilio.com", self._base_url), **arguments)


@dataclass
class RunningCarrier:
    """A carrier with the controls at hand."""

    url: str
    settings: CarrierSettings
    controls: httpx.Client

    def client(self, auth_token: str | None = None, timeout: float = DEADLINE_SECONDS) -> Any:
        """Twilio's client library, pointed here."""
        http_client = RedirectedHttpClient(self.url, timeout)
        return Client(self.settings.account_sid, auth_token or self.settings.auth_token, http_client=http_client)

    def behave(self, **behaviour: object) -> None:
        self.controls.put("/behaviour", json=behaviour).raise_for_status()

    def outbox(self, **query: str | int) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (
            self.controls.get("/outbox", params=query).raise_for_status().json()["messages"]
        )
        return messages

    def wait_until_quiet(self) -> None:
        """Return once nothing more will happen by itself."""
        eventually(lambda: self.controls.get("/health").json()["under_way"] == 0)

    def signed(self, post: Post) -> bool:
        return bool(RequestValidator(self.settings.auth_token).validate(post.url, post.parameters, post.signature))


def eventually(condition: Callable[[], bool]) -> None:
    """Ask again until ``condition`` holds; each question is a round trip to the server."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "The condition did not come true in time."


@pytest.fixture(scope="session")
def shared_carrier() -> Iterator[RunningCarrier]:
    settings = CarrierSettings(webhook_backoff_milliseconds=1)
    with serve_in_thread(create_application(settings)) as url, httpx.Client(base_url=url) as controls:
        yield RunningCarrier(url, settings, controls)


@pytest.fixture
def carrier(shared_carrier: RunningCarrier) -> Iterator[RunningCarrier]:
    """The carrier, empty and well behaved, in a hurry."""
    shared_carrier.behave(step_milliseconds=1)
    yield shared_carrier
    shared_carrier.controls.delete("/behaviour").raise_for_status()
    shared_carrier.controls.delete("/outbox").raise_for_status()


@pytest.fixture(scope="session")
def receiver_server() -> Iterator[tuple[str, list[Receiver]]]:
    receivers: list[Receiver] = []

    async def receive(request: Request) -> Response:
        number: int = request.path_params["number"]
        return await receivers[number].receive(request)

    with serve_in_thread(Starlette(routes=[Route("/{number:int}/status", receive, methods=["POST"])])) as url:
        yield url, receivers


@pytest.fixture
def receiver(receiver_server: tuple[str, list[Receiver]], carrier: RunningCarrier) -> Receiver:
    """A receiver at an address of its own, so that nothing late from another test reaches it."""
    url, receivers = receiver_server
    # The message id of the application travels in the query, and takes part in the signature.
    receiver = Receiver(url=f"{url}/{len(receivers)}/status?message=7%2F8&again=a+b")
    receivers.append(receiver)
    return receiver
