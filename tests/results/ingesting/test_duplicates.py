"""Rows that are alike, and phones in several rows, are found while the sheet is read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.results.batches.model import NO_DUPLICATES, Batch, Duplicates, SharedPhone
from herald.results.duplicates.model import Entry, by_phone, rows_alike
from herald.results.duplicates.store import PhoneIndex
from herald.values.sheet import CellValue
from tests.support.clock import FakeClock
from tests.support.results import NOW, TypedSheet, add_batch, all_reports, fill_batch, found_duplicates, row_of
from tests.support.workbook_reading import ingest, ingesting

PHONE, OTHER = "+12025550123", "+12025550124"
TITLES = ("Name", "Phone", "Fee")


def read(batch: Batch, cells: list[tuple[CellValue, ...]], folder: Path) -> Duplicates | None:
    return ingest(ingesting(TypedSheet(TITLES, cells).open, FakeClock(NOW)), batch, folder).duplicates


def test_rows_alike_and_shared_phones_are_told_with_their_rows(batch: Batch, tmp_path: Path) -> None:
    rows = [("Zoë", PHONE, 5), ("Ana", OTHER, 5), ("Zoë", PHONE, 5), ("Max", PHONE, 5), ("Bo", "+12025550125", 5)]

    duplicates = read(batch, list(rows), tmp_path)

    assert duplicates == Duplicates(((2, 4),), 1, (SharedPhone("+1202*****23", (2, 4, 5)),), 1)


def test_what_is_told_of_a_batch_is_what_its_reading_found(batch: Batch, tmp_path: Path) -> None:
    duplicates = read(batch, [("Zoë", PHONE, 5), ("Zoë", PHONE, 5)], tmp_path)

    assert found_duplicates(batch) == duplicates


def test_a_sheet_without_any_says_so(batch: Batch, tmp_path: Path) -> None:
    assert read(batch, [("Zoë", PHONE, 5), ("Zoë", OTHER, 5)], tmp_path) == NO_DUPLICATES


def test_rows_without_a_phone_number_are_nobodys_duplicates(batch: Batch, tmp_path: Path) -> None:
    assert read(batch, [("Zoë", None, 5), ("Zoë", None, 5), ("Zoë", "12", 5)], tmp_path) == NO_DUPLICATES


@pytest.mark.usefixtures("results_cloud")
def test_of_many_the_first_are_listed_and_all_are_counted() -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row, phone=f"+1202555{row % 50:04}") for row in range(2, 602)])

    found = found_duplicates(batch)

    assert (found.shared_phone_count, found.identical_row_count) == (50, 0)
    assert [shared.rows[0] for shared in found.shared_phones] == list(range(2, 22))
    assert {len(shared.rows) for shared in found.shared_phones} == {10}


@pytest.mark.usefixtures("results_cloud")
def test_every_row_of_a_long_sheet_is_found_at_its_phone() -> None:
    batch = add_batch()
    far_apart = [2, 4_999, 5_000, 99_999]
    fill_batch(batch, [row_of(batch, row, phone=PHONE) for row in far_apart] + [row_of(batch, 100_001, phone=OTHER)])

    at_phone = PhoneIndex().at_phone(all_reports(batch)[0], PHONE)

    assert sorted(entry.row for entry in at_phone) == far_apart


@given(some.lists(some.tuples(some.integers(0, 5), some.booleans()), max_size=20))
def test_every_phone_of_several_rows_is_found_with_these(rows: list[tuple[int, bool]]) -> None:
    entries = [Entry(row, str(phone), "" if past else "all") for row, (phone, past) in enumerate(rows, start=2)]

    own = [entry for entry in entries if not entry.is_past_text]
    expected = {phone: [entry.row for entry in own if entry.phone == phone] for phone in map(str, range(6))}
    assert sorted(rows_alike(reversed(entries), lambda entry: entry.phone)) == sorted(
        tuple(group) for group in expected.values() if len(group) > 1
    )
    assert sorted(entry.row for group in by_phone(entries) for entry in group) == [entry.row for entry in entries]
