"""The carrier as an application, and the server it needs."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from local.carrier.api import MessagesApi
from local.carrier.carrier import Carrier
from local.carrier.controls import Controls, answer_validation_error
from local.carrier.problems import Refusal, answer_http_exception, answer_refusal, answer_server_error
from local.carrier.settings import CarrierSettings
from local.carrier.silence import AbortableProtocol

HOST = "127.0.0.1"
"""The controls know no authentication, so nobody outside this machine may reach them."""

_LARGEST_REQUEST = 1_048_576
"""Bytes; a thousand rules fit."""
_START_SECONDS = 10.0


def create_application(settings: CarrierSettings) -> Starlette:
    """A carrier with an empty memory that behaves well."""
    carrier = Carrier(settings)

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        async with carrier.run():
            yield

    return Starlette(
        routes=[*MessagesApi(carrier).routes(), *Controls(carrier).routes()],
        lifespan=lifespan,
        max_body_size=_LARGEST_REQUEST,
        exception_handlers={
            Refusal: answer_refusal,
            ValidationError: answer_validation_error,
            HTTPException: answer_http_exception,
            Exception: answer_server_error,
        },
    )


class LocalServer(uvicorn.Server):
    """A server on this machine that can drop connections, and tells when it has started."""

    def __init__(self, application: ASGIApp, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                host=HOST,
                port=port,
                http=AbortableProtocol,
                ws="none",
                lifespan="on",
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self.settled = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; ``settled`` is set whether that succeeds or fails."""
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()


@contextmanager
def serve_in_thread(application: ASGIApp) -> Iterator[str]:
    """Serve ``application`` on a free port from a thread of this process, and give its base URL.

    Raises:
        RuntimeError: if it has not started within ten seconds.
    """
    server = LocalServer(application, port=0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        if not server.settled.wait(_START_SECONDS) or not server.started:
            raise RuntimeError("The server did not start; its log says why.")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join()
