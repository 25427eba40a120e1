"""Reports by their place in the sheet and by their id."""

import pytest

from herald.errors import NotFound
from herald.results.batches.model import Batch, Chunk
from tests.support.rendering import batch_of
from tests.support.results import (
    OTHER_TENANT,
    TENANT,
    all_reports,
    reports_store,
    row_of,
)


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    return batch_of(["Person 2", "Person 3", "Person 4"])


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
