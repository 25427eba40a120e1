"""Reading and writing in bulk, without a row object for what is only looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from herald.errors import Unavailable
from herald.runtime.document_shapes import dynamodb_client

AttributeValue = Mapping[str, Any]
"""A value as DynamoDB writes it, e.g. ``{"S": "text"}`` or ``{"N": "1"}``."""

Key = tuple[str, str]
"""The partition and the sort key of an item."""

KEYS_PER_BATCH_READ = 100
"""DynamoDB's limit for BatchGetItem."""
ITEMS_PER_BATCH_WRITE = 25
"""DynamoDB's limit for BatchWriteItem."""
_LONGEST_WAIT_SECONDS = 2.0
_ATTEMPTS = 10


def query_raw(
    *,
    table: str,
    partition: str,
    sort_between: tuple[str, str],
    attributes: Sequence[str] = (),
) -> Iterator[Mapping[str, AttributeValue]]:
    """Raw items of one partition, for bulk reads that need no row objects; all their attributes, or some.

    Follows every page.

    Consistent, because what is read in bulk was often written a moment ago.
    """
    names = {f"#a{index}": attribute for index, attribute in enumerate(attributes)}
    query: dict[str, Any] = {
        "TableName": table,
        "ConsistentRead": True,
        "KeyConditionExpression": "#pk = :pk AND #sk BETWEEN :low AND :high",
        "ExpressionAttributeNames": {**names, "#pk": "pk", "#sk": "sk"},
        "ExpressionAttributeValues": {
            ":pk": {"S": partition},
            ":low": {"S": sort_between[0]},
            ":high": {"S": sort_between[1]},
        },
    }
    if names:
        query["ProjectionExpression"] = ", ".join(names)
    while True:
        answer = dynamodb_client().query(**query)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Some keys of a table, and the last item that was looked at; ``None`` at the table's end."""

    keys: Sequence[Key]
    last: Key | None


def scan_keys(table: str, *, partitions_beginning: str, after: Key | None, at_most: int | None = None) -> KeyPage:
    """The keys of a table whose partitions begin so, one page of it: a megabyte, or ``at_most`` items, are looked at.

    Consistent, as nothing must be missed that is written already.
    """
    scan: dict[str, Any] = {
        "TableName": table,
        "ConsistentRead": True,
        "FilterExpression": "begins_with(#pk, :beginning)",
        "ProjectionExpression": "#pk, #sk",
        "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
        "ExpressionAttributeValues": {":beginning": {"S": partitions_beginning}},
    }
    if after is not None:
        scan["ExclusiveStartKey"] = {"pk": {"S": after[0]}, "sk": {"S": after[1]}}
    if at_most is not None:
        scan["Limit"] = at_most
    answer = dynamodb_client().scan(**scan)
    last = answer.get("LastEvaluatedKey")
    return KeyPage([_key(item) for item in answer["Items"]], _key(last) if last else None)


def _key(item: Mapping[str, AttributeValue]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def write_many(table: str, items: Iterable[dict[str, Any]]) -> int:
    """Puts items, twenty-five per request, backing off with jitter over what DynamoDB leaves unprocessed.

    Returns:
        How many rows were written.

    Raises:
        Unavailable: DynamoDB still refuses some after ten tries.
    """
    written = 0
    chunk: list[dict[str, Any]] = []
    for item in items:
        chunk.append({"PutRequest": {"Item": item}})
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
    from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

    pending = requests

    def write_pending() -> list[dict[str, Any]]:
        nonlocal pending
        answer = dynamodb_client().batch_write_item(RequestItems={table: pending})  # type: ignore[dict-item]  # built above
        pending = cast("list[dict[str, Any]]", answer.get("UnprocessedItems", {}).get(table, []))
        return pending

    attempts = Retrying(
        retry=retry_if_result(bool),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.05, max=_LONGEST_WAIT_SECONDS),
    )
    try:
        attempts(write_pending)
    except RetryError as error:
        raise Unavailable("The database is busy; try again in a moment.", code="database_busy") from error
    return len(requests)
