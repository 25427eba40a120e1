"""The passwords of a batch's reports: who has none, and giving each one of its own, once."""

from collections.abc import Iterator, Mapping

from pynamodb.exceptions import TransactWriteError

from herald.results.batches.store import BatchRow, batches_partition
from herald.results.delivery.giving_passwords import Holder
from herald.results.model import Batch, Place, ReportStatus
from herald.results.reports.rows import ReportRow, report_partition, report_sort, row_at
from herald.storage import AttributeValue, query_raw, transaction
from herald.values.page import decode_cursor, encode_cursor

_WRITES_PER_TRANSACTION = 100
_ATTRIBUTES = ("row_number", "report_id", "name", "phone", "status", "password_hash")
_AFTER_ALL_ROWS = "row$"
"""The next character after the ``#`` of ``row#``."""
_HAS_NONE = ReportRow.password_hash == ""


class PasswordStore:
    """Passwords over DynamoDB; each is a part of its report's item."""

    def __init__(self, table: str) -> None:
        self._table = table

    def holders(self, batch: Batch, *, cursor: str | None) -> Iterator[Holder]:
        """Whom a batch's reports are for, in the order of the sheet; rows that failed are for nobody."""
        after = decode_cursor(cursor) if cursor else "row#"
        items = query_raw(
            table=self._table,
            partition=report_partition(batch.tenant_id, batch.batch_id),
            sort_between=(f"{after}!", _AFTER_ALL_ROWS),
            attributes=_ATTRIBUTES,
        )
        return (_holder(item) for item in items if item["status"]["S"] != ReportStatus.FAILED.value)

    def cursor_after(self, holder: Holder) -> str:
        """The cursor that goes on behind somebody."""
        return encode_cursor(report_sort(holder.row))

    def give(self, place: Place, password_hash: str) -> bool:
        """Gives a report a password, and counts it on its batch; False where it has one, or is gone."""
        if not row_at(place).update_if([ReportRow.password_hash.set(password_hash)], _HAS_NONE):
            return False
        self._count(place.tenant_id, place.batch_id, 1)
        return True

    def give_many(self, batch: Batch, hashes: Mapping[int, str]) -> set[int]:
        """Gives the rows of a batch their passwords; gives back the rows that had none and now have these."""
        given: set[int] = set()
        rows = list(hashes)
        for start in range(0, len(rows), _WRITES_PER_TRANSACTION):
            given |= self._give_together(
                batch, {row: hashes[row] for row in rows[start : start + _WRITES_PER_TRANSACTION]}
            )
        self._count(batch.tenant_id, batch.batch_id, len(given))
        return given

    def all_given(self, batch: Batch) -> None:
        """Records that no report of a batch that could be sent is without a password."""
        row = BatchRow(batches_partition(batch.tenant_id), batch.batch_id)
        row.update_if([BatchRow.without_password.set(0)], BatchRow.partition.exists())

    def _give_together(self, batch: Batch, hashes: Mapping[int, str]) -> set[int]:
        places = {row: Place(batch.tenant_id, batch.batch_id, row) for row in hashes}
        try:
            with transaction() as writes:
                for row, place in places.items():
                    writes.update(
                        row_at(place), actions=[ReportRow.password_hash.set(hashes[row])], condition=_HAS_NONE
                    )
        except TransactWriteError:  # somebody else is giving passwords, or sending: one by one, whoever comes first
            return {
                row
                for row, place in places.items()
                if row_at(place).update_if([ReportRow.password_hash.set(hashes[row])], _HAS_NONE)
            }
        return set(hashes)

    def _count(self, tenant_id: str, batch_id: str, given: int) -> None:
        # A hint only: a crash before it leaves it too high, and the end of the next walk puts it right.
        row = BatchRow(batches_partition(tenant_id), batch_id)
        row.update_if([BatchRow.without_password.add(-given)], BatchRow.without_password >= given)


def _holder(item: Mapping[str, AttributeValue]) -> Holder:
    return Holder(
        row=int(item["row_number"]["N"]),
        report_id=item["report_id"]["S"],
        name=item["name"]["S"],
        phone=item["phone"]["S"],
        password_hash=item["password_hash"]["S"],
    )
