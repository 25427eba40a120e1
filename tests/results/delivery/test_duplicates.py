"""A phone gets several texts of one batch only where whoever sends has said that it may."""

from datetime import timedelta

import pytest

from herald.errors import Unprocessable
from herald.results.corrections.store import CorrectionStore
from herald.results.reports.model import Report
from herald.values.ids import new_id
from tests.support.delivery import DeliveryRequests, FullQueue, IdleSchedule
from tests.support.results import NOW, TENANT, current, rendered_batch

PARENT, OTHER = "+12025550123", "+12025550124"


def refusal_of_batch(requests: DeliveryRequests, batch_id: str) -> Unprocessable:
    with pytest.raises(Unprocessable) as refused:
        requests.batches.send(TENANT, batch_id, delivery_id=new_id())
    return refused.value


def send(requests: DeliveryRequests, report: Report) -> None:
    requests.reports.send(report, delivery_id=new_id())


def test_a_batch_with_a_shared_phone_is_refused_with_its_rows(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, _ = rendered_batch(4, phones=[PARENT, OTHER, PARENT])

    refusal = refusal_of_batch(requests, batch.batch_id)

    assert (refusal.code, refusal.fields) == ("duplicate_phones", {"rows": [[2, 4]], "phones": 1})
    assert "rows 2 and 4" in refusal.message
    assert "allow_duplicates" in refusal.message
    assert queue.messages == []


def test_it_goes_out_where_that_is_meant(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, _ = rendered_batch(2, phones=[PARENT, PARENT])

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), allow_duplicates=True)

    assert len(queue.messages) == 1


def test_a_batch_for_later_is_asked_the_same(requests: DeliveryRequests, schedule: IdleSchedule) -> None:
    batch, _ = rendered_batch(2, phones=[PARENT, PARENT])

    with pytest.raises(Unprocessable, match="more than one text"):
        requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=NOW + timedelta(days=1))

    assert schedule.entries == {}


def test_a_row_that_was_deleted_since_shares_nothing_any_more(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, reports = rendered_batch(3, phones=[PARENT, PARENT])
    assert CorrectionStore().delete(reports[1], now=NOW)

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert len(queue.messages) == 1


def test_more_phones_than_are_listed_are_never_let_through(requests: DeliveryRequests) -> None:
    batch, reports = rendered_batch(42, phones=[f"+1202556{row // 2:04}" for row in range(42)])
    for report in reports[:40:2]:
        assert CorrectionStore().delete(report, now=NOW)

    assert refusal_of_batch(requests, batch.batch_id).fields["phones"] == 1


def test_one_of_two_children_is_sent_and_the_other_asked_about(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (one, other, _) = rendered_batch(3, phones=[PARENT, PARENT])
    send(requests, one)

    with pytest.raises(Unprocessable) as refused:
        send(requests, other)

    assert (refused.value.code, refused.value.fields["rows"]) == ("duplicate_phones", [[2, 3]])
    requests.reports.send(current(other), delivery_id=new_id(), allow_duplicates=True)
    assert len(queue.messages) == 2


def test_another_number_than_the_sheets_is_no_duplicate(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, PARENT])
    send(requests, one)

    requests.reports.send(other, delivery_id=new_id(), phone=OTHER)

    assert len(queue.messages) == 2


def test_a_batch_whose_sharers_were_all_sent_can_be_sent_again(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, reports = rendered_batch(3, phones=[PARENT, PARENT])
    for report in reports[:2]:
        requests.reports.send(report, delivery_id=new_id(), allow_duplicates=True)

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert len(queue.messages) == 3
