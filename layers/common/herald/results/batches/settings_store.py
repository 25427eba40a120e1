"""Settings in DynamoDB: ``{tenant}#settings``, one item per room."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from herald.results.batches.model import ResultSettings
from herald.storage import Row, TableName

_SORT = "results"


class SettingsRow(Row):
    """What a tenant has decided."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    retention_days = NumberAttribute()
    country = UnicodeAttribute(default="")


class SettingsStore:
    """Settings over DynamoDB."""

    def get(self, tenant_id: str) -> ResultSettings:
        """The tenant's settings, or the usual ones."""
        try:
            row = SettingsRow.get(_partition(tenant_id), _SORT, consistent_read=True)
        except DoesNotExist:
            return ResultSettings(tenant_id)
        return ResultSettings(tenant_id, int(row.retention_days), row.country)

    def put(self, settings: ResultSettings) -> None:
        """Stores settings, over what was there."""
        SettingsRow(
            _partition(settings.tenant_id),
            _SORT,
            tenant_id=settings.tenant_id,
            retention_days=settings.retention_days,
            country=settings.country,
        ).save()


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#settings"
