"""Rows are recorded and counted together, or not at all."""

import pytest

from herald.errors import Unavailable
from herald.results.batches.model import Batch, BatchProblem
from herald.results.batches.store import BatchStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import ReportStatus
from tests.support.contention import contended
from tests.support.rendering import batch_of
from tests.support.results import (
    NOW,
    TENANT,
    all_reports,
    outcome_store,
)

OUTCOMES = [Rendered(2, "2.pdf"), Rendered(3, problem=BatchProblem("template_value", "No number.", 3))]


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    return batch_of(["Person 2", "Person 3", "Person 4"])


def test_rows_are_recorded_and_counted(batch: Batch) -> None:
    outcome_store().record(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    counted = BatchStore().get(TENANT, batch.batch_id)
    assert (counted.successful, counted.failed) == (1, 1)
    assert [report.status for report in all_reports(batch)] == [
        ReportStatus.READY,
        ReportStatus.FAILED,
        ReportStatus.PENDING,
    ]


def test_rows_that_were_recorded_before_stay_as_they_are_and_the_others_are_recorded(batch: Batch) -> None:
    outcome_store().record(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    new, old = Rendered(4, "4.pdf"), Rendered(2, "other.pdf")
    assert outcome_store().record(TENANT, batch.batch_id, [new, old], now=NOW) == [new]

    counted = BatchStore().get(TENANT, batch.batch_id)
    assert (counted.successful, counted.failed) == (2, 1)
    assert [report.pdf_key for report in all_reports(batch)] == ["2.pdf", "", "4.pdf"]


def test_a_contended_counter_is_tried_again(batch: Batch) -> None:
    with contended(times=7):
        outcome_store().record(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id).processed == 2


def test_a_counter_that_stays_contended_leaves_the_chunk_for_later(batch: Batch) -> None:
    with contended(times=1000), pytest.raises(Unavailable):
        outcome_store().record(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id).processed == 0


def test_nothing_to_record_is_nothing_to_write(batch: Batch) -> None:
    before = BatchStore().get(TENANT, batch.batch_id)

    outcome_store().record(TENANT, batch.batch_id, [], now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id) == before
