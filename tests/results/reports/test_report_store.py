"""Rows are settled and counted together, or not at all."""

import pytest

from herald.errors import NotFound, Unavailable
from herald.results.batches.model import Batch, BatchProblem, Chunk
from herald.results.batches.store import BatchStore
from herald.results.delivery.store import DeliveryStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import DeliveryStatus, ReportStatus
from tests.support.contention import contended
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    all_reports,
    fill_batch,
    reports_store,
    row_of,
    settlements,
)

OUTCOMES = [Rendered(2, "2.pdf"), Rendered(3, problem=BatchProblem("template_value", "No number.", 3))]


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row) for row in (2, 3, 4)])
    return batch


def test_rows_are_settled_and_counted(batch: Batch) -> None:
    settlements().settle(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    counted = BatchStore().get(TENANT, batch.batch_id)
    assert (counted.successful, counted.failed) == (1, 1)
    assert [report.status for report in all_reports(batch)] == [
        ReportStatus.READY,
        ReportStatus.FAILED,
        ReportStatus.PENDING,
    ]


def test_rows_that_were_settled_before_stay_as_they_are_and_the_others_are_settled(batch: Batch) -> None:
    settlements().settle(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    new, old = Rendered(4, "4.pdf"), Rendered(2, "other.pdf")
    assert settlements().settle(TENANT, batch.batch_id, [new, old], now=NOW) == [new]

    counted = BatchStore().get(TENANT, batch.batch_id)
    assert (counted.successful, counted.failed) == (2, 1)
    assert [report.pdf_key for report in all_reports(batch)] == ["2.pdf", "", "4.pdf"]


def test_a_contended_counter_is_tried_again(batch: Batch) -> None:
    with contended(times=7):
        settlements().settle(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id).processed == 2


def test_a_counter_that_stays_contended_leaves_the_chunk_for_later(batch: Batch) -> None:
    with contended(times=1000), pytest.raises(Unavailable):
        settlements().settle(TENANT, batch.batch_id, OUTCOMES, now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id).processed == 0


def test_nothing_to_settle_is_nothing_to_write(batch: Batch) -> None:
    before = BatchStore().get(TENANT, batch.batch_id)

    settlements().settle(TENANT, batch.batch_id, [], now=NOW)

    assert BatchStore().get(TENANT, batch.batch_id) == before


def test_pages_go_through_the_sheet_in_its_order(batch: Batch) -> None:
    first = reports_store().page(TENANT, batch.batch_id, size=2, cursor=None)
    rest = reports_store().page(TENANT, batch.batch_id, size=2, cursor=first.next_cursor)

    assert [report.row for report in (*first.items, *rest.items)] == [2, 3, 4]
    assert rest.next_cursor is None


def test_a_chunk_is_its_rows_and_no_others(batch: Batch) -> None:
    assert [report.row for report in reports_store().chunk(TENANT, batch.batch_id, Chunk(3, 27))] == [3, 4]


def test_a_row_is_read_back_as_it_was_stored(batch: Batch) -> None:
    assert all_reports(batch)[0] == row_of(batch, 2)


def test_a_report_is_found_by_its_id_in_its_tenant_alone(batch: Batch) -> None:
    report = all_reports(batch)[0]

    assert reports_store().get(TENANT, report.report_id) == report
    with pytest.raises(NotFound):
        reports_store().get(OTHER_TENANT, report.report_id)
    with pytest.raises(NotFound):
        reports_store().at_row(OTHER_TENANT, batch.batch_id, 2)


def test_a_delivery_moves_on_only_from_where_it_may(batch: Batch) -> None:
    report = all_reports(batch)[0]

    def queue(delivery_id: str) -> bool:
        return DeliveryStore().begin(
            report.place, now=NOW, delivery_id=delivery_id, from_statuses=[DeliveryStatus.NOT_SENT]
        )

    assert [queue("delivery-1"), queue("delivery-2")] == [True, False]
    assert all_reports(batch)[0].delivery_id == "delivery-1"
