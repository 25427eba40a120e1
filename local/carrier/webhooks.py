"""Twilio's calls to the application: form posts, signed with the account's auth token."""

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

_CONCURRENT_POSTS = 50
_ANSWER_LIMIT = 65_536
"""Bytes of an answer that are read; TwiML is shorter."""


@dataclass(slots=True, frozen=True)
class WebhookAnswer:
    """What came back: an HTTP status and a text, or the error that prevented them."""

    status: int | None = None
    text: str = ""
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver answered 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's success class


class Webhooks:
    """Posts signed forms, a bounded number at a time."""

    def __init__(self, session: aiohttp.ClientSession, auth_token: str) -> None:
        self._session = session
        self._auth_token = auth_token
        self._slots = asyncio.Semaphore(_CONCURRENT_POSTS)

    async def post(self, url: str, parameters: Mapping[str, str]) -> WebhookAnswer:
        """Post ``parameters`` to ``url`` once, signed; a receiver that cannot be reached is an answer too."""
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(self._auth_token, url, parameters),
        }
        async with self._slots:
            try:
                # The signature covers the URL as it was given: it must not be encoded anew.
                async with self._session.post(URL(url, encoded=True), data=parameters, headers=headers) as response:
                    text = await self._read(response)
                    return WebhookAnswer(status=response.status, text=text)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                return WebhookAnswer(error=f"{type(error).__name__}: {error}")

    @staticmethod
    async def _read(response: aiohttp.ClientResponse) -> str:
        content = bytearray()
        async for chunk in response.content.iter_any():
            content += chunk
            if len(content) >= _ANSWER_LIMIT:
                break
        return content[:_ANSWER_LIMIT].decode(errors="replace")


def sign(auth_token: str, url: str, parameters: Mapping[str, str]) -> str:
    """The ``X-Twilio-Signature`` of a form: HMAC-SHA1 over the URL and the sorted names, each with its value.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    signed = url + "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1")).decode()


@asynccontextmanager
async def open_webhooks(auth_token: str, timeout_seconds: float) -> AsyncIterator[Webhooks]:
    """Webhooks that sign with ``auth_token`` and give a receiver ``timeout_seconds``, on connections kept open."""
    timeout = aiohttp.ClientTimeout(total=timeout_seconds)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Webhooks(session, auth_token)
