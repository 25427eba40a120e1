"""A report's delivery follows its message, whatever order the changes come in, and however often."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.messaging.model import MessageChange, MessageStatus, statuses_before
from herald.results.delivery.delivering import FollowingDelivery
from herald.results.delivery.model import reference_of
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report
from herald.values.ids import new_id
from tests.support.results import NOW, TENANT, current, rendered_batch
from tests.support.soak import few_examples

CHANGES = some.lists(
    some.tuples(some.sampled_from(MessageStatus), some.sampled_from(["", "30003", "30007"])),
    unique_by=lambda change: change[0],
    max_size=6,
)


@few_examples
@given(changes=CHANGES, order=some.randoms(use_true_random=False), repeated=some.integers(1, 3))
def test_changes_in_any_order_and_repeated_end_where_the_sorted_ones_end(
    results_cloud: None, changes: list[tuple[MessageStatus, str]], order: random.Random, repeated: int
) -> None:
    shuffled = changes * repeated
    order.shuffle(shuffled)
    in_order = sorted(changes, key=lambda change: len(statuses_before(change[0])))

    ends = [_end_of(sequence) for sequence in (shuffled, in_order)]

    assert ends[0] == ends[1]


def _end_of(changes: list[tuple[MessageStatus, str]]) -> tuple[DeliveryStatus, str]:
    report, message_id = _queued_report()
    for status, error_code in changes:
        _follow(report, message_id, status, error_code)
    end = current(report)
    return end.delivery_status, end.delivery_error


@pytest.mark.parametrize("repeated", [MessageStatus.SENDING, MessageStatus.QUEUED])
def test_a_text_that_the_carrier_has_is_not_shown_as_one_that_is_being_sent(
    results_cloud: None, repeated: MessageStatus
) -> None:
    report, message_id = _queued_report()
    for status in (MessageStatus.QUEUED, MessageStatus.SENDING, repeated):
        _follow(report, message_id, status)

    assert current(report).delivery_status is DeliveryStatus.QUEUED


def test_a_report_that_is_sent_again_is_shown_as_one_that_is_being_sent(results_cloud: None) -> None:
    report, message_id = _queued_report()
    _follow(report, message_id, MessageStatus.QUEUED)
    again = _begin(report, [DeliveryStatus.QUEUED])

    assert _follow(report, again, MessageStatus.SENDING)
    assert current(report).delivery_status is DeliveryStatus.SENDING


def _queued_report() -> tuple[Report, str]:
    _, (report,) = rendered_batch(1)
    return report, _begin(report, [DeliveryStatus.NOT_SENT])


def _begin(report: Report, from_statuses: list[DeliveryStatus]) -> str:
    """Queues a report for a new delivery; gives the id of its message."""
    message_id = new_id()
    assert DeliveryStore().begin(report.place, now=NOW, delivery_id=message_id, from_statuses=from_statuses)
    return message_id


def _follow(report: Report, message_id: str, status: MessageStatus, error_code: str = "") -> bool:
    change = MessageChange(TENANT, message_id, reference_of(report), status, error_code)
    return FollowingDelivery(DeliveryStore(), clock=lambda: NOW).follow(change)
