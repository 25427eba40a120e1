"""Sums and activities in DynamoDB.

Sums are kept as `herald.storage.sums` says. Activities stand in ``{tenant}#activity``, in the order in which things
happened; they go after a while.
"""

from collections.abc import Mapping

from pynamodb.attributes import UnicodeAttribute

from herald.results.statistics.activity import ACTIVITY_KEPT, Activity, ActivityKind
from herald.results.statistics.model import Totals
from herald.storage import EnumAttribute, Row, SumRow, SumStore, TableName, TimestampAttribute
from herald.values.page import Page, decode_cursor, encode_cursor


class StatisticsRow(SumRow):
    """Sums over batches, reports and templates."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)


class StatisticsStore(SumStore):
    """The sums of tenants and batches."""

    def __init__(self) -> None:
        super().__init__(StatisticsRow)

    def of_tenant(self, tenant_id: str) -> Totals:
        """The sums of a tenant; all nought before its first."""
        return Totals(*self.read(tenant_id))

    def of_batch(self, tenant_id: str, batch_id: str) -> Totals:
        """The sums of a batch; all nought before its workbook is read."""
        return Totals(*self.read(tenant_id, f"batch#{batch_id}"))


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


def _activity_partition(tenant_id: str) -> str:
    return f"{tenant_id}#activity"


def _activity_row(key: str, activity: Activity) -> ActivityRow:
    partition, expires_at = _activity_partition(activity.tenant_id), activity.at + ACTIVITY_KEPT
    return ActivityRow.from_entity(activity, partition, key, expires_at=expires_at)
