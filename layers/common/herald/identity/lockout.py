"""Wrong passwords slow sign-ins down, and then stop them for a while.

Counted by what was typed and by where it came from, whether or not there is such an account, so that being locked tells
nothing. A try is counted before its password is looked at: fifty at once are no more than ten.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError

from herald.errors import RateLimited
from herald.identity.rows import name_id
from herald.storage import dynamodb_client
from herald.values.clock import Clock, epoch_seconds, utc_now

TRIES_BEFORE_WAITING = 5
TRIES_BEFORE_LOCKING = 10
LOCKED_FOR = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=24)


class TooManyTries(RateLimited):
    """Sign-ins are stopped for a while; ``locked`` where that began just now."""

    default_code = "rate_limited"


class Attempts(Protocol):
    """Where tries are counted."""

    def count(self, subject: str, *, now: int) -> int:
        """Counts one try and gives how many there were, or raises TooManyTries."""
        ...

    def wait(self, subject: str, *, until: int) -> None:
        """Refuses the subject's tries until then (epoch seconds)."""
        ...

    def forget(self, subject: str) -> None:
        """Starts the count anew."""
        ...


@dataclass(frozen=True, slots=True)
class Try:
    """One sign-in that may go on; ``last`` where another wrong password locks the account."""

    login: str
    address: str
    last: bool


class Lockout:
    """Counts tries by login and by address."""

    def __init__(self, attempts: Attempts, *, clock: Clock = utc_now) -> None:
        self._attempts = attempts
        self._clock = clock

    def begin(self, *, login: str, address: str) -> Try:
        """Counts a try before its password is looked at.

        Raises:
            TooManyTries: with the seconds to wait.
        """
        counts = [self._count(subject) for subject in _subjects(login, address)]
        return Try(login, address, last=counts[0] >= TRIES_BEFORE_LOCKING)

    def succeed(self, attempt: Try) -> None:
        """Starts the counts anew: the password was right."""
        for subject in _subjects(attempt.login, attempt.address):
            self._attempts.forget(subject)

    def _count(self, subject: str) -> int:
        now = epoch_seconds(self._clock())
        count = self._attempts.count(subject, now=now)
        if count >= TRIES_BEFORE_WAITING:
            self._attempts.wait(subject, until=now + _seconds_to_wait(count))
        return count


class AttemptStore:
    """`Attempts` over DynamoDB, beside the counters of requests."""

    def __init__(self, table: str) -> None:
        self._table = table

    def count(self, subject: str, *, now: int) -> int:
        """Counts one try, as long as there were few or their time is over."""
        try:
            return self._add_one(subject, now)
        except ClientError as error:
            item = _refused_item(error)
        until = int(item.get("wait_until", {}).get("N", 0))
        if until > now:
            raise TooManyTries("Too many wrong passwords. Please try again later.", retry_after=until - now)
        return self._begin_anew(subject, now)

    def wait(self, subject: str, *, until: int) -> None:
        """Refuses the subject's tries until then; never for a shorter time than was set before."""
        try:
            dynamodb_client().update_item(
                TableName=self._table,
                Key=_key(subject),
                UpdateExpression="SET wait_until = :until",
                ConditionExpression=(
                    "attribute_exists(pk) AND (attribute_not_exists(wait_until) OR wait_until < :until)"
                ),
                ExpressionAttributeValues={":until": _number(until)},
            )
        except ClientError as error:
            _refused_item(error)

    def forget(self, subject: str) -> None:
        """Starts the count anew."""
        dynamodb_client().delete_item(TableName=self._table, Key=_key(subject))

    def _add_one(self, subject: str, now: int) -> int:
        answer = dynamodb_client().update_item(
            TableName=self._table,
            Key=_key(subject),
            UpdateExpression="ADD tries :one SET expires_at = :end",
            ConditionExpression=(
                "(attribute_not_exists(tries) OR tries < :most)"
                " AND (attribute_not_exists(wait_until) OR wait_until <= :now)"
            ),
            ExpressionAttributeValues={
                ":one": _number(1),
                ":most": _number(TRIES_BEFORE_LOCKING),
                ":now": _number(now),
                ":end": _number(now + int(_FORGOTTEN_AFTER.total_seconds())),
            },
            ReturnValues="UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return int(answer["Attributes"]["tries"]["N"])

    def _begin_anew(self, subject: str, now: int) -> int:
        """The first try after a lock; where the lock's own write is still on its way, there is none to come after."""
        try:
            dynamodb_client().update_item(
                TableName=self._table,
                Key=_key(subject),
                UpdateExpression="SET tries = :one REMOVE wait_until",
                ConditionExpression="wait_until <= :now",
                ExpressionAttributeValues={":one": _number(1), ":now": _number(now)},
            )
        except ClientError as error:
            _refused_item(error)
            raise TooManyTries("Too many wrong passwords. Please try again later.", retry_after=1) from error
        return 1


def _subjects(login: str, address: str) -> tuple[str, ...]:
    account = f"sign-in#{name_id(login)}"
    return (account, f"sign-in-address#{address}") if address else (account,)


def _seconds_to_wait(tries: int) -> int:
    if tries >= TRIES_BEFORE_LOCKING:
        return int(LOCKED_FOR.total_seconds())
    return int(2 ** (tries - TRIES_BEFORE_WAITING))


def _key(subject: str) -> dict[str, Any]:
    return {"pk": {"S": subject}, "sk": {"S": "tries"}}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _refused_item(error: ClientError) -> dict[str, Any]:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    item: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # botocore's types leave it out
    return item
