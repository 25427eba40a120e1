"""Safe retries: the first answer to an Idempotency-Key comes back for a day, built on Powertools Idempotency."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from herald.errors import Conflict, Invalid, Unprocessable
from herald.values.clock import Clock, epoch_seconds, utc_now
from herald.values.ids import new_id

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import ResponseBuilder
    from aws_lambda_powertools.utilities.typing import LambdaContext

KEPT_FOR = timedelta(hours=24)
"""Mifumo: "Keys are valid for 24 hours and prevent duplicate operations"."""
LONGEST_KEY = 255
LARGEST_KEPT = 380 * 1024
"""Bytes of an answer, escaped as it is stored; DynamoDB's items end at 400 KB, and a record has more attributes."""


class StillRunning(Conflict):
    """The first request under this key has not ended yet."""

    default_code = "request_in_progress"


class AnswerNotKept(Conflict):
    """The first request under this key succeeded; only its answer is gone."""

    default_code = "answer_not_kept"


class _NotKept(Exception):
    def __init__(self, answer: "ResponseBuilder[Any]") -> None:
        super().__init__("not kept")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request under an Idempotency-Key, which is good within its ``scope``: a caller, a path and its query.

    Raises:
        Invalid: the key is longer than 255 characters.
    """

    scope: str
    key: str
    body: str

    def __post_init__(self) -> None:
        if len(self.key) > LONGEST_KEY:
            raise Invalid(
                "The Idempotency-Key is too long.", fields={"Idempotency-Key": f"at most {LONGEST_KEY} characters"}
            )

    def place(self, kind: str) -> str:
        """The key of an item that remembers something of it."""
        return f"{kind}#{sha256(f'{self.scope}#{self.key}'.encode()).hexdigest()}"


class IdempotentAnswers:
    """Remembers successful answers by tenant, path and key in one table."""

    def __init__(self, table: str, *, clock: Clock = utc_now) -> None:
        self._table = table
        self._clock = clock

    def replay_or_run(
        self, request: IdempotentRequest, context: "LambdaContext", run: "Callable[[], ResponseBuilder[Any]]"
    ) -> "ResponseBuilder[Any]":
        """The remembered answer of an earlier request with this key and body, or the answer of ``run``, remembered.

        Failures are not remembered: a corrected or repeated request may use the key again. A first request that died
        at work holds its key for no longer than its invocation could last, which ``context`` tells. Of an answer that
        is too large to be kept, it is remembered that it was given: what it did must not be done twice.

        Raises:
            Unprocessable: the key was used with another body (``idempotency_key_reused``).
            StillRunning: the first request is still at work.
            AnswerNotKept: the first request succeeded, and its answer was too large to be kept.
        """
        return _replay_or_run(self._table, asdict(request), context, run)

    def run_for_one_body(
        self, request: IdempotentRequest, run: "Callable[[], ResponseBuilder[Any]]"
    ) -> "ResponseBuilder[Any]":
        """The answer of ``run``, which is not remembered, as it holds a secret; its key is good for this body alone.

        A try that died holds its key as one that succeeded does: nobody knows what it did. After a failure the request
        may be corrected under the same key.

        Raises:
            Unprocessable: the key was used with another body (``idempotency_key_reused``).
        """
        place, fingerprint = request.place("body"), sha256(request.body.encode()).hexdigest()
        kept = self._set_down(place, "fingerprint", fingerprint)
        if kept is not None and kept != fingerprint:
            raise _key_reused()
        answer = run()
        if kept is None and answer.response.status_code >= HTTPStatus.BAD_REQUEST:
            self._forget(place)
        return answer

    def creation_id(self, request: IdempotentRequest) -> str:
        """The id of what a request under this key creates: the same for every try within `KEPT_FOR`, then another.

        It is set down before anything is created, so that a try which died between its effect and its record is
        recognised by the next; and it carries its time, as every new id does.
        """
        proposed = new_id()
        return self._set_down(request.place("creation"), "created_id", proposed) or proposed

    def _set_down(self, place: str, name: str, value: str) -> str | None:
        """Stores a value for `KEPT_FOR`; where there is one already, gives that one and changes nothing."""
        from botocore.exceptions import ClientError

        from herald.storage import dynamodb_client

        now = epoch_seconds(self._clock())
        try:
            dynamodb_client().put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": place},
                    name: {"S": value},
                    "expiration": {"N": str(now + int(KEPT_FOR.total_seconds()))},
                },
                ConditionExpression="attribute_not_exists(pk) OR expiration <= :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            kept: dict[str, dict[str, str]] = error.response["Item"]  # type: ignore[typeddict-item]  # asked for above
            return kept[name]["S"]
        return None

    def _forget(self, place: str) -> None:
        from herald.storage import dynamodb_client

        dynamodb_client().delete_item(TableName=self._table, Key={"pk": {"S": place}})


def _key_reused() -> Unprocessable:
    return Unprocessable(
        "This Idempotency-Key was used with another body; use a new key.",
        code="idempotency_key_reused",
        fields={"Idempotency-Key": "used with another body"},
    )


def _replay_or_run(
    table: str, request: dict[str, str], context: "LambdaContext", run: "Callable[[], ResponseBuilder[Any]]"
) -> "ResponseBuilder[Any]":
    from aws_lambda_powertools.event_handler.api_gateway import Response, ResponseBuilder
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyAlreadyInProgressError,
        IdempotencyValidationError,
    )
    from aws_lambda_powertools.utilities.idempotency.persistence.dynamodb import DynamoDBPersistenceLayer

    from herald.storage import dynamodb_client

    given: list[ResponseBuilder[Any]] = []

    @idempotent_function(  # type: ignore[untyped-decorator]  # Powertools leaves its result untyped
        data_keyword_argument="request",
        persistence_store=DynamoDBPersistenceLayer(table, key_attr="pk", boto3_client=dynamodb_client()),
        config=IdempotencyConfig(
            event_key_jmespath="[scope, key]",
            payload_validation_jmespath="body",
            expires_after_seconds=int(KEPT_FOR.total_seconds()),
            lambda_context=context,
        ),
        key_prefix="answer",
    )
    def answer(*, request: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001 - Powertools reads the key from it
        builder = run()
        if builder.response.status_code >= HTTPStatus.BAD_REQUEST:
            raise _NotKept(builder)
        given.append(builder)
        return _kept(builder)

    try:
        kept = answer(request=request)
    except _NotKept as failure:
        return failure.answer
    except IdempotencyValidationError as error:
        raise _key_reused() from error
    except IdempotencyAlreadyInProgressError as error:
        raise StillRunning(
            "The first request with this Idempotency-Key is still at work; ask again in a moment.",
            retry_after=1,
        ) from error
    if "body" in kept:
        return ResponseBuilder(Response(status_code=kept["status"], headers=kept["headers"], body=kept["body"]))
    if given:
        return given[0]
    raise AnswerNotKept(
        "The first request with this Idempotency-Key succeeded, but its answer was too large to be kept; "
        "read what it made.",
        fields={"status": kept["status"]},
    )


def _kept(builder: "ResponseBuilder[Any]") -> dict[str, Any]:
    response = builder.response
    body = response.body if isinstance(response.body, str) else builder.serializer(response.body)
    kept = {"status": response.status_code, "headers": dict(response.headers), "body": body}
    return kept if len(json.dumps(kept)) <= LARGEST_KEPT else {"status": response.status_code}
