"""Transactions: all or nothing, also where several are at the same items."""

import pytest

from herald.errors import Conflict, Unavailable
from herald.storage import IntegerAttribute, Row, Transaction, TransactionRefused
from tests.support.cloud import make_table, stored_items
from tests.support.contention import contended


class TallyRow(Row):
    class Meta:
        table_name = "TALLIES_TABLE"

    number = IntegerAttribute(null=True)


@pytest.fixture
def tallies(cloud: None) -> None:
    make_table("TALLIES_TABLE")


def count_one() -> None:
    with Transaction() as writes:
        writes.update(TallyRow("tenant", "tally"), [TallyRow.number.add(1)])


def count_two(refusal: Conflict | None = None) -> None:
    """The second only where it was counted before."""
    with Transaction() as writes:
        writes.update(TallyRow("tenant", "first"), [TallyRow.number.add(1)])
        exists = TallyRow.partition.exists()
        writes.update(TallyRow("tenant", "second"), [TallyRow.number.add(1)], condition=exists, refusal=refusal)


def test_what_others_are_at_is_tried_again_with_growing_patience(tallies: None) -> None:
    with contended(times=5) as waits:
        count_one()

    assert [item["number"] for item in stored_items("TALLIES_TABLE")] == [{"N": "1"}]
    assert len(waits) == 5


def test_patience_ends(tallies: None) -> None:
    with contended(times=100), pytest.raises(Unavailable):
        count_one()

    assert stored_items("TALLIES_TABLE") == []


def test_a_refusal_tells_which_write_it_was_and_nothing_is_written(tallies: None) -> None:
    with pytest.raises(TransactionRefused) as refused:
        count_two()

    assert refused.value.writes == (1,)
    assert stored_items("TALLIES_TABLE") == []


def test_a_write_says_itself_why_it_is_refused(tallies: None) -> None:
    refusal = Conflict("Count the first one first.")

    with pytest.raises(Conflict) as refused:
        count_two(refusal)

    assert refused.value is refusal
    assert stored_items("TALLIES_TABLE") == []
