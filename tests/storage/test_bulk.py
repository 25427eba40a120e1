from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from herald.errors import Unavailable
from herald.storage import Row
from tests.support.cloud import make_table, stored_items
from tests.support.dynamodb_answers import answering

Requests = list[dict[str, Any]]


class NoteRow(Row):
    class Meta:
        table_name = "NOTES_TABLE"


class BusyTable:
    """Answers as DynamoDB's batch write does, and leaves unprocessed what it is told to leave."""

    def __init__(self, leave: Callable[[int, Requests], Requests]) -> None:
        self.batches: list[int] = []
        self.written: Counter[str] = Counter()
        self._leave = leave

    def batch_write_item(self, request: dict[str, Any]) -> dict[str, Any]:
        [(table, requests)] = request["RequestItems"].items()
        left = self._leave(len(self.batches), requests)
        self.batches.append(len(requests))
        self.written.update(request["PutRequest"]["Item"]["sk"]["S"] for request in requests if request not in left)
        return {"UnprocessedItems": {table: left} if left else {}}


@contextmanager
def written_to(table: BusyTable) -> Iterator[BusyTable]:
    with answering("BatchWriteItem", table.batch_write_item):
        yield table


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which are not waited for: product code has no say in how tenacity sleeps."""
    taken: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", taken.append)
    return taken


def notes(count: int) -> list[NoteRow]:
    return [NoteRow("tenant#notes", f"note#{number}") for number in range(count)]


@pytest.mark.usefixtures("cloud")
def test_rows_are_written_twenty_five_at_a_time(pauses: list[float]) -> None:
    with written_to(BusyTable(lambda _batch, _requests: [])) as table:
        assert NoteRow.write_many(iter(notes(60))) == 60

    assert table.batches == [25, 25, 10]
    assert pauses == []


@pytest.mark.usefixtures("cloud")
def test_only_what_was_left_unprocessed_is_sent_again(pauses: list[float]) -> None:
    leave = [7, 2, 0, 0]
    with written_to(BusyTable(lambda batch, requests: requests[: leave[batch]])) as table:
        assert NoteRow.write_many(notes(30)) == 30

    assert table.batches == [25, 7, 2, 5]
    assert set(table.written.values()) == {1}
    assert len(table.written) == 30
    assert len(pauses) == 2


@pytest.mark.usefixtures("cloud")
def test_a_table_that_stays_busy_is_given_up_within_bounds(pauses: list[float]) -> None:
    with written_to(BusyTable(lambda _batch, requests: requests)) as table, pytest.raises(Unavailable) as failure:
        NoteRow.write_many(notes(3))

    assert failure.value.code == "database_busy"
    assert len(table.batches) == 10
    assert all(0 <= pause <= 2 for pause in pauses)


@pytest.mark.usefixtures("cloud")
def test_nothing_to_write_asks_nothing() -> None:
    with written_to(BusyTable(lambda _batch, _requests: [])) as table:
        assert NoteRow.write_many([]) == 0

    assert table.batches == []


def test_written_rows_are_in_the_table(cloud: None) -> None:
    make_table("NOTES_TABLE")

    assert NoteRow.write_many(notes(26)) == 26
    assert len(stored_items("NOTES_TABLE")) == 26


def test_rows_are_deleted_by_their_keys_and_others_stay(cloud: None) -> None:
    make_table("NOTES_TABLE")
    rows = list(notes(60))
    NoteRow.write_many(rows)

    assert NoteRow.delete_many([*((row.partition, row.sort) for row in rows[:55]), ("no such", "row")]) == 56
    assert len(stored_items("NOTES_TABLE")) == 5
