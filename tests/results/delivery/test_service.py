"""Asking for deliveries: what may be sent is queued once, what may not is refused with the reason."""

import pytest

from herald.errors import Unavailable, Unprocessable
from herald.results.batches.store import BatchStore
from herald.results.delivery.model import DeliveryWork, RequestedDelivery, message_id_of
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report
from herald.values.ids import new_id
from tests.support.clock import FakeClock
from tests.support.delivery import DeliveryRequests, FullQueue
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


def send(requests: DeliveryRequests, report: Report, delivery_id: str) -> str | None:
    return requests.reports.send(report, delivery_id=delivery_id).password


def test_a_ready_report_is_queued(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id = new_id()

    assert send(requests, report, delivery_id) is None

    assert current(report).delivery_status is DeliveryStatus.QUEUED
    assert queue.works() == [DeliveryWork(TENANT, report.batch_id, 2, 2, delivery_id, report_id=report.report_id)]


def test_a_report_on_its_way_is_not_queued_again(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (report,) = rendered_batch(1)
    send(requests, report, new_id())

    with pytest.raises(Unprocessable) as refusal:
        send(requests, current(report), new_id())

    assert refusal.value.code == "delivery_in_progress"
    assert len(queue.messages) == 1


def test_a_request_that_died_on_the_way_to_the_queue_is_made_good_by_its_repetition(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id, queue.broken = new_id(), True
    with pytest.raises(Unavailable):
        send(requests, report, delivery_id)
    queue.broken = False

    send(requests, current(report), delivery_id)

    assert len(queue.messages) == 1


def test_a_report_that_was_delivered_stays_delivered_when_its_request_is_repeated(requests: DeliveryRequests) -> None:
    _, (report,) = rendered_batch(1)
    delivery_id = new_id()
    send(requests, report, delivery_id)
    _move(report, DeliveryStatus.DELIVERED, message_id_of(delivery_id, report))

    send(requests, current(report), delivery_id)

    assert current(report).delivery_status is DeliveryStatus.DELIVERED


def test_a_delivered_report_may_be_sent_anew(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (report,) = rendered_batch(1)
    first = new_id()
    send(requests, report, first)
    _move(report, DeliveryStatus.DELIVERED, message_id_of(first, report))

    send(requests, current(report), new_id())

    assert len(queue.messages) == 2


def test_a_report_that_is_not_ready_is_refused(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])

    with pytest.raises(Unprocessable) as refusal:
        send(requests, row_of(batch, 2), new_id())

    assert refusal.value.code == "report_not_ready"
    assert queue.messages == []


def test_a_report_without_a_password_gets_one_that_is_shown_once(requests: DeliveryRequests) -> None:
    _, (report,) = rendered_batch(1, password="")
    delivery_id = new_id()

    password = send(requests, report, delivery_id)

    assert password is not None
    assert PASSWORDS.matches(report.report_id, password, current(report).recipient.password_hash)
    _move(report, DeliveryStatus.SENT, message_id_of(delivery_id, report))
    assert send(requests, current(report), new_id()) is None


def test_a_password_is_not_lost_when_the_queue_is_busy(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (report,) = rendered_batch(1, password="")
    delivery_id, queue.broken = new_id(), True
    with pytest.raises(Unavailable):
        send(requests, report, delivery_id)
    queue.broken = False

    assert send(requests, current(report), delivery_id) is not None


def test_a_batch_is_queued_as_one_piece_of_work_that_covers_every_row(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, _ = rendered_batch(60)

    assert requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id()) == RequestedDelivery(None, reports=60)
    assert [(work.first_row, work.last_row) for work in queue.works()] == [(1, 61)]


def test_a_delivery_of_which_nothing_was_heard_for_an_hour_does_not_block_the_next(
    requests: DeliveryRequests, queue: FullQueue, clock: FakeClock
) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id())

    clock.advance(3500)
    with pytest.raises(Unprocessable):
        requests.reports.send(current(report), delivery_id=new_id())
    clock.advance(200)
    requests.reports.send(current(report), delivery_id=new_id())

    assert len(queue.works()) == 2


def test_a_batch_that_is_not_completed_is_refused(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])

    with pytest.raises(Unprocessable) as refusal:
        requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert refusal.value.code == "batch_not_completed"
    assert queue.messages == []


def test_a_batch_with_rows_that_have_no_password_is_refused_with_their_number(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, _ = rendered_batch(2, password="")

    with pytest.raises(Unprocessable) as refusal:
        requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert (refusal.value.code, refusal.value.fields) == ("password_missing", {"rows_without_password": 2})
    assert queue.messages == []


def test_a_message_with_an_unknown_column_is_refused_before_anything_is_recorded(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, (report,) = rendered_batch(1)

    with pytest.raises(Unprocessable) as refusal:
        requests.reports.send(report, delivery_id=new_id(), custom_message="{doctor}: {link}")
    with pytest.raises(Unprocessable) as refusal_of_batch:
        requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), custom_message="{doctor}: {link}")

    for refused in (refusal.value, refusal_of_batch.value):
        assert (refused.code, refused.fields["unknown"]) == ("placeholder_unknown", ["doctor"])
    assert (current(report).delivery_status, queue.messages) == (DeliveryStatus.NOT_SENT, [])


def test_a_message_is_queued_in_its_plain_form(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, (report,) = rendered_batch(1)

    requests.reports.send(report, delivery_id=new_id(), custom_message="{{ Name }}: {{link}}")
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), custom_message="Dear { name }")

    assert [work.custom_message for work in queue.works()] == ["{name}: {link}", "Dear {name}"]


def test_a_password_that_is_made_for_one_report_is_one_less_to_make(requests: DeliveryRequests) -> None:
    batch, reports = rendered_batch(2, password="")

    for report in reports:
        send(requests, report, new_id())

    assert BatchStore().get(TENANT, batch.batch_id).without_password == 0
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())


def _move(report: Report, status: DeliveryStatus, delivery_id: str) -> None:
    assert DeliveryStore().advance(report.place, status, now=NOW, delivery_id=delivery_id, error_code="")
