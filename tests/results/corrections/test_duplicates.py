"""What a batch holds more than once is told as it is after each correction, whoever corrects beside whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from herald.results.batches.model import NO_DUPLICATES, Batch, Duplicates, SharedPhone
from herald.results.batches.store import BatchStore
from herald.results.corrections.model import Correction
from herald.results.corrections.store import CorrectionStore
from herald.results.duplicates.service import FindingDuplicates
from herald.results.duplicates.store import PhoneIndex
from herald.results.reports.model import Report
from tests.support.corrections import NO_PHONE, bad_row, correct, deletions, use_case
from tests.support.results import (
    NOW,
    TENANT,
    all_reports,
    found_duplicates,
    rendered_batch,
    reports_store,
)

ONE, OTHER, THIRD = "+12025550123", "+12025550124", "+12025550125"


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    return rendered_batch(3, phones=[ONE, OTHER, THIRD])[0]


def test_values_that_a_correction_makes_equal_are_told_and_again_not(batch: Batch) -> None:
    first, second, _ = all_reports(batch)

    correct(second, name=first.recipient.name, phone=ONE)
    assert found_duplicates(batch) == Duplicates(((2, 3),), 1, (SharedPhone("+1202*****23", (2, 3)),), 1)

    correct(second, name="Somebody else")
    assert (found_duplicates(batch).identical_row_count, found_duplicates(batch).shared_phone_count) == (0, 1)


def test_deleting_a_row_resolves_what_it_shared(batch: Batch) -> None:
    second = all_reports(batch)[1]
    correct(second, phone=ONE)
    assert found_duplicates(batch).shared_phone_count == 1

    deletions().delete(TENANT, second.report_id)

    assert found_duplicates(batch) == NO_DUPLICATES


def test_a_row_that_is_given_its_phone_later_is_found_at_it(results_cloud: None) -> None:
    report = bad_row(NO_PHONE)

    correct(report, phone=ONE)

    assert [entry.row for entry in PhoneIndex().at_phone(report, ONE)] == [report.row]


def test_a_correction_that_makes_nothing_alike_leaves_what_was_found(batch: Batch) -> None:
    correct(all_reports(batch)[0], password="another one")

    assert BatchStore().get(TENANT, batch.batch_id).duplicates == NO_DUPLICATES


def test_two_corrections_at_once_to_the_same_phone_are_both_seen(batch: Batch) -> None:
    first, second, _ = all_reports(batch)

    class Meanwhile(CorrectionStore):
        """Somebody corrects another row between the reading and the writing of this one."""

        def change(self, before: Report, after: Report, *, now: datetime) -> bool:
            correct(second, phone=THIRD)
            return super().change(before, after, now=now)

    use_case(Meanwhile()).update(TENANT, first.report_id, Correction(phone=THIRD))

    assert found_duplicates(batch).shared_phones == (SharedPhone("+1202*****25", (2, 3, 4)),)


def test_what_was_found_before_a_correction_is_not_told_after_it(batch: Batch) -> None:
    first, second, _ = all_reports(batch)
    correct(second, phone=ONE)

    class Meanwhile(BatchStore):
        """Somebody corrects a row between the looking and the recording of what was seen."""

        def tell_duplicates(self, batch: Batch, duplicates: Duplicates) -> None:
            correct(first, phone=OTHER)
            super().tell_duplicates(batch, duplicates)

    FindingDuplicates(Meanwhile(), reports_store(), PhoneIndex()).batch(TENANT, batch.batch_id)

    assert found_duplicates(batch) == NO_DUPLICATES


@pytest.mark.parametrize(
    "refused",
    [
        lambda report: CorrectionStore().change(
            replace(report, revision=7),
            replace(report, revision=7, recipient=replace(report.recipient, phone=OTHER)),
            now=NOW,
        ),
        lambda report: CorrectionStore().delete(replace(report, revision=7), now=NOW),
    ],
    ids=["change", "deletion"],
)
def test_what_is_refused_leaves_the_index_as_it_is(batch: Batch, refused: Callable[[Report], bool]) -> None:
    before = set(PhoneIndex().entries(batch))

    assert not refused(all_reports(batch)[0])

    assert set(PhoneIndex().entries(batch)) == before
