"""The limits that an organisation has instead of the published ones: ``limits`` of its row, numbers by limit's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from herald.identity.rows import IdentityRow, tenant_partition
from herald.storage import dynamodb_client
from herald.values.clock import Clock, utc_now

REMEMBERED_FOR = timedelta(seconds=60)
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Remembered:
    limits: Mapping[str, int]
    until: datetime


class TenantLimits:
    """Reads them, and remembers them for a minute, those of organisations that have none as well."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}

    def of_tenant(self, tenant_id: str) -> Mapping[str, int]:
        """How many requests a tenant's callers may make, by the name of the limit; empty where nothing was agreed."""
        now = self._clock()
        remembered = self._remembered.get(tenant_id)
        if remembered is not None and now < remembered.until:
            return remembered.limits
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        limits = self._read(tenant_id)
        self._remembered[tenant_id] = _Remembered(limits, now + REMEMBERED_FOR)
        return limits

    def _read(self, tenant_id: str) -> Mapping[str, int]:
        answer = dynamodb_client().get_item(
            TableName=IdentityRow.Meta.table_name,
            Key={"pk": {"S": tenant_partition(tenant_id)}, "sk": {"S": "tenant"}},
            ProjectionExpression="#limits",
            ExpressionAttributeNames={"#limits": "limits"},
        )
        agreed = answer.get("Item", {}).get("limits", {}).get("M", {})
        return {name: int(value["N"]) for name, value in agreed.items() if "N" in value}
