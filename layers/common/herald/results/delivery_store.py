"""How the delivery of each report stands: it only moves forward, and belongs to the newest delivery."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.update import Action

from herald.results.model import DELIVERY_GIVEN_UP_AFTER, DeliveryStatus, Place, Report, delivery_statuses_before
from herald.results.report_rows import ReportRow, report_partition, report_sort, row_at
from herald.values.clock import to_text


class DeliveryStore:
    """Deliveries over DynamoDB; each is a part of its report's item."""

    def begin_delivery(
        self, place: Place, *, now: datetime, delivery_id: str, from_statuses: Sequence[DeliveryStatus]
    ) -> bool:
        """Queues a report for a new delivery.

        False where its present one is not in ``from_statuses``, unless nothing has been heard of that for an hour: a
        delivery that was never queued, or whose callback was lost, must not keep a report from its person for ever.
        """
        condition = ReportRow.delivery_status.is_in(*[status.value for status in from_statuses])
        if from_statuses != [DeliveryStatus.NOT_SENT]:
            condition |= ReportRow.updated_at < to_text(now - DELIVERY_GIVEN_UP_AFTER)
        return row_at(place).update_if(_delivery_actions(DeliveryStatus.QUEUED, delivery_id, "", now), condition)

    def update_delivery(
        self, place: Place, status: DeliveryStatus, *, now: datetime, delivery_id: str, error_code: str
    ) -> bool:
        """Moves a report's delivery forward.

        False where it is further already, another delivery has begun since, or no such report is here.
        """
        actions = _delivery_actions(status, delivery_id, error_code, now)
        earlier = [before.value for before in delivery_statuses_before(status)]
        condition = (ReportRow.delivery_id == delivery_id) & ReportRow.delivery_status.is_in(*earlier)
        return row_at(place).update_if(actions, condition)

    def set_password(self, report: Report, password_hash: str) -> None:
        """Replaces a report's password."""
        row = ReportRow(report_partition(report.tenant_id, report.batch_id), report_sort(report.row))
        row.update_if([ReportRow.password_hash.set(password_hash)], ReportRow.partition.exists())


def _delivery_actions(status: DeliveryStatus, delivery_id: str, error_code: str, now: datetime) -> list[Action]:
    return [
        ReportRow.delivery_status.set(status.value),
        ReportRow.delivery_id.set(delivery_id),
        ReportRow.delivery_error.set(error_code),
        ReportRow.updated_at.set(to_text(now)),
    ]
