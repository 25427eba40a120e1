"""At the door: what may be sent is queued once, what may not is refused with the reason."""

import pytest

from herald.errors import Unavailable, Unprocessable
from herald.results.batches.store import BatchStore
from herald.results.delivery.requesting import Requested, RequestingDelivery
from herald.results.delivery.store import DeliveryStore
from herald.results.delivery.work import DeliveryWork, message_id_of
from herald.results.reports.model import DeliveryStatus, Report
from herald.values.ids import new_id
from tests.support.clock import FakeClock
from tests.support.delivery import Diary, Shelf, delivery_door
from tests.support.results import (
    NOW,
    PASSWORDS,
    TENANT,
    add_batch,
    current,
    fill_batch,
    rendered_batch,
    row_of,
)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def door(results_cloud: None, shelf: Shelf, diary: Diary, clock: FakeClock) -> RequestingDelivery:
    return delivery_door(shelf, diary, clock)


def send(door: RequestingDelivery, report: Report, delivery_id: str) -> str | None:
    return door.send_report(report, delivery_id=delivery_id).password


def test_a_ready_report_is_queued(door: RequestingDelivery, shelf: Shelf) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id = new_id()

    assert send(door, report, delivery_id) is None

    assert current(report).delivery_status is DeliveryStatus.QUEUED
    assert shelf.works() == [DeliveryWork(TENANT, report.batch_id, 2, 2, delivery_id, report_id=report.report_id)]


def test_a_report_on_its_way_is_not_queued_again(door: RequestingDelivery, shelf: Shelf) -> None:
    _, (report,) = rendered_batch(1)
    send(door, report, new_id())

    with pytest.raises(Unprocessable) as refusal:
        send(door, current(report), new_id())

    assert refusal.value.code == "delivery_in_progress"
    assert len(shelf.messages) == 1


def test_a_request_that_died_on_the_way_to_the_queue_is_made_good_by_its_repetition(
    door: RequestingDelivery, shelf: Shelf
) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id, shelf.broken = new_id(), True
    with pytest.raises(Unavailable):
        send(door, report, delivery_id)
    shelf.broken = False

    send(door, current(report), delivery_id)

    assert len(shelf.messages) == 1


def test_a_report_that_was_delivered_stays_delivered_when_its_request_is_repeated(door: RequestingDelivery) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id = new_id()
    send(door, report, delivery_id)
    _move(report, DeliveryStatus.DELIVERED, message_id_of(delivery_id, report))

    send(door, current(report), delivery_id)

    assert current(report).delivery_status is DeliveryStatus.DELIVERED


def test_a_delivered_report_may_be_sent_anew(door: RequestingDelivery, shelf: Shelf) -> None:
    _, (report,) = rendered_batch(1)
    first = new_id()
    send(door, report, first)
    _move(report, DeliveryStatus.DELIVERED, message_id_of(first, report))

    send(door, current(report), new_id())

    assert len(shelf.messages) == 2


def test_a_report_that_is_not_ready_is_refused(door: RequestingDelivery, shelf: Shelf) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])

    with pytest.raises(Unprocessable) as refusal:
        send(door, row_of(batch, 2), new_id())

    assert refusal.value.code == "report_not_ready"
    assert shelf.messages == []


def test_a_report_without_a_password_gets_one_that_is_shown_once(door: RequestingDelivery) -> None:
    _, (report,) = rendered_batch(1, password="")
    delivery_id = new_id()

    password = send(door, report, delivery_id)

    assert password is not None
    assert PASSWORDS.matches(report.report_id, password, current(report).recipient.password_hash)
    _move(report, DeliveryStatus.SENT, message_id_of(delivery_id, report))
    assert send(door, current(report), new_id()) is None


def test_a_password_is_not_lost_when_the_queue_is_busy(door: RequestingDelivery, shelf: Shelf) -> None:
    _, (report,) = rendered_batch(1, password="")
    delivery_id, shelf.broken = new_id(), True
    with pytest.raises(Unavailable):
        send(door, report, delivery_id)
    shelf.broken = False

    assert send(door, current(report), delivery_id) is not None


def test_a_batch_is_queued_as_one_piece_of_work_that_covers_every_row(door: RequestingDelivery, shelf: Shelf) -> None:
    batch, _ = rendered_batch(60)

    assert door.send_batch(TENANT, batch.batch_id, delivery_id=new_id()) == Requested(None, reports=60)
    assert [(work.first_row, work.last_row) for work in shelf.works()] == [(1, 61)]


def test_a_delivery_of_which_nothing_was_heard_for_an_hour_does_not_block_the_next(
    door: RequestingDelivery, shelf: Shelf, clock: FakeClock
) -> None:
    _, (report,) = rendered_batch(1)
    door.send_report(report, delivery_id=new_id())

    clock.advance(3500)
    with pytest.raises(Unprocessable):
        door.send_report(current(report), delivery_id=new_id())
    clock.advance(200)
    door.send_report(current(report), delivery_id=new_id())

    assert len(shelf.works()) == 2


def test_a_batch_that_is_not_completed_is_refused(door: RequestingDelivery, shelf: Shelf) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])

    with pytest.raises(Unprocessable) as refusal:
        door.send_batch(TENANT, batch.batch_id, delivery_id=new_id())

    assert refusal.value.code == "batch_not_completed"
    assert shelf.messages == []


def test_a_batch_with_rows_that_have_no_password_is_refused_with_their_number(
    door: RequestingDelivery, shelf: Shelf
) -> None:
    batch, _ = rendered_batch(2, password="")

    with pytest.raises(Unprocessable) as refusal:
        door.send_batch(TENANT, batch.batch_id, delivery_id=new_id())

    assert (refusal.value.code, refusal.value.fields) == ("password_missing", {"rows_without_password": 2})
    assert shelf.messages == []


def test_a_message_with_an_unknown_column_is_refused_before_anything_is_recorded(
    door: RequestingDelivery, shelf: Shelf
) -> None:
    batch, (report,) = rendered_batch(1)

    with pytest.raises(Unprocessable) as refusal:
        door.send_report(report, delivery_id=new_id(), custom_message="{doctor}: {link}")
    with pytest.raises(Unprocessable) as refusal_of_batch:
        door.send_batch(TENANT, batch.batch_id, delivery_id=new_id(), custom_message="{doctor}: {link}")

    for refused in (refusal.value, refusal_of_batch.value):
        assert (refused.code, refused.fields["unknown"]) == ("placeholder_unknown", ["doctor"])
    assert (current(report).delivery_status, shelf.messages) == (DeliveryStatus.NOT_SENT, [])


def test_a_message_is_queued_in_its_plain_form(door: RequestingDelivery, shelf: Shelf) -> None:
    batch, (report,) = rendered_batch(1)

    door.send_report(report, delivery_id=new_id(), custom_message="{{ Name }}: {{link}}")
    door.send_batch(TENANT, batch.batch_id, delivery_id=new_id(), custom_message="Dear { name }")

    assert [work.custom_message for work in shelf.works()] == ["{name}: {link}", "Dear {name}"]


def test_a_password_that_is_made_for_one_report_is_one_less_to_make(door: RequestingDelivery) -> None:
    batch, reports = rendered_batch(2, password="")

    for report in reports:
        send(door, report, new_id())

    assert BatchStore().get(TENANT, batch.batch_id).without_password == 0
    door.send_batch(TENANT, batch.batch_id, delivery_id=new_id())


def _move(report: Report, status: DeliveryStatus, delivery_id: str) -> None:
    assert DeliveryStore().update_delivery(report.place, status, now=NOW, delivery_id=delivery_id, error_code="")
