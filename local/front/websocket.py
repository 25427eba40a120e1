"""One WebSocket connection, passed through to the engine."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

_UNAVAILABLE = 1013  # "try again later": the WebSocket close code registry
_KEPT = ("authorization", "cookie", "origin", "user-agent")
_ENDED = 1000
_PASSED_ON = frozenset({_ENDED, *range(3000, 5000)})  # the codes an endpoint may send (RFC 6455, section 7.4)


async def relay(socket: WebSocket, address: str | None) -> None:
    """Join the caller's connection with one to `address` until either side ends.

    A refused handshake is refused to the caller too.
    """
    if address is None:
        await socket.close(_UNAVAILABLE, "This deployment has no WebSocket API")
        return
    query = f"?{socket.url.query}" if socket.url.query else ""
    headers = [(name, socket.headers[name]) for name in _KEPT if name in socket.headers]
    try:
        upstream = await connect(
            address.replace("http", "ws", 1) + query,
            additional_headers=headers,
            user_agent_header=None,
            proxy=None,
        )
    except InvalidStatus:
        await socket.close()
        return
    except OSError:
        await socket.close(_UNAVAILABLE, "The API is not running")
        return
    async with upstream:
        await socket.accept()
        await _join(socket, upstream)


async def _join(socket: WebSocket, upstream: ClientConnection) -> None:
    """Run both directions; the first to end ends the other."""
    directions = [asyncio.create_task(_to_engine(socket, upstream)), asyncio.create_task(_to_caller(socket, upstream))]
    _, unfinished = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    for direction in unfinished:
        direction.cancel()
    await asyncio.gather(*directions, return_exceptions=True)


async def _to_engine(socket: WebSocket, upstream: ClientConnection) -> None:
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            content = message.get("text")
            await upstream.send(message["bytes"] if content is None else content)
    except (ConnectionClosed, WebSocketDisconnect):
        return


async def _to_caller(socket: WebSocket, upstream: ClientConnection) -> None:
    try:
        async for message in upstream:
            if isinstance(message, str):
                await socket.send_text(message)
            else:
                await socket.send_bytes(message)
    except ConnectionClosed:
        pass
    code = upstream.close_code or _ENDED
    await socket.close(code if code in _PASSED_ON else _ENDED, upstream.close_reason or "")
