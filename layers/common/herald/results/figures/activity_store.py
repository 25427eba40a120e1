"""Activities in DynamoDB: ``{tenant}#activity``, in the order in which things happened; they go after a while."""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from herald.results.figures.activity import ACTIVITY_KEPT, Activity, ActivityKind
from herald.storage import Row, TableName
from herald.values.clock import from_text, to_text
from herald.values.page import Page, decode_cursor, encode_cursor


class ActivityRow(Row):
    """One thing that happened."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    happened_at = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    batch_id = UnicodeAttribute(default="")
    template_id = UnicodeAttribute(default="")
    report_id = UnicodeAttribute(default="")


class ActivityStore:
    """Activities over DynamoDB."""

    def put_many(self, activities: Iterable[Activity]) -> int:
        """Stores activities, over those of the same key; gives their number."""
        return ActivityRow.write_many(map(_row, activities))

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Activity]:
        """A tenant's activities, newest first."""
        rows = ActivityRow.query(
            _partition(tenant_id),
            ActivityRow.sort < decode_cursor(cursor) if cursor else None,
            scan_index_forward=False,
            limit=size,
        )
        items = [_activity(row) for row in rows]
        return Page(items, encode_cursor(items[-1].key) if len(items) == size else None)


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#activity"


def _row(activity: Activity) -> ActivityRow:
    return ActivityRow(
        _partition(activity.tenant_id),
        activity.key,
        tenant_id=activity.tenant_id,
        kind=activity.kind.value,
        happened_at=to_text(activity.at),
        name=activity.name,
        batch_id=activity.batch_id,
        template_id=activity.template_id,
        report_id=activity.report_id,
        expires_at=activity.at + ACTIVITY_KEPT,
    )


def _activity(row: ActivityRow) -> Activity:
    return Activity(
        tenant_id=row.tenant_id,
        key=row.sort,
        kind=ActivityKind(row.kind),
        at=from_text(row.happened_at),
        name=row.name,
        batch_id=row.batch_id,
        template_id=row.template_id,
        report_id=row.report_id,
    )
