"""Twilio's REST API for messages, version 2010-04-01: create, fetch, list."""

import asyncio
import base64
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.carrier import problems
from local.carrier.behaviour import REFUSALS, Answer
from local.carrier.carrier import Carrier
from local.carrier.messages import API_VERSION, Message, Status
from local.carrier.silence import Silence

_E164 = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}")
_SENDER = re.compile(rf"{_E164.pattern}|\d{{3,8}}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{{1,11}}")
"""A number, a short code, or an alphanumeric sender ID."""
_LONGEST_BODY = 1_600
_LARGEST_PAGE = 1_000
_MILLISECONDS = 1_000

_Filter = Callable[[Message], bool]


class MessagesApi:
    """The three operations, as endpoints over one carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> list[Route]:
        """Where Twilio has them."""
        messages = f"/{API_VERSION}/Accounts/{{account_sid}}/Messages"
        return [
            Route(f"{messages}.json", self.create, methods=["POST"]),
            Route(f"{messages}.json", self.list, methods=["GET"]),
            Route(f"{messages}/{{message_sid}}.json", self.fetch, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Accept a message and start carrying it, or refuse it, as its rule says."""
        # Read before the latency passes: who hangs up in the meantime has sent the message all the same.
        form = QueryParams(await request.body())
        await self._admit(request)
        message = draft_message(self._carrier.settings.account_sid, form)
        behaviour = self._carrier.behaviour
        rule = behaviour.take_rule(message.to)
        if rule.answer is Answer.TIMEOUT:
            return Silence(behaviour.hold_milliseconds / _MILLISECONDS)
        if rule.answer in REFUSALS:
            REFUSALS[rule.answer].refuse(message.to)
        self._carrier.messages.add(message)
        self._carrier.courier.dispatch(message, rule, behaviour.step_milliseconds)
        if rule.answer is Answer.DROPPED:
            return Silence()
        return JSONResponse(message.document(), status_code=201)

    async def fetch(self, request: Request) -> Response:
        """One message."""
        await self._admit(request)
        message = self._carrier.messages.find(request.path_params["message_sid"])
        if message is None:
            problems.NOT_FOUND.refuse(request.url.path)
        return JSONResponse(message.document())

    async def list(self, request: Request) -> Response:
        """One page of the messages that fit To, From and DateSent, newest first."""
        await self._admit(request)
        query = request.query_params
        size = min(_whole_number(query, "PageSize", 50), _LARGEST_PAGE) or 1
        page = _whole_number(query, "Page", 0)
        filters = _filters(query)
        fitting = (
            message for message in self._carrier.messages.newest_first() if all(fits(message) for fits in filters)
        )
        start = page * size
        found = list(islice(fitting, start, start + size + 1))
        messages = [message.document() for message in found[:size]]

        def uri(number: int) -> str:
            return f"{request.url.path}?{urlencode({**query, 'PageSize': size, 'Page': number})}"

        content = {
            "messages": messages,
            "page": page,
            "page_size": size,
            "start": start,
            "end": start + max(len(messages) - 1, 0),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "previous_page_uri": uri(page - 1) if page else None,
            "next_page_uri": uri(page + 1) if len(found) > size else None,
        }
        return JSONResponse(content)

    async def _admit(self, request: Request) -> None:
        """Let the latency pass, then the account's owner and nobody else."""
        await asyncio.sleep(self._carrier.behaviour.latency_milliseconds / _MILLISECONDS)
        settings = self._carrier.settings
        pair = f"{settings.account_sid}:{settings.auth_token}".encode()
        expected = b"Basic " + base64.b64encode(pair)
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
            problems.UNAUTHENTICATED.refuse()
        if request.path_params["account_sid"] != settings.account_sid:
            problems.NOT_FOUND.refuse(request.url.path)


def draft_message(account_sid: str, form: QueryParams) -> Message:
    """The message a form asks for, checked in Twilio's order.

    Raises:
        Refusal: for the first thing that is missing or wrong.
    """
    recipient, sender, service = form.get("To", ""), form.get("From") or None, form.get("MessagingServiceSid") or None
    body, media, callback = form.get("Body", ""), form.getlist("MediaUrl"), form.get("StatusCallback") or None
    if not recipient:
        problems.MISSING_RECIPIENT.refuse()
    if not sender and not service:
        problems.MISSING_SENDER.refuse()
    if not body and not media and not form.get("ContentSid"):
        problems.MISSING_BODY.refuse()
    if not _E164.fullmatch(recipient):
        problems.INVALID_RECIPIENT.refuse(recipient)
    if sender and not _SENDER.fullmatch(sender):
        problems.INVALID_SENDER.refuse(sender)
    if sender == recipient:
        problems.SAME_NUMBER.refuse(recipient)
    if len(body) > _LONGEST_BODY:
        problems.BODY_TOO_LONG.refuse()
    if callback and not _is_web_address(callback):
        problems.INVALID_STATUS_CALLBACK.refuse(callback)
    return Message(
        account_sid=account_sid,
        to=recipient,
        sender=sender,
        body=body,
        status=Status.QUEUED if sender else Status.ACCEPTED,
        messaging_service_sid=service,
        status_callback=callback,
        media_count=len(media),
    )


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _whole_number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - ten digits and more count no messages
        problems.INVALID_PARAMETER.refuse(name)
    return int(text)


def _filters(query: QueryParams) -> list[_Filter]:
    filters: list[_Filter] = []
    if recipient := query.get("To"):
        filters.append(lambda message: message.to == recipient)
    if sender := query.get("From"):
        filters.append(lambda message: message.sender == sender)
    if text := query.get("DateSent"):
        first, end = _period(text)
        filters.append(lambda message: message.sent_at is not None and first <= message.sent_at < end)
    # "DateSent<=2026-11-22" is a parameter named "DateSent<": both inequalities include the day they name.
    if text := query.get("DateSent<"):
        last = _period(text)[1]
        filters.append(lambda message: message.sent_at is not None and message.sent_at < last)
    if text := query.get("DateSent>"):
        earliest = _period(text)[0]
        filters.append(lambda message: message.sent_at is not None and message.sent_at >= earliest)
    return filters


def _period(text: str) -> tuple[datetime, datetime]:
    """The day, or the second, that a date or a date with a time names (UTC): its beginning and its end."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        problems.INVALID_PARAMETER.refuse("DateSent")
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    return start, start + (timedelta(days=1) if len(text) == len("2026-11-22") else timedelta(seconds=1))
