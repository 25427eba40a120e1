"""Transactions: all or nothing, also where several are at the same items."""

from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError
from pynamodb.transactions import TransactWrite

from herald.errors import Unavailable
from herald.storage import Row
from herald.storage.transitional import refused_by, write_together
from tests.support.cloud import make_table, stored_items


class TallyRow(Row):
    class Meta:
        table_name = "TALLIES_TABLE"

    number = NumberAttribute(default=0)


@pytest.fixture
def tallies(cloud: None) -> None:
    make_table("TALLIES_TABLE")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited; it takes no time."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    return waits


def contended(*, times: int) -> Any:
    """Counts one more, once others have been at the item so many times."""
    left = iter(range(times))

    def compose(writes: TransactWrite) -> None:
        if next(left, None) is not None:
            answer = {"Error": {"Code": "TransactionCanceledException"}}
            reasons = [None, CancellationReason(code="TransactionConflict")]
            raise TransactWriteError(
                "conflict", VerboseClientError(answer, "TransactWriteItems", cancellation_reasons=reasons)
            )
        writes.update(TallyRow("tenant", "tally"), actions=[TallyRow.number.add(1)])

    return compose


def test_what_others_are_at_is_tried_again_with_growing_patience(tallies: None, waits: list[float]) -> None:
    write_together(contended(times=5))

    assert [item["number"] for item in stored_items("TALLIES_TABLE")] == [{"N": "1"}]
    assert len(waits) == 5


def test_patience_ends(tallies: None, waits: list[float]) -> None:
    with pytest.raises(Unavailable):
        write_together(contended(times=100))

    assert stored_items("TALLIES_TABLE") == []


def test_a_refusal_tells_which_write_it_was_and_nothing_is_written(tallies: None, waits: list[float]) -> None:
    def compose(writes: TransactWrite) -> None:
        writes.update(TallyRow("tenant", "first"), actions=[TallyRow.number.add(1)])
        writes.update(
            TallyRow("tenant", "second"), actions=[TallyRow.number.add(1)], condition=TallyRow.partition.exists()
        )

    with pytest.raises(TransactWriteError) as refused:
        write_together(compose)

    assert refused_by(refused.value) == [1]
    assert (stored_items("TALLIES_TABLE"), waits) == ([], [])
