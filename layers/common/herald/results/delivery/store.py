"""How the delivery of each report stands: it only moves forward, and belongs to the newest delivery."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.results.delivery.model import DELIVERY_GIVEN_UP_AFTER
from herald.results.reports.model import DeliveryStatus, Place, delivery_statuses_before
from herald.results.reports.store import ReportRow, row_at


class DeliveryStore:
    """Deliveries over DynamoDB; each is a part of its report's item."""

    def begin_delivery(
        self,
        place: Place,
        *,
        now: datetime,
        delivery_id: str,
        from_statuses: Sequence[DeliveryStatus],
        scheduled_for: datetime | None = None,
    ) -> bool:
        """Queues a report for a new delivery, or records when it is scheduled for.

        False where its present one is not in ``from_statuses``, unless nothing has been heard of that for an hour: a
        delivery that was never queued, or whose callback was lost, must not keep a report from its person for ever.
        """
        condition = ReportRow.delivery_status.is_in(*from_statuses)
        if from_statuses != [DeliveryStatus.NOT_SENT]:
            condition |= ReportRow.updated_at < now - DELIVERY_GIVEN_UP_AFTER
        status = DeliveryStatus.SCHEDULED if scheduled_for else DeliveryStatus.QUEUED
        actions = _delivery_actions(status, delivery_id, "", now, scheduled_for=scheduled_for)
        return row_at(place).update_if(actions, condition)

    def take_back(
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

    def hold_delivery(
        self, place: Place, *, now: datetime, delivery_id: str, from_statuses: Sequence[DeliveryStatus]
    ) -> bool:
        """Queues a report that is about to be sent.

        False where its delivery is another, or in none of ``from_statuses``: it was taken back after it was read.
        """
        condition = _is_in(delivery_id, from_statuses)
        return row_at(place).update_if(_delivery_actions(DeliveryStatus.QUEUED, delivery_id, "", now), condition)

    def update_delivery(
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
