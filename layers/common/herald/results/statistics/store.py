"""Sums and activities in DynamoDB.

Sums stand in ``{tenant}#figures``, one item for the whole tenant and one for each partition followed. A sum is an
attribute of its own, so that it is added to and never read before; which there are, only the items know. Activities
stand in ``{tenant}#activity``, in the order in which things happened; they go after a while.
"""

from collections.abc import Mapping

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from herald.results.statistics.activity import ACTIVITY_KEPT, Activity, ActivityKind
from herald.results.statistics.model import Increment, Totals
from herald.storage import (
    AttributeValue,
    EnumAttribute,
    Row,
    TableName,
    TimestampAttribute,
    Transaction,
    TransactionRefused,
    dynamodb_client,
)
from herald.values.clock import from_text
from herald.values.page import Page, decode_cursor, encode_cursor

_WHOLE_TENANT = "total"
_SUM = "n."
"""What the name of a sum begins with, beside the attributes that every item has."""


class StatisticsRow(Row):
    """Sums, beside what is declared here; ``last_sequence`` is text, for it may have more digits than numbers here."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    updated_at = TimestampAttribute(null=True)
    last_sequence = UnicodeAttribute(null=True)


class StatisticsStore:
    """The sums of tenants and batches, and how far their stream is counted."""

    def of_tenant(self, tenant_id: str) -> Totals:
        """The sums of a tenant; all nought before its first."""
        return _totals(_item(tenant_id, _WHOLE_TENANT))

    def of_batch(self, tenant_id: str, batch_id: str) -> Totals:
        """The sums of a batch; all nought before its workbook is read."""
        return _totals(_item(tenant_id, f"batch#{batch_id}"))

    def position(self, tenant_id: str, source: str) -> int:
        """The number of the last change of a partition that its sums hold; 0 before the first."""
        item = _item(tenant_id, source, consistent=True)
        return int(item["last_sequence"]["S"]) if item else 0

    def add(self, increment: Increment) -> bool:
        """Alters the sums of a partition and of its tenant, both or none; False where the position is another by now.

        Raises:
            Unavailable: the sums stay contended.
        """
        actions: list[Action] = [
            StatisticsRow.updated_at.set(increment.at),
            *(Path([_SUM + name]).add(count) for name, count in increment.difference.items()),
        ]
        position: list[Action] = [StatisticsRow.last_sequence.set(str(increment.new_position))]
        if increment.expires_at is not None:
            position.append(StatisticsRow.expires_at.set(increment.expires_at))
        unmoved = (
            StatisticsRow.last_sequence == str(increment.position)
            if increment.position
            else StatisticsRow.last_sequence.does_not_exist()
        )
        try:
            with Transaction() as writes:
                writes.update(_row(increment.tenant_id, increment.source), [*actions, *position], condition=unmoved)
                writes.update(_row(increment.tenant_id, _WHOLE_TENANT), actions)
        except TransactionRefused:
            return False
        return True


class ActivityRow(Row):
    """One thing that happened."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    kind = EnumAttribute(ActivityKind)
    at = TimestampAttribute(attr_name="happened_at")
    name = UnicodeAttribute(null=True)
    batch_id = UnicodeAttribute(null=True)
    template_id = UnicodeAttribute(null=True)
    report_id = UnicodeAttribute(null=True)


class ActivityStore:
    """What happened, by tenant."""

    def put_many(self, activities: Mapping[str, Activity]) -> int:
        """Stores activities by their keys, over those of the same key; gives their number."""
        return ActivityRow.write_many(_activity_row(key, activity) for key, activity in activities.items())

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Activity]:
        """A tenant's activities, newest first."""
        found = ActivityRow.query(
            _activity_partition(tenant_id),
            ActivityRow.sort < decode_cursor(cursor) if cursor else None,
            scan_index_forward=False,
            limit=size,
        )
        rows = list(found)
        cursor = encode_cursor(rows[-1].sort) if len(rows) == size else None
        return Page([row.to_entity(Activity) for row in rows], cursor)


def _item(tenant_id: str, sort: str, *, consistent: bool = False) -> AttributeValue:
    answer = dynamodb_client().get_item(
        TableName=StatisticsRow.table(),
        Key={"pk": {"S": _statistics_partition(tenant_id)}, "sk": {"S": sort}},
        ConsistentRead=consistent,
    )
    return answer.get("Item", {})


def _statistics_partition(tenant_id: str) -> str:
    return f"{tenant_id}#figures"


def _row(tenant_id: str, sort: str) -> StatisticsRow:
    return StatisticsRow(_statistics_partition(tenant_id), sort)


def _totals(item: AttributeValue) -> Totals:
    counts = {name.removeprefix(_SUM): int(value["N"]) for name, value in item.items() if name.startswith(_SUM)}
    return Totals(counts, from_text(item["updated_at"]["S"]) if item else None)


def _activity_partition(tenant_id: str) -> str:
    return f"{tenant_id}#activity"


def _activity_row(key: str, activity: Activity) -> ActivityRow:
    partition, expires_at = _activity_partition(activity.tenant_id), activity.at + ACTIVITY_KEPT
    return ActivityRow.from_entity(activity, partition, key, expires_at=expires_at)
