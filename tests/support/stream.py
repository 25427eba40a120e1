"""What the stream of a table tells: made of the items as they stand in the table, before and after."""

from typing import Any
from uuid import uuid4

from herald.results.batches.model import BatchStatus
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report
from herald.results.statistics.model import Totals
from herald.results.statistics.store import StatisticsStore
from herald.storage import dynamodb_client
from tests.support.cloud import stored_items
from tests.support.functions import invoke
from tests.support.results import NOW, TENANT

Item = dict[str, Any]
Record = dict[str, Any]
HAPPENED_AT = 1795348800
"""2026-11-22T12:00:00Z."""
_FIRST_NUMBER = 10**39
"""Longer than any number that DynamoDB itself could keep, as real ones may be."""


class TableStream:
    """Tells of a table what was written since the last look: one record per item, or none where nothing changed."""

    def __init__(self, table: str = "RESULTS_TABLE") -> None:
        self._table = table
        self._seen: dict[tuple[str, str], Item] = {}
        self._number = _FIRST_NUMBER

    def new_records(self) -> list[Record]:
        """The records since the last look."""
        present = {_key(item): dict(item) for item in stored_items(self._table)}
        changed = [key for key in {**self._seen, **present} if self._seen.get(key) != present.get(key)]
        records = [self.record(self._seen.get(key), present.get(key)) for key in changed]
        self._seen = present
        return records

    def record(self, before: Item | None, after: Item | None) -> Record:
        """The record of one write, numbered after all before it."""
        self._number += 7
        item = after or before
        assert item is not None
        change = {
            "ApproximateCreationDateTime": float(HAPPENED_AT + (self._number - _FIRST_NUMBER) // 700),
            "Keys": {"pk": item["pk"], "sk": item["sk"]},
            "SequenceNumber": str(self._number),
            "SizeBytes": 512,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **({"OldImage": before} if before else {}),
            **({"NewImage": after} if after else {}),
        }
        kind = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
        return {"eventID": uuid4().hex, "eventName": kind, "eventSource": "aws:dynamodb", "dynamodb": change}


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def tell(records: list[Record]) -> None:
    """Gives records to the worker that follows results, in one portion."""
    invoke("workers/follow_results", {"Records": records})


def of_tenant(tenant_id: str = TENANT) -> Totals:
    """A tenant's sums."""
    return StatisticsStore().of_tenant(tenant_id)


def of_batch(batch_id: str, tenant_id: str = TENANT) -> Totals:
    """A batch's sums."""
    return StatisticsStore().of_batch(tenant_id, batch_id)


def some(counts: dict[Any, int]) -> dict[str, int]:
    """What there is any of."""
    return {status.value: count for status, count in counts.items() if count}


def deliver(report: Report, *statuses: DeliveryStatus, error_code: str = "") -> None:
    """Moves a report's delivery on, from its queueing."""
    store = DeliveryStore()
    assert store.begin(report.place, now=NOW, delivery_id="delivery", from_statuses=[DeliveryStatus.NOT_SENT])
    for status in statuses:
        assert store.advance(report.place, status, now=NOW, delivery_id="delivery", error_code=error_code)


def remove(pk: str, sk: str) -> None:
    """Removes an item of the results."""
    dynamodb_client().delete_item(TableName="RESULTS_TABLE", Key={"pk": {"S": pk}, "sk": {"S": sk}})


def set_status(batch_id: str, status: BatchStatus) -> None:
    """Puts a batch of the usual tenant into a status."""
    dynamodb_client().update_item(
        TableName="RESULTS_TABLE",
        Key={"pk": {"S": f"{TENANT}#batches"}, "sk": {"S": batch_id}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": status.value}},
    )
