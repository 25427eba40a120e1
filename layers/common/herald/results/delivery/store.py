"""How the delivery of each report stands, and the passwords of reports; both are parts of a report's item.

A delivery only moves forward, and belongs to the newest delivery of its report.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.results.batches.model import Batch
from herald.results.batches.store import BatchRow, batches_partition
from herald.results.delivery.model import DELIVERY_GIVEN_UP_AFTER, PasswordRecipient
from herald.results.reports.model import DeliveryStatus, Place, ReportStatus, delivery_statuses_before
from herald.results.reports.store import ReportRow, report_partition, report_sort, row_at
from herald.storage import AttributeValue, Transaction, TransactionRefused
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


class DeliveryStore:
    """How the delivery of each report stands."""

    def begin(
        self,
        place: Place,
        *,
        now: datetime,
        delivery_id: str,
        from_statuses: Sequence[DeliveryStatus],
        scheduled_for: datetime | None = None,
        phone: str = "",
    ) -> bool:
        """Queues a report for a new delivery, or records when it is scheduled for.

        False where its present one is not in ``from_statuses``, unless nothing has been heard of that for an hour: a
        delivery that was never queued, or whose callback was lost, must not keep a report from its person for ever.
        False also where its phone is another than ``phone``, if that is given.
        """
        condition = ReportRow.delivery_status.is_in(*from_statuses)
        if from_statuses != [DeliveryStatus.NOT_SENT]:
            condition |= ReportRow.updated_at < now - DELIVERY_GIVEN_UP_AFTER
        if phone:
            condition &= ReportRow.phone == phone
        status = DeliveryStatus.SCHEDULED if scheduled_for else DeliveryStatus.QUEUED
        actions = _delivery_actions(status, delivery_id, "", now, scheduled_for=scheduled_for)
        return row_at(place).update_if(actions, condition)

    def withdraw(
        self,
        place: Place,
        *,
        now: datetime,
        delivery_id: str,
        from_statuses: Sequence[DeliveryStatus],
        error_code: str = "",
    ) -> bool:
        """Makes a report one that was not sent, with the reason; False where its delivery is another, or further.

        It keeps the delivery's id, so that a late word about it is still heard and a late try at it is not begun anew.
        """
        actions = _delivery_actions(DeliveryStatus.NOT_SENT, delivery_id, error_code, now)
        return row_at(place).update_if(actions, _is_in(delivery_id, from_statuses))

    def confirm(
        self, place: Place, *, now: datetime, delivery_id: str, from_statuses: Sequence[DeliveryStatus], phone: str
    ) -> bool:
        """Queues a report that is about to be sent.

        False where its delivery is another, or in none of ``from_statuses``: it was taken back after it was read; or
        its phone was corrected since.
        """
        condition = _is_in(delivery_id, from_statuses) & (ReportRow.phone == phone)
        return row_at(place).update_if(_delivery_actions(DeliveryStatus.QUEUED, delivery_id, "", now), condition)

    def advance(
        self, place: Place, status: DeliveryStatus, *, now: datetime, delivery_id: str, error_code: str
    ) -> bool:
        """Moves a report's delivery forward.

        False where it is further already, another delivery has begun since, or no such report is here.
        """
        actions = _delivery_actions(status, delivery_id, error_code, now)
        condition = _is_in(delivery_id, delivery_statuses_before(status))
        # Queued is ours before sending, and the carrier's after it: from there nothing leads back to sending.
        if status is DeliveryStatus.QUEUED:
            actions.append(ReportRow.accepted_delivery_id.set(delivery_id))
        if status is DeliveryStatus.SENDING:
            condition &= ~(ReportRow.accepted_delivery_id == delivery_id)
        return row_at(place).update_if(actions, condition)


class PasswordStore:
    """Who has a password, and giving each report one of its own, once."""

    def recipients(self, batch: Batch, *, cursor: str | None) -> Iterator[PasswordRecipient]:
        """Whom a batch's reports are for, in the order of the sheet; rows that failed are for nobody."""
        after = _row_of(cursor)
        items = ReportRow.query_raw(
            partition=report_partition(batch.tenant_id, batch.batch_id),
            sort_between=(f"{report_sort(after)}!", _AFTER_ALL_ROWS),
            attributes=_ATTRIBUTES,
        )
        return (_recipient(item) for item in items if item["status"]["S"] != ReportStatus.FAILED.value)

    def cursor_after(self, recipient: PasswordRecipient) -> str:
        """The cursor that goes on behind somebody."""
        return encode_cursor(report_sort(recipient.row))

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


def _is_in(delivery_id: str, statuses: Sequence[DeliveryStatus]) -> Condition:
    stands = ReportRow.delivery_status.is_in(*statuses)
    condition: Condition = (ReportRow.delivery_id == delivery_id) & stands
    return condition


def _delivery_actions(
    status: DeliveryStatus, delivery_id: str, error_code: str, now: datetime, *, scheduled_for: datetime | None = None
) -> list[Action]:
    return [
        ReportRow.delivery_status.set(status),
        ReportRow.delivery_id.set(delivery_id),
        ReportRow.delivery_error.set(error_code),
        ReportRow.updated_at.set(now),
        ReportRow.scheduled_for.set(scheduled_for) if scheduled_for else ReportRow.scheduled_for.remove(),
    ]


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
    try:
        with Transaction() as writes:
            for row, password_hash in hashes.items():
                place = Place(tenant_id, batch_id, row)
                writes.update(row_at(place), [ReportRow.password_hash.set(password_hash)], condition=_LACKS_ONE)
            writes.update(
                BatchRow(batches_partition(tenant_id), batch_id),
                [BatchRow.without_password.add(-len(hashes))],
                condition=BatchRow.partition.exists(),
            )
    except TransactionRefused:
        return False
    return True


def _recipient(item: Mapping[str, AttributeValue]) -> PasswordRecipient:
    return PasswordRecipient(
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
