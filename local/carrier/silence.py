"""Closing a connection without an answer, which ASGI has no word for."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_EXTENSION = "carrier.abort_connection"


class AbortableProtocol(H11Protocol):
    """Uvicorn's HTTP protocol, with the means to abort the connection handed to the application."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrowed as uvicorn narrows it
        """Offer ``transport.abort`` to every request of this connection."""
        super().connection_made(transport)
        application = cast(
            "Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]",
            self.app,
        )

        async def abortable(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), _EXTENSION: transport.abort}
            await application({**scope, "extensions": extensions}, receive, send)

        self.app = abortable


class Silence(Response):
    """No answer at all: the connection is held for a while, then closed."""

    def __init__(self, hold_seconds: float = 0.0) -> None:
        super().__init__()
        self._hold_seconds = hold_seconds

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Wait for the client to hang up, at most ``hold_seconds``; then hang up.

        Raises:
            RuntimeError: if the server is not one made by ``local.carrier.server``.
        """
        abort = scope.get("extensions", {}).get(_EXTENSION)
        if abort is None:
            raise RuntimeError("Only a server with the AbortableProtocol can close a connection without an answer.")
        try:
            await asyncio.wait_for(_disconnected(receive), self._hold_seconds)
        except TimeoutError:
            abort()
            # The server takes a request for finished, not for forgotten, once it has noticed the end.
            await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
