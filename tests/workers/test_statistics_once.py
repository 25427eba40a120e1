"""The sums are exact, whatever the stream does with its records: each change counts once."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from herald.errors import Unavailable
from herald.results.rendering.model import Rendered
from herald.results.reports.model import DeliveryStatus
from herald.results.statistics.changes import changes_of
from herald.results.statistics.service import Counting
from herald.results.statistics.store import StatisticsStore
from herald.values.sums import Increment
from tests.support.cloud import stored_items
from tests.support.contention import contended
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    row_of,
)
from tests.support.soak import seeds
from tests.support.stream import Record, TableStream, deliver, of_batch, of_tenant, remove, some, tell


def busy_history(stream: TableStream) -> list[Record]:
    """The records of two tenants' batches from their creation to their last text, in order."""
    records: list[Record] = []
    for tenant_id in (TENANT, OTHER_TENANT, TENANT):
        batch = add_batch(tenant_id=tenant_id)
        records += stream.new_records()
        fill_batch(batch, [row_of(batch, row, bad=row == 4) for row in range(2, 9)])
        records += stream.new_records()
        outcome_store().record(tenant_id, batch.batch_id, [Rendered(row, f"{row}.pdf") for row in (2, 3, 5)], now=NOW)
        records += stream.new_records()
        reports = list(reports_store().page(tenant_id, batch.batch_id, size=100, cursor=None).items)
        deliver(reports[0], DeliveryStatus.SENT)
        records += stream.new_records()
        deliver(reports[1], DeliveryStatus.FAILED, error_code="21610")
        records += stream.new_records()
        remove(f"{tenant_id}#batch#{batch.batch_id}", f"row#{reports[-1].row:07d}")
        records += stream.new_records()
    return records


def assert_exact() -> None:
    """The sums of each tenant are what a count of its rows gives."""
    for tenant_id in (TENANT, OTHER_TENANT):
        rows = [
            item
            for item in stored_items("RESULTS_TABLE")
            if str(item["pk"]).find(f"{tenant_id}#batch#") > 0 and "status" in item
        ]
        totals = of_tenant(tenant_id)
        statuses = Counter(text_of(row, "status") for row in rows)
        deliveries = Counter(
            text_of(row, "delivery_status")
            for row in rows
            if text_of(row, "status") == "ready" or text_of(row, "delivery_status") != "not_sent"
        )
        assert some(totals.reports) == dict(statuses)
        assert some(totals.deliveries) == dict(deliveries)
        assert sum(totals.batches.values()) == (2 if tenant_id == TENANT else 1)
        assert totals.templates == (2 if tenant_id == TENANT else 1)


def text_of(item: dict[str, Any], name: str) -> str:
    return str(item[name]["S"])


def test_one_portion_of_several_tenants_is_counted_for_each(stream: TableStream) -> None:
    tell(busy_history(stream))

    assert_exact()


def test_records_that_come_again_count_once(stream: TableStream) -> None:
    records = busy_history(stream)

    tell(records + records)
    tell(records)
    tell(records[5:20])

    assert_exact()


def test_halves_of_a_portion_that_failed_count_what_was_not_counted(stream: TableStream) -> None:
    records = busy_history(stream)
    tell(records[: len(records) // 3])

    half = len(records) // 2
    tell(records[:half])
    tell(records[half:])

    assert_exact()


class Crash(Exception):
    """The function was killed."""


class CrashingStore(StatisticsStore):
    """The function is killed now and then, before sums are written or after."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def add(self, increment: Increment) -> bool:
        self._crash_at_times()
        added = super().add(increment)
        self._crash_at_times()
        return added

    def _crash_at_times(self) -> None:
        if self._chance.random() < 0.2:
            raise Crash


@pytest.mark.parametrize("seed", seeds(20))
def test_sums_are_exact_after_crashes_at_any_moment_and_portions_of_any_size(stream: TableStream, seed: int) -> None:
    records, chance = busy_history(stream), random.Random(seed)  # noqa: S311 - a test's dice
    counting = Counting(CrashingStore(chance))

    for portion in portions_until_done(records, chance):
        portion.send_to(lambda records: counting.count(changes_of(records)))

    assert_exact()


class Portion:
    """Some records, and whether they were taken."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.taken = False

    def send_to(self, take: Any) -> None:
        try:
            take(self.records)
        except Crash:
            return
        self.taken = True


def portions_until_done(records: list[Record], chance: random.Random) -> Iterator[Portion]:
    """Portions as Lambda makes them: from where the last one was taken, now large, now small; at times from before."""
    start = 0
    while start < len(records):
        portion = Portion(records[start : start + chance.choice([1, 2, 5, 20, 100])])
        yield portion
        if portion.taken:
            start += len(portion.records)
            start = max(0, start - 10) if chance.random() < 0.1 else start


def test_of_two_who_count_the_same_changes_at_once_one_counts(stream: TableStream) -> None:
    records = busy_history(stream)
    told_meanwhile = iter([records])

    class Overtaken(StatisticsStore):
        def add(self, increment: Increment) -> bool:
            for meanwhile in told_meanwhile:
                tell(meanwhile)
            return super().add(increment)

    Counting(Overtaken()).count(changes_of(records))

    assert_exact()


def test_changes_that_cancel_out_are_remembered_as_counted(stream: TableStream) -> None:
    batch, _ = rendered_batch(1)
    stream.new_records()
    (ready,) = [item for item in stored_items("RESULTS_TABLE") if item["sk"] == {"S": "row#0000002"}]
    there = stream.record(None, ready)
    gone = stream.record(ready, None)

    tell([there, gone])
    tell([there])

    assert some(of_batch(batch.batch_id).reports) == {}


def test_sums_that_stay_contended_leave_the_portion_for_later(stream: TableStream) -> None:
    records = busy_history(stream)
    with contended(times=1000), pytest.raises(Unavailable):
        tell(records)

    tell(records)

    assert_exact()


def test_contended_sums_are_tried_again(stream: TableStream) -> None:
    records = busy_history(stream)

    with contended(times=5):
        tell(records)

    assert_exact()


def test_what_follows_from_the_sums_themselves_is_passed_over(stream: TableStream) -> None:
    tell(busy_history(stream))
    before = stored_items("RESULTS_TABLE")

    tell([record for record in stream.new_records() if not record["dynamodb"]["Keys"]["pk"]["S"].endswith("es")])

    assert len(before) > 0
    assert stored_items("RESULTS_TABLE") == before
