"""What a developer or a test tells the carrier, and asks it: JSON, without authentication, on this machine only.

| operation           | what it does                                                                          |
|---------------------|---------------------------------------------------------------------------------------|
| GET /health         | the account, how many messages are remembered and how many are still under way        |
| GET /outbox         | what was accepted, newest last, with every callback posted; ``to``, ``limit``, ``before`` |
| DELETE /outbox      | forget every message and stop what is under way                                       |
| POST /inbound       | a text from outside: posts Twilio's inbound webhook and tells what came back          |
| GET /behaviour      | the conduct in force, with what is left of counted rules                              |
| PUT /behaviour      | replace it                                                                            |
| DELETE /behaviour   | behave well again                                                                     |
"""

from dataclasses import asdict
from itertools import dropwhile, islice
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.carrier.behaviour import Behaviour
from local.carrier.carrier import Carrier
from local.carrier.messages import API_VERSION, CallbackPost, Direction, Message, Status, new_sid
from local.carrier.segments import count_segments


class Media(BaseModel):
    """A picture or file that comes with an inbound message."""

    url: str
    content_type: str


class InboundText(BaseModel):
    """A text that somebody outside sends to one of the application's numbers."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(alias="from")
    to: str
    body: str = ""
    url: str | None = Field(default=None, description="The webhook; the configured one when left out.")
    message_sid: str = Field(
        default_factory=new_sid, pattern=r"^(SM|MM)[0-9a-f]{32}$", description="Again for a repeat."
    )
    media: list[Media] = Field(default_factory=list, max_length=10)
    parameters: dict[str, str] = Field(default_factory=dict, description="Further form fields, such as ProfileName.")

    def webhook_parameters(self, account_sid: str) -> dict[str, str]:
        """The form Twilio posts for it."""
        numbered = {f"MediaUrl{index}": media.url for index, media in enumerate(self.media)}
        numbered |= {f"MediaContentType{index}": media.content_type for index, media in enumerate(self.media)}
        return {
            "AccountSid": account_sid,
            "ApiVersion": API_VERSION,
            "Body": self.body,
            "From": self.sender,
            "MessageSid": self.message_sid,
            "NumMedia": str(len(self.media)),
            "NumSegments": str(count_segments(self.body)),
            "SmsMessageSid": self.message_sid,
            "SmsSid": self.message_sid,
            "SmsStatus": Status.RECEIVED.value,
            "To": self.to,
            **numbered,
            **self.parameters,
        }


class OutboxQuery(BaseModel):
    """Which accepted messages are asked for: those before a sid, the newest of them, to one recipient or all."""

    model_config = ConfigDict(extra="forbid")

    to: str | None = None
    before: str | None = None
    limit: int = Field(default=100, ge=1, le=1_000)


class Controls:
    """The controls, as endpoints over one carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/outbox", self.outbox, methods=["GET"]),
            Route("/outbox", self.empty_outbox, methods=["DELETE"]),
            Route("/inbound", self.inbound, methods=["POST"]),
            Route("/behaviour", self.behaviour, methods=["GET"]),
            Route("/behaviour", self.replace_behaviour, methods=["PUT"]),
            Route("/behaviour", self.reset_behaviour, methods=["DELETE"]),
        ]

    async def health(self, _request: Request) -> Response:
        """That the carrier is up; ``under_way`` is 0 once nothing more will happen by itself."""
        return JSONResponse(
            {
                "status": "ok",
                "account_sid": self._carrier.settings.account_sid,
                "messages": len(self._carrier.messages),
                "under_way": self._carrier.courier.under_way,
            }
        )

    async def outbox(self, request: Request) -> Response:
        """The newest accepted messages, newest last; ``earlier`` leads to those before them."""
        query = OutboxQuery.model_validate(_without_spaces(request.query_params))
        fitting = [message for message in self._carrier.messages.newest_first() if _is_accepted(message, query.to)]
        rest = iter(fitting)
        if query.before:
            rest = islice(dropwhile(lambda message: message.sid != query.before, fitting), 1, None)
        found = list(islice(rest, query.limit + 1))
        page = found[: query.limit][::-1]
        earlier = None
        if len(found) > query.limit:
            parameters = query.model_dump(exclude_none=True) | {"before": page[0].sid}
            earlier = f"/outbox?{urlencode(parameters)}"
        return JSONResponse(
            {"messages": [_outbox_entry(message) for message in page], "total": len(fitting), "earlier": earlier}
        )

    async def empty_outbox(self, _request: Request) -> Response:
        """Forget every message; none of those under way is announced any further."""
        await self._carrier.courier.stop()
        self._carrier.messages.clear()
        return Response(status_code=204)

    async def inbound(self, request: Request) -> Response:
        """Post an inbound message to the application, once, and tell what it answered."""
        text = InboundText.model_validate_json(await request.body())
        url = text.url or self._carrier.settings.inbound_url
        if url is None:
            return JSONResponse({"error": "Name a url, or start the carrier with an inbound url."}, status_code=422)
        account_sid = self._carrier.settings.account_sid
        message = Message(
            sid=text.message_sid,
            account_sid=account_sid,
            to=text.to,
            sender=text.sender,
            body=text.body,
            status=Status.RECEIVED,
            direction=Direction.INBOUND,
            media_count=len(text.media),
        )
        message.sent_at = message.created_at
        self._carrier.messages.add(message)
        answer = await self._carrier.webhooks.post(url, text.webhook_parameters(account_sid))
        return JSONResponse(
            {
                "message_sid": text.message_sid,
                "response_status": answer.status,
                "response_body": answer.text,
                "error": answer.error,
            }
        )

    async def behaviour(self, _request: Request) -> Response:
        """The behaviour in force."""
        return JSONResponse(self._carrier.behaviour.model_dump(mode="json"))

    async def replace_behaviour(self, request: Request) -> Response:
        """Behave as the body says from the next request on."""
        self._carrier.behaviour = Behaviour.model_validate_json(await request.body())
        return await self.behaviour(request)

    async def reset_behaviour(self, _request: Request) -> Response:
        """Behave well again."""
        self._carrier.behaviour = Behaviour()
        return Response(status_code=204)


def answer_validation_error(_request: Request, error: Exception) -> Response:
    """What is wrong with the body or query of a control."""
    if not isinstance(error, ValidationError):
        raise error
    return Response(
        error.json(include_url=False, include_context=False), status_code=422, media_type="application/json"
    )


def _without_spaces(query: QueryParams) -> dict[str, str]:
    # A bare "+" in a query string means a space; no recipient holds one.
    return {name: value.replace(" ", "+") for name, value in query.items()}


def _is_accepted(message: Message, recipient: str | None) -> bool:
    return message.direction is Direction.OUTBOUND and recipient in (None, message.to)


def _outbox_entry(message: Message) -> dict[str, object]:
    callbacks = [_callback_entry(post) for post in message.callbacks]
    return {**message.document(), "status_callback": message.status_callback, "callbacks": callbacks}


def _callback_entry(post: CallbackPost) -> dict[str, object]:
    return {**asdict(post), "posted_at": post.posted_at.isoformat()}
