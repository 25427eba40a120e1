"""Rows in DynamoDB: the base of every stored row, transactions, and reading and writing in bulk."""

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from herald.errors import Unavailable
from herald.runtime.document_models import DocumentModel, shared_connection
from herald.runtime.document_shapes import dynamodb_client

__all__ = [
    "ITEMS_PER_BATCH_WRITE",
    "KEYS_PER_BATCH_READ",
    "AttributeValue",
    "Row",
    "delete_many",
    "dynamodb_client",
    "query_raw",
    "refused_by",
    "table_name",
    "transaction",
    "write_many",
    "write_together",
]

AttributeValue = Mapping[str, Any]
"""A value as DynamoDB writes it, e.g. ``{"S": "text"}`` or ``{"N": "1"}``."""

KEYS_PER_BATCH_READ = 100
"""DynamoDB's limit for BatchGetItem."""
ITEMS_PER_BATCH_WRITE = 25
"""DynamoDB's limit for BatchWriteItem."""
_LONGEST_BACK_OFF_SECONDS = 2.0
_BATCH_TRIES = 10
_TRANSACTION_TRIES = 8
_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class Row(DocumentModel):
    """What every stored row has: a partition that begins with its tenant, a sort key, and optionally an end."""

    partition = UnicodeAttribute(hash_key=True, attr_name="pk")
    sort = UnicodeAttribute(range_key=True, attr_name="sk")
    expires_at = NumberAttribute(null=True)

    def save_if(self, condition: Condition) -> bool:
        """Stores the row; False, and nothing stored, where the condition does not hold."""
        with _unless_refused() as outcome:
            self.save(condition=condition)
        return outcome.happened

    def update_if(self, actions: Sequence[Action], condition: Condition) -> bool:
        """Changes the stored row; False, and nothing changed, where the condition does not hold."""
        with _unless_refused() as outcome:
            self.update(actions=list(actions), condition=condition)
        return outcome.happened

    def delete_if(self, condition: Condition) -> bool:
        """Deletes the stored row; False, and nothing deleted, where the condition does not hold."""
        with _unless_refused() as outcome:
            self.delete(condition=condition)
        return outcome.happened

    @classmethod
    def read_many(cls, keys: Sequence[tuple[str, str]]) -> Iterator[Self]:
        """The rows that exist among ``keys`` (partition, sort), in no particular order, a hundred per request."""
        unique = list(dict.fromkeys(keys))  # DynamoDB refuses a request that names a key twice
        for start in range(0, len(unique), KEYS_PER_BATCH_READ):
            yield from cls.batch_get(unique[start : start + KEYS_PER_BATCH_READ])


@dataclass(slots=True)
class _Outcome:
    happened: bool = False


@contextmanager
def _unless_refused() -> Iterator[_Outcome]:
    outcome = _Outcome()
    try:
        yield outcome
    except PynamoDBException as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return
    outcome.happened = True


def transaction() -> TransactWrite:
    """A write of up to a hundred rows that happens as a whole or not at all; use it with ``with``."""
    return TransactWrite(connection=shared_connection())


def write_together(compose: Callable[[TransactWrite], None]) -> None:
    """Writes what ``compose`` puts into a transaction; tries again, with jitter, where others write to the same items.

    Raises:
        TransactWriteError: a condition did not hold; nothing was written (see `refused_by`).
        Unavailable: the items stay contended.
    """
    for attempt in range(_TRANSACTION_TRIES):
        try:
            with transaction() as writes:
                compose(writes)
        except TransactWriteError as error:
            codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
            if not codes or codes - _CONTENTION:
                raise
            time.sleep(random.uniform(0.01, 0.05 * 2**attempt))  # noqa: S311 - jitter
            continue
        return
    raise Unavailable("The database is busy; try again in a moment.", code="database_busy")


def refused_by(error: TransactWriteError) -> list[int]:
    """Which writes of a transaction were refused by their conditions, by number: deletes come first, then updates."""
    reasons = enumerate(error.cancellation_reasons)
    return [number for number, reason in reasons if reason is not None and reason.code == "ConditionalCheckFailed"]


def table_name(variable: str) -> str:
    """The name of a table, from the environment.

    PynamoDB reads it when the row class is made, so that the documents and the type checker need no environment.
    """
    return os.environ.get(variable, variable)


def query_raw(
    *,
    table: str,
    partition: str,
    sort_between: tuple[str, str],
    attributes: Sequence[str],
) -> Iterator[Mapping[str, AttributeValue]]:
    """Raw items of one partition, for bulk reads that need no row objects; follows every page.

    Consistent, because what is read in bulk was often written a moment ago.
    """
    names = {f"#a{index}": attribute for index, attribute in enumerate(attributes)}
    query: dict[str, Any] = {
        "TableName": table,
        "ConsistentRead": True,
        "KeyConditionExpression": "#pk = :pk AND #sk BETWEEN :low AND :high",
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": {**names, "#pk": "pk", "#sk": "sk"},
        "ExpressionAttributeValues": {
            ":pk": {"S": partition},
            ":low": {"S": sort_between[0]},
            ":high": {"S": sort_between[1]},
        },
    }
    while True:
        answer = dynamodb_client().query(**query)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def write_many(table: str, rows: Iterable[Row]) -> int:
    """Puts rows, twenty-five per request, backing off with jitter over what DynamoDB leaves unprocessed.

    Returns:
        How many rows were written.

    Raises:
        Unavailable: DynamoDB still refuses some after ten tries.
    """
    written = 0
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append({"PutRequest": {"Item": row.to_dynamodb_dict()}})
        if len(chunk) == ITEMS_PER_BATCH_WRITE:
            written += _write_chunk(table, chunk)
            chunk = []
    return written + (_write_chunk(table, chunk) if chunk else 0)


def delete_many(table: str, keys: Iterable[tuple[str, str]]) -> int:
    """Deletes rows by their keys (partition, sort), as `write_many` writes them; a key without a row is harmless.

    Returns:
        How many keys were given.

    Raises:
        Unavailable: DynamoDB still refuses some after ten tries.
    """
    deleted = 0
    requests = ({"DeleteRequest": {"Key": {"pk": {"S": partition}, "sk": {"S": sort}}}} for partition, sort in keys)
    while chunk := list(islice(requests, ITEMS_PER_BATCH_WRITE)):
        deleted += _write_chunk(table, chunk)
    return deleted


def _write_chunk(table: str, requests: list[dict[str, Any]]) -> int:
    pending = requests
    for attempt in range(_BATCH_TRIES):
        answer = dynamodb_client().batch_write_item(RequestItems={table: pending})  # type: ignore[dict-item]  # built above
        pending = cast("list[dict[str, Any]]", answer.get("UnprocessedItems", {}).get(table, []))
        if not pending:
            return len(requests)
        time.sleep(random.uniform(0, min(_LONGEST_BACK_OFF_SECONDS, 0.05 * 2**attempt)))  # noqa: S311 - jitter
    raise Unavailable("The database is busy; try again in a moment.", code="database_busy")
