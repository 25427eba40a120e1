"""The passwords of a batch's reports: who has none, and giving each one of its own, once."""

import re
from collections.abc import Iterator, Mapping

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from herald.results.batches.model import Batch
from herald.results.batches.store import BatchRow, batches_partition
from herald.results.delivery.giving_passwords import Holder
from herald.results.reports.model import Place, ReportStatus
from herald.results.reports.store import ReportRow, report_partition, report_sort, row_at
from herald.storage import AttributeValue
from herald.storage.transitional import refused_by, write_together
from herald.values.page import decode_cursor, encode_cursor, unknown_cursor

_ROWS_PER_TRANSACTION = 25
"""DynamoDB takes four megabytes at once, and a row can have a hundred thousand characters."""
_ATTRIBUTES = ("row_number", "report_id", "name", "phone", "status", "password_hash")
_AFTER_ALL_ROWS = "row$"
"""The next character after the ``#`` of ``row#``."""
_BEFORE_ALL_ROWS = 0
_CURSOR = re.compile(r"row#([0-9]{7})")
_LACKS_ONE = (ReportRow.password_hash == "") & (ReportRow.status != ReportStatus.FAILED)
"""As in `Report.lacks_password`."""


class PasswordStore:
    """Passwords over DynamoDB; each is a part of its report's item."""

    def holders(self, batch: Batch, *, cursor: str | None) -> Iterator[Holder]:
        """Whom a batch's reports are for, in the order of the sheet; rows that failed are for nobody."""
        after = _row_of(cursor)
        items = ReportRow.query_raw(
            partition=report_partition(batch.tenant_id, batch.batch_id),
            sort_between=(f"{report_sort(after)}!", _AFTER_ALL_ROWS),
            attributes=_ATTRIBUTES,
        )
        return (_holder(item) for item in items if item["status"]["S"] != ReportStatus.FAILED.value)

    def cursor_after(self, holder: Holder) -> str:
        """The cursor that goes on behind somebody."""
        return encode_cursor(report_sort(holder.row))

    def give(self, place: Place, password_hash: str) -> bool:
        """Gives a report a password, and counts it on its batch; False where it has one, or is gone."""
        return _given_together(place.tenant_id, place.batch_id, {place.row: password_hash})

    def give_many(self, batch: Batch, hashes: Mapping[int, str]) -> set[int]:
        """Gives the rows of a batch their passwords; gives back the rows that had none and now have these."""
        given: set[int] = set()
        rows = list(hashes)
        for start in range(0, len(rows), _ROWS_PER_TRANSACTION):
            portion = {row: hashes[row] for row in rows[start : start + _ROWS_PER_TRANSACTION]}
            given |= _given(batch, portion)
        return given


def _given(batch: Batch, hashes: Mapping[int, str]) -> set[int]:
    if _given_together(batch.tenant_id, batch.batch_id, hashes):
        return set(hashes)
    # Somebody else is giving passwords, or sending: one by one, whoever comes first.
    return {
        row
        for row, password_hash in hashes.items()
        if _given_together(batch.tenant_id, batch.batch_id, {row: password_hash})
    }


def _given_together(tenant_id: str, batch_id: str, hashes: Mapping[int, str]) -> bool:
    """Gives all or none, together with their batch's count: it is exact, and no walk over the rows puts it right."""

    def compose(writes: TransactWrite) -> None:
        for row, password_hash in hashes.items():
            writes.update(
                row_at(Place(tenant_id, batch_id, row)),
                actions=[ReportRow.password_hash.set(password_hash)],
                condition=_LACKS_ONE,
            )
        writes.update(
            BatchRow(batches_partition(tenant_id), batch_id),
            actions=[BatchRow.without_password.add(-len(hashes))],
            condition=BatchRow.partition.exists(),
        )

    try:
        write_together(compose)
    except TransactWriteError as error:
        if not refused_by(error):
            raise
        return False
    return True


def _holder(item: Mapping[str, AttributeValue]) -> Holder:
    return Holder(
        row=int(item["row_number"]["N"]),
        report_id=item["report_id"]["S"],
        name=item["name"]["S"],
        phone=item["phone"]["S"],
        password_hash=item["password_hash"]["S"],
    )


def _row_of(cursor: str | None) -> int:
    """The row behind which a cursor goes on.

    Raises:
        Invalid: it is none of this list.
    """
    if not cursor:
        return _BEFORE_ALL_ROWS
    position = _CURSOR.fullmatch(decode_cursor(cursor))
    if position is None:
        raise unknown_cursor()
    return int(position[1])
