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
_LOCKED_SECONDS = int(LOCKED_FOR.total_seconds())
_FORGOTTEN_SECONDS = 24 * 60 * 60


class TooManyTries(RateLimited):
    """Sign-ins are stopped for a while."""

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

    def take_back(self, subject: str, *, now: int) -> None:
        """Uncounts one try, and the wait that came with it."""
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
        """The password was right: the account's count starts anew, and the address has one try less.

        No more than that for the address: whoever tries other people's accounts must not wipe the count by signing in
        to their own in between.
        """
        account, *addresses = _subjects(attempt.login, attempt.address)
        self._attempts.forget(account)
        for address in addresses:
            self._attempts.take_back(address, now=epoch_seconds(self._clock()))

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
            until = _end_of_wait(_refused_item(error))
        if until > now:
            raise _too_many(until - now)
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

    def take_back(self, subject: str, *, now: int) -> None:
        """Uncounts one try, and the wait that came with it; harmless where the count began anew meanwhile."""
        try:
            dynamodb_client().update_item(
                TableName=self._table,
                Key=_key(subject),
                UpdateExpression="ADD tries :less SET wait_until = :now",
                ConditionExpression="tries > :none",
                ExpressionAttributeValues={":less": _number(-1), ":none": _number(0), ":now": _number(now)},
            )
        except ClientError as error:
            _refused_item(error)

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
                ":end": _number(now + _FORGOTTEN_SECONDS),
            },
            ReturnValues="UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return int(answer["Attributes"]["tries"]["N"])

    def _begin_anew(self, subject: str, now: int) -> int:
        """The first try after a lock; of several who come at once, one is let through."""
        try:
            dynamodb_client().update_item(
                TableName=self._table,
                Key=_key(subject),
                UpdateExpression="SET tries = :one, expires_at = :end REMOVE wait_until",
                ConditionExpression="tries >= :most AND expires_at <= :over",
                ExpressionAttributeValues={
                    ":one": _number(1),
                    ":most": _number(TRIES_BEFORE_LOCKING),
                    ":over": _number(now + _FORGOTTEN_SECONDS - _LOCKED_SECONDS),
                    ":end": _number(now + _FORGOTTEN_SECONDS),
                },
            )
        except ClientError as error:
            _refused_item(error)
            raise _too_many(1) from error
        return 1


def _end_of_wait(item: dict[str, Any]) -> int:
    """When the next try may be; a lock is reckoned from its last try, as the write of its wait may have got lost."""
    wait_until = int(item.get("wait_until", {}).get("N", 0))
    if int(item["tries"]["N"]) < TRIES_BEFORE_LOCKING:
        return wait_until
    return max(wait_until, int(item["expires_at"]["N"]) - _FORGOTTEN_SECONDS + _LOCKED_SECONDS)


def _too_many(seconds: int) -> TooManyTries:
    return TooManyTries("Too many wrong passwords. Please try again later.", retry_after=seconds)


def _subjects(login: str, address: str) -> tuple[str, ...]:
    account = f"sign-in#{name_id(login)}"
    return (account, f"sign-in-address#{address}") if address else (account,)


def _seconds_to_wait(tries: int) -> int:
    if tries >= TRIES_BEFORE_LOCKING:
        return _LOCKED_SECONDS
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
