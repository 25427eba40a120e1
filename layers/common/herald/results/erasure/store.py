"""Requests to erase a person's data, in DynamoDB: ``{tenant}#erasures``, one item each, which does not say whose."""

from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from herald.errors import NotFound
from herald.results.erasure.model import ErasureRequest
from herald.storage import IntegerAttribute, Row, TableName, TimestampAttribute

_KEPT_FOR = timedelta(days=365)
"""For whoever must show that it was done."""


class ErasureRequestRow(Row):
    """That somebody's data are to be erased."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    erasure_id = UnicodeAttribute()
    created_at = TimestampAttribute()
    reports = IntegerAttribute()
    finished_at = TimestampAttribute(null=True)


class ErasureRequestStore:
    def add(self, request: ErasureRequest) -> None:
        """Stores a request; one that is there already stays as it is."""
        key, expires_at = _key(request.tenant_id, request.erasure_id), request.created_at + _KEPT_FOR
        row = ErasureRequestRow.from_entity(request, *key, expires_at=expires_at)
        row.save_if(ErasureRequestRow.partition.does_not_exist())

    def get(self, tenant_id: str, erasure_id: str) -> ErasureRequest:
        """A request, or NotFound."""
        row = ErasureRequestRow.find(*_key(tenant_id, erasure_id))
        if row is None:
            raise NotFound("There is no such erasure.", fields={"erasure_id": erasure_id})
        return row.to_entity(ErasureRequest)

    def count(self, tenant_id: str, erasure_id: str, reports: int) -> None:
        """Counts reports that were deleted."""
        ErasureRequestRow(*_key(tenant_id, erasure_id)).update(actions=[ErasureRequestRow.reports.add(reports)])

    def finish(self, tenant_id: str, erasure_id: str, *, now: datetime) -> None:
        """Records that nothing is left."""
        ErasureRequestRow(*_key(tenant_id, erasure_id)).update(actions=[ErasureRequestRow.finished_at.set(now)])


def _key(tenant_id: str, erasure_id: str) -> tuple[str, str]:
    return f"{tenant_id}#erasures", erasure_id
