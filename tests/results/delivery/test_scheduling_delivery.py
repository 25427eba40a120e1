"""Asking for deliveries: what is for later is scheduled once, and can be replaced or taken back until then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from herald.errors import Unprocessable
from herald.results.batches.model import Batch
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.delivery.model import RequestedDelivery
from herald.results.delivery.scheduling import schedule_name
from herald.results.reports.model import DeliveryStatus
from herald.values.ids import new_id
from tests.support.clock import FakeClock
from tests.support.delivery import DeliveryRequests, FullQueue, IdleSchedule, delivery_requests
from tests.support.results import NOW, TENANT, current, rendered_batch

TOMORROW = NOW + timedelta(days=1)


def test_a_report_for_later_is_scheduled_and_not_queued(
    requests: DeliveryRequests, queue: FullQueue, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)

    requested = requests.reports.send(report, delivery_id=new_id(), schedule_time=TOMORROW)

    assert requested == RequestedDelivery(TOMORROW)
    now = current(report)
    assert (now.delivery_status, now.scheduled_for) == (DeliveryStatus.SCHEDULED, TOMORROW)
    assert schedule.entries.keys() == {schedule_name(TENANT, now.delivery_id)}
    assert (schedule.works()[0].report_id, queue.messages) == (report.report_id, [])


@pytest.mark.parametrize(
    ("schedule_time", "moment"),
    [
        (TOMORROW.replace(tzinfo=None), TOMORROW),
        (TOMORROW.astimezone(timezone(timedelta(hours=-5))), TOMORROW),
        (NOW - timedelta(seconds=50), None),
        (NOW + timedelta(seconds=2), None),
    ],
)
def test_a_time_without_a_zone_is_utc_and_one_that_is_just_over_is_now(
    requests: DeliveryRequests, schedule_time: datetime, moment: datetime | None
) -> None:
    _, (report,) = rendered_batch(1)

    assert requests.reports.send(report, delivery_id=new_id(), schedule_time=schedule_time).scheduled_for == moment


@pytest.mark.parametrize(
    ("schedule_time", "code"),
    [
        (NOW - timedelta(minutes=2), "schedule_time_past"),
        (NOW + timedelta(days=366), "schedule_time_too_far"),
        (NOW + timedelta(days=31), "schedule_time_after_retention"),
    ],
)
def test_a_time_that_will_not_do_is_refused_for_a_report_and_for_a_batch(
    requests: DeliveryRequests, schedule: IdleSchedule, schedule_time: datetime, code: str
) -> None:
    batch, (report,) = rendered_batch(1)
    report = replace(report, expires_at=NOW + timedelta(days=30))
    _keep_for(batch, 30)

    with pytest.raises(Unprocessable) as refusal:
        requests.reports.send(report, delivery_id=new_id(), schedule_time=schedule_time)
    with pytest.raises(Unprocessable) as refusal_of_batch:
        requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=schedule_time)

    assert (refusal.value.code, refusal_of_batch.value.code) == (code, code)
    assert (current(report).delivery_status, schedule.entries) == (DeliveryStatus.NOT_SENT, {})


def test_sending_now_takes_the_place_of_what_was_scheduled(
    requests: DeliveryRequests, queue: FullQueue, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id(), schedule_time=TOMORROW)

    requests.reports.send(current(report), delivery_id=new_id())

    assert (current(report).delivery_status, current(report).scheduled_for) == (DeliveryStatus.QUEUED, None)
    assert (len(queue.messages), schedule.entries) == (1, {})


def test_a_request_for_later_that_is_repeated_schedules_nothing_twice(
    requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id = new_id()

    first = requests.reports.send(report, delivery_id=delivery_id, schedule_time=TOMORROW)
    again = requests.reports.send(current(report), delivery_id=delivery_id, schedule_time=TOMORROW)

    assert (first, len(schedule.entries)) == (again, 1)


def test_a_report_on_its_way_is_not_scheduled_either(requests: DeliveryRequests) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id())

    with pytest.raises(Unprocessable, match="on its way"):
        requests.reports.send(current(report), delivery_id=new_id(), schedule_time=TOMORROW)


def test_what_is_scheduled_can_be_taken_back_until_then(requests: DeliveryRequests, schedule: IdleSchedule) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id = new_id()
    requests.reports.send(report, delivery_id=delivery_id, schedule_time=TOMORROW)

    requests.reports.cancel(current(report))

    assert (current(report).delivery_status, current(report).scheduled_for) == (DeliveryStatus.NOT_SENT, None)
    assert schedule.entries == {}
    with pytest.raises(Unprocessable) as refusal:
        requests.reports.cancel(current(report))
    assert refusal.value.code == "not_scheduled"
    with pytest.raises(Unprocessable) as late_try:
        requests.reports.send(current(report), delivery_id=delivery_id, schedule_time=TOMORROW)
    assert late_try.value.code == "delivery_taken_back"
    requests.reports.send(current(report), delivery_id=new_id())


def test_what_is_on_its_way_cannot_be_taken_back(requests: DeliveryRequests) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id())

    with pytest.raises(Unprocessable):
        requests.reports.cancel(current(report))

    assert current(report).delivery_status is DeliveryStatus.QUEUED


def test_a_batch_has_one_sending_at_a_later_time(
    requests: DeliveryRequests, queue: FullQueue, schedule: IdleSchedule
) -> None:
    batch, _ = rendered_batch(2)
    first, second = new_id(), new_id()

    requests.batches.send(TENANT, batch.batch_id, delivery_id=first, schedule_time=TOMORROW)
    requested = requests.batches.send(TENANT, batch.batch_id, delivery_id=second, schedule_time=TOMORROW)

    assert requested == RequestedDelivery(TOMORROW, reports=2)
    assert schedule.entries.keys() == {schedule_name(TENANT, second)}
    assert schedule.works()[0].scheduled_for == "2026-11-23T12:00:00.000Z"
    kept = BatchStore().get(TENANT, batch.batch_id)
    assert (kept.scheduled_delivery_id, kept.scheduled_for) == (second, TOMORROW)
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())
    assert (schedule.entries, len(queue.messages)) == ({}, 1)
    assert BatchStore().get(TENANT, batch.batch_id).scheduled_for is None


def test_the_same_request_for_a_batch_again_schedules_it_once(
    requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    batch, _ = rendered_batch(1)
    delivery_id = new_id()

    answers = [
        requests.batches.send(TENANT, batch.batch_id, delivery_id=delivery_id, schedule_time=TOMORROW) for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert schedule.entries.keys() == {schedule_name(TENANT, delivery_id)}


def test_a_batchs_sending_can_be_taken_back_until_then(
    requests: DeliveryRequests, schedule: IdleSchedule, clock: FakeClock
) -> None:
    batch, _ = rendered_batch(1)
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=TOMORROW)

    requests.batches.cancel(TENANT, batch.batch_id)

    assert (schedule.entries, BatchStore().get(TENANT, batch.batch_id).scheduled_delivery_id) == ({}, "")
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=TOMORROW)
    clock.advance(24 * 3600)
    with pytest.raises(Unprocessable) as refusal:
        requests.batches.cancel(TENANT, batch.batch_id)
    assert refusal.value.code == "not_scheduled"


class _Interrupted(BatchStore):
    """Batches of which somebody schedules one as soon as it has been read."""

    def __init__(self, scheduling: Callable[[], object]) -> None:
        self._scheduling = iter([scheduling])

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        batch = super().get(tenant_id, batch_id)
        for schedule in self._scheduling:
            schedule()
        return batch


def test_taking_back_a_batchs_sending_says_so_if_a_newer_one_has_just_taken_its_place(
    requests: DeliveryRequests, queue: FullQueue, schedule: IdleSchedule, clock: FakeClock
) -> None:
    batch, _ = rendered_batch(1)
    newer = new_id()
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=TOMORROW)
    late = delivery_requests(
        queue,
        schedule,
        clock,
        batches=_Interrupted(
            lambda: requests.batches.send(TENANT, batch.batch_id, delivery_id=newer, schedule_time=TOMORROW)
        ),
    )

    with pytest.raises(Unprocessable) as refusal:
        late.batches.cancel(TENANT, batch.batch_id)

    assert refusal.value.code == "not_scheduled"
    assert schedule.entries.keys() == {schedule_name(TENANT, newer)}
    assert BatchStore().get(TENANT, batch.batch_id).scheduled_delivery_id == newer


def test_of_two_who_schedule_a_batch_at_once_one_is_told(
    requests: DeliveryRequests, queue: FullQueue, schedule: IdleSchedule, clock: FakeClock
) -> None:
    batch, _ = rendered_batch(1)
    winner = new_id()
    late = delivery_requests(
        queue,
        schedule,
        clock,
        batches=_Interrupted(
            lambda: requests.batches.send(TENANT, batch.batch_id, delivery_id=winner, schedule_time=TOMORROW)
        ),
    )

    with pytest.raises(Unprocessable) as refusal:
        late.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=TOMORROW)

    assert refusal.value.code == "schedule_changed"
    assert schedule.entries.keys() == {schedule_name(TENANT, winner)}
    assert BatchStore().get(TENANT, batch.batch_id).scheduled_delivery_id == winner


def _keep_for(batch: Batch, days: int) -> None:
    row = BatchRow(batches_partition(batch.tenant_id), batch.batch_id)
    row.update(actions=[BatchRow.retention_days.set(days)])
