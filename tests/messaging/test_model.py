"""Statuses only move forward, whatever order reports come in."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.messaging.model import MessageStatus, StatusReport, moves_forward, statuses_before
from herald.messaging.store import MessageRow, MessageStore
from herald.values.ids import new_id
from tests.messaging.outbox import TENANT, claimed_message, stored
from tests.support.soak import few_examples

STATUSES = some.sampled_from(list(MessageStatus))


@given(first=STATUSES, second=STATUSES)
def test_of_two_statuses_one_is_always_the_newer(first: MessageStatus, second: MessageStatus) -> None:
    assert moves_forward(first, second) + moves_forward(second, first) == (first is not second)


@given(status=STATUSES)
def test_a_report_may_replace_exactly_what_it_moves_on(status: MessageStatus) -> None:
    assert set(statuses_before(status)) == {other for other in MessageStatus if moves_forward(other, status)}


@pytest.mark.parametrize("end", [MessageStatus.DELIVERED, MessageStatus.UNDELIVERED, MessageStatus.FAILED])
def test_what_arrived_or_certainly_did_not_is_never_unknown_again(end: MessageStatus) -> None:
    assert not moves_forward(end, MessageStatus.UNKNOWN)
    assert not moves_forward(end, MessageStatus.SENT)


REPORTS = some.lists(
    some.tuples(
        some.sampled_from([status for status in MessageStatus if status is not MessageStatus.SENDING]),
        some.sampled_from(["", "30003", "30007"]),
    ),
    unique_by=lambda report: report[0],
    max_size=6,
)


@few_examples
@given(reports=REPORTS, order=some.randoms(use_true_random=False), repeated=some.integers(1, 2))
def test_callbacks_in_any_order_and_twice_end_where_the_sorted_ones_end(
    cloud: None, reports: list[tuple[MessageStatus, str]], order: object, repeated: int
) -> None:
    shuffled = reports * repeated
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    in_order = sorted(reports, key=lambda report: len(statuses_before(report[0])))

    ends = [_end_of(sequence) for sequence in (shuffled, in_order)]

    assert ends[0] == ends[1]


def _end_of(reports: list[tuple[MessageStatus, str]]) -> tuple[MessageStatus, str]:
    message_id = claimed_message()
    for status, error_code in reports:
        MessageStore().advance(StatusReport(TENANT, message_id, status, "SM1", error_code))
    end = stored(message_id)
    return end.status, end.error_code


def test_a_report_about_a_message_that_is_not_ours_creates_nothing(cloud: None) -> None:
    stranger = new_id()

    assert not MessageStore().advance(StatusReport(TENANT, stranger, MessageStatus.DELIVERED, "SM1"))
    assert MessageStore().get(TENANT, stranger) is None


def test_a_message_is_kept_for_more_than_a_year(cloud: None) -> None:
    created_at = stored(claimed_message()).created_at

    (row,) = MessageRow.scan()

    assert row.expires_at is not None
    assert row.expires_at - created_at >= timedelta(days=365)
