"""Rows that are alike, and phones in several rows, are found while the sheet is read."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from herald.results.batches.model import NO_DUPLICATES, Batch, SharedPhone
from herald.results.ingesting.duplicates import FindingDuplicates
from herald.values.sheet import CellValue
from tests.support.clock import FakeClock
from tests.support.results import NOW, TypedSheet, new_batch, row_of
from tests.support.workbook_reading import ingest, ingesting

PHONE, OTHER = "+12025550123", "+12025550124"
TITLES = ("Name", "Phone", "Fee")


def read(batch: Batch, cells: list[tuple[CellValue, ...]], folder: Path) -> Batch:
    return ingest(ingesting(TypedSheet(TITLES, cells).open, FakeClock(NOW)), batch, folder)


def test_rows_alike_and_shared_phones_are_told_with_their_rows(batch: Batch, tmp_path: Path) -> None:
    rows = [("Zoë", PHONE, 5), ("Ana", OTHER, 5), ("Zoë", PHONE, 5), ("Max", PHONE, 5), ("Bo", "+12025550125", 5)]

    duplicates = read(batch, list(rows), tmp_path).duplicates

    assert duplicates.identical_rows == ((2, 4),)
    assert duplicates.shared_phones == (SharedPhone("+1202*****23", (2, 4, 5)),)
    assert (duplicates.identical_row_count, duplicates.shared_phone_count) == (1, 1)


def test_a_sheet_without_any_says_so(batch: Batch, tmp_path: Path) -> None:
    assert read(batch, [("Zoë", PHONE, 5), ("Zoë", OTHER, 5)], tmp_path).duplicates == NO_DUPLICATES


def test_rows_without_a_phone_number_are_nobodys_duplicates(batch: Batch, tmp_path: Path) -> None:
    assert read(batch, [("Zoë", None, 5), ("Zoë", None, 5), ("Zoë", "12", 5)], tmp_path).duplicates == NO_DUPLICATES


def test_of_many_the_first_are_listed_and_all_are_counted() -> None:
    finding = FindingDuplicates()
    for row in range(2, 2002):
        finding.look_at(row_of(new_batch(), row, phone=f"+1202555{row % 50:04}"))

    found = finding.found()

    assert (found.shared_phone_count, found.identical_row_count) == (50, 0)
    assert len(found.shared_phones) == 20
    assert {len(shared.rows) for shared in found.shared_phones} == {10}


@given(some.lists(some.integers(0, 5), max_size=20))
def test_every_phone_of_several_rows_is_found_with_these(phones: list[int]) -> None:
    finding = FindingDuplicates()
    for row, phone in enumerate(phones, start=2):
        finding.look_at(row_of(new_batch(), row, phone=f"+120255501{phone:02}"))

    rows = [tuple([row for row, other in enumerate(phones, start=2) if other == phone]) for phone in set(phones)]
    assert sorted(shared.rows for shared in finding.found().shared_phones) == sorted(
        group[:10] for group in rows if len(group) > 1
    )
