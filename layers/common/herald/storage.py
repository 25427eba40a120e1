"""DynamoDB: the one shared client, and the base of every stored row.

PynamoDB makes a botocore client per model class and botocore walks every attribute value twice. Here one client serves
every model, and DynamoDB's attribute values, alone or in items, are marked as document shapes, so that their JSON
passes straight through.
The price: binary attributes would reach us as base64 text, so no row may have one (`Row` refuses them).
"""

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from inspect import getmembers
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, cast

from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    BinarySetAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from herald.adapters.aws import aws_session, region_name
from herald.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

AttributeValue = Mapping[str, Any]
"""A value as DynamoDB writes it, e.g. ``{"S": "text"}`` or ``{"N": "1"}``."""

KEYS_PER_BATCH_READ = 100
"""DynamoDB's limit for BatchGetItem."""
ITEMS_PER_BATCH_WRITE = 25
"""DynamoDB's limit for BatchWriteItem."""
_PASSED_THROUGH = (
    "AttributeValue",
    "AttributeMap",
    "ItemList",
    "Key",
    "PutItemInputAttributeMap",
    "ExpressionAttributeValueMap",
)
"""The shapes of botocore's DynamoDB model whose JSON is the very form that we read and write."""
_LONGEST_BACK_OFF_SECONDS = 2.0
_BATCH_TRIES = 10
_TRANSACTION_TRIES = 8
_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


@cache
def dynamodb_client() -> "DynamoDBClient":
    """The one botocore client of this process, with attribute values passed through undecoded."""
    from botocore.config import Config

    session = aws_session()
    model = session.get_component("data_loader").load_service_model("dynamodb", "service-2")
    for shape in _PASSED_THROUGH:
        model["shapes"][shape] = {"type": "structure", "members": {}, "document": True}
    client = session.create_client(
        "dynamodb",
        region_name=region_name(),
        config=Config(
            parameter_validation=False,
            connect_timeout=2,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 4},
            user_agent_extra="herald",
        ),
    )
    return cast("DynamoDBClient", client)


class Row(Model):
    """What every stored row has: a partition that begins with its tenant, a sort key, and optionally an end."""

    partition = UnicodeAttribute(hash_key=True, attr_name="pk")
    sort = UnicodeAttribute(range_key=True, attr_name="sk")
    expires_at = NumberAttribute(null=True)

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - PynamoDB's own signature
        super().__init_subclass__(**options)
        # PynamoDB collects a class's attributes only after this hook, so they are read from the class itself.
        for name, attribute in getmembers(cls, lambda member: isinstance(member, Attribute)):
            if _holds_binary(attribute):
                raise TypeError(f"{cls.__name__}.{name} is binary; rows hold text, numbers, lists and maps only.")

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        _share_client(connection.connection)
        return connection

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """A row of what DynamoDB answered, without PynamoDB's detour: it sets every default twice."""
        if not data or getattr(cls, "_discriminator", None):
            return super().from_raw_data(data)
        row = cls(_user_instantiated=False)
        for name, attribute in cls.get_attributes().items():
            value = data.get(attribute.attr_name)
            if not value or "NULL" in value:
                continue
            plain = attribute.deserialize(attribute.get_value(value))
            if type(attribute).__set__ is Attribute.__set__:
                row.attribute_values[name] = plain  # what that descriptor does, without finding its name anew
            else:
                setattr(row, name, plain)
        return row

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
    connection = Connection()
    _share_client(connection)
    return TransactWrite(connection=connection)


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


def _holds_binary(attribute: Attribute[Any]) -> bool:
    kind = type(attribute)
    if isinstance(attribute, ListAttribute) and attribute.element_type is not None:
        kind = attribute.element_type
    if issubclass(kind, MapAttribute):
        return any(map(_holds_binary, kind.get_attributes().values()))
    return issubclass(kind, BinaryAttribute | BinarySetAttribute)


def _share_client(connection: Connection) -> None:
    if connection._client is None:  # noqa: SLF001 - PynamoDB has no seam for a shared client
        connection._client = dynamodb_client()  # type: ignore[assignment]  # noqa: SLF001 - the same client, less narrowly typed


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
