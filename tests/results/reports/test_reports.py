"""The list of reports: over all batches, by what they are and whom they are for, in bounded steps."""

from dataclasses import replace

import pytest

from herald.errors import Invalid, NotFound
from herald.results.batches.model import Batch, BatchProblem
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.rendering.model import Rendered
from herald.results.reports.model import DeliveryStatus, Report, ReportFilter, ReportsPart, ReportStatus
from herald.results.reports.service import Reports
from herald.results.reports.store import ROWS_LOOKED_AT, ReportStore
from herald.values.page import encode_cursor
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    add_template,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    row_of,
)

EVERYTHING = ReportFilter()


class WatchedReports(ReportStore):
    """The store, and which batches it was asked about."""

    def __init__(self, *, rows_looked_at: int = ROWS_LOOKED_AT) -> None:
        super().__init__(rows_looked_at=rows_looked_at)
        self.asked: list[str] = []

    def part(self, tenant_id: str, batch_id: str, wanted: ReportFilter, *, after: int, size: int) -> ReportsPart:
        self.asked.append(batch_id)
        return super().part(tenant_id, batch_id, wanted, after=after, size=size)


@pytest.fixture
def older(results_cloud: None) -> Batch:
    """Rendered: Person 2 to Person 6."""
    return rendered_batch(5)[0]


@pytest.fixture
def newer(older: Batch) -> Batch:
    """Three rows: one that failed, one that waits, one that was bad from the beginning."""
    batch = add_batch(add_template())
    names = {2: "Zoë Ñandú", 3: "Ana"}
    rows = [row_of(batch, row, name=name) for row, name in names.items()]
    email = replace(rows[1].recipient, email="Ana@Clinic.example")
    fill_batch(batch, [rows[0], replace(rows[1], recipient=email), row_of(batch, 4, bad=True)])
    outcome_store().record(
        TENANT, batch.batch_id, [Rendered(2, problem=BatchProblem("pdf_timed_out", "Too slow.", 2))], now=NOW
    )
    return batch


def reports(store: ReportStore | None = None, *, most_queries: int = 20, most_batches: int = 1000) -> Reports:
    return Reports(BatchStore(), store or reports_store(), most_queries=most_queries, most_batches=most_batches)


def walk(wanted: ReportFilter, *, size: int, use_case: Reports | None = None) -> list[Report]:
    """Everything that is found, page by page."""
    found: list[Report] = []
    cursor: str | None = None
    while True:
        page = (use_case or reports()).page(TENANT, wanted, size=size, cursor=cursor)
        assert len(page.items) <= size
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def places(found: list[Report]) -> list[tuple[str, int]]:
    return [(report.batch_id, report.row) for report in found]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_all_reports_come_newest_batch_first_and_each_once(older: Batch, newer: Batch, size: int) -> None:
    expected = [(newer.batch_id, row) for row in (2, 3, 4)] + [(older.batch_id, row) for row in range(2, 7)]

    assert places(walk(EVERYTHING, size=size)) == expected


@pytest.mark.parametrize(
    ("status", "rows"),
    [(ReportStatus.FAILED, [2, 4]), (ReportStatus.PENDING, [3]), (ReportStatus.READY, [2, 3, 4, 5, 6])],
)
def test_a_status_finds_its_rows_and_asks_no_batch_that_has_none(
    older: Batch, newer: Batch, status: ReportStatus, rows: list[int]
) -> None:
    watched = WatchedReports()

    found = walk(ReportFilter(status=status), size=10, use_case=reports(watched))

    assert [report.row for report in found] == rows
    assert {report.status for report in found} == {status}
    assert set(watched.asked) == {report.batch_id for report in found}


@pytest.mark.parametrize("words", ["zoe nandu", "ZOË", "ñANDÚ", "+1 (202) 555-0002", "202.555.0002"])
def test_a_search_minds_neither_case_nor_accents_nor_the_grouping_of_digits(newer: Batch, words: str) -> None:
    wanted = ReportFilter(batch_id=newer.batch_id, search=words)

    assert [report.recipient.name for report in walk(wanted, size=10)] == ["Zoë Ñandú"]


def test_a_search_finds_an_email_address(older: Batch, newer: Batch) -> None:
    assert places(walk(ReportFilter(search="clinic.EXAMPLE"), size=10)) == [(newer.batch_id, 3)]


def test_filters_narrow_each_other_down(older: Batch, newer: Batch) -> None:
    assert places(walk(ReportFilter(status=ReportStatus.FAILED, search="zoe"), size=10)) == [(newer.batch_id, 2)]
    assert walk(ReportFilter(status=ReportStatus.FAILED, search="ana"), size=10) == []
    assert walk(ReportFilter(delivery_status=DeliveryStatus.SENT), size=10) == []
    assert len(walk(ReportFilter(delivery_status=DeliveryStatus.NOT_SENT), size=10)) == 8


def test_a_request_looks_at_a_bounded_part_and_the_next_goes_on_there(older: Batch, newer: Batch) -> None:
    watched = WatchedReports(rows_looked_at=2)
    use_case = reports(watched, most_queries=1)

    first = use_case.page(TENANT, ReportFilter(search="person 6"), size=10, cursor=None)

    assert (first.items, len(watched.asked)) == ([], 1)
    assert first.next_cursor is not None
    assert places(walk(ReportFilter(search="person 6"), size=10, use_case=use_case)) == [(older.batch_id, 6)]


def test_many_batches_without_a_match_are_passed_over_in_steps(older: Batch, newer: Batch) -> None:
    found = walk(ReportFilter(status=ReportStatus.READY), size=10, use_case=reports(most_batches=1))

    assert [report.batch_id for report in found] == [older.batch_id] * 5


def test_a_list_goes_on_behind_a_batch_that_is_gone(older: Batch, newer: Batch) -> None:
    use_case = reports()
    cursor = use_case.page(TENANT, EVERYTHING, size=2, cursor=None).next_cursor
    BatchRow(batches_partition(TENANT), newer.batch_id).delete()

    assert [report.batch_id for report in use_case.page(TENANT, EVERYTHING, size=2, cursor=cursor).items] == [
        older.batch_id
    ] * 2


def test_a_list_is_light(older: Batch) -> None:
    assert [report.values for report in walk(EVERYTHING, size=10)] == [{}] * 5


def test_a_batch_that_does_not_exist_is_not_found(older: Batch) -> None:
    with pytest.raises(NotFound):
        reports().page(OTHER_TENANT, ReportFilter(batch_id=older.batch_id), size=5, cursor=None)


@pytest.mark.parametrize("text", ["row#0000002", "x/3", "../../3", "\x00"])
def test_a_cursor_that_no_list_gave_is_refused(older: Batch, text: str) -> None:
    with pytest.raises(Invalid):
        reports().page(TENANT, EVERYTHING, size=5, cursor=encode_cursor(text))


def test_a_cursor_of_one_batch_does_not_go_on_in_another(older: Batch, newer: Batch) -> None:
    use_case = reports()
    cursor = use_case.page(TENANT, ReportFilter(batch_id=newer.batch_id), size=1, cursor=None).next_cursor

    with pytest.raises(Invalid):
        use_case.page(TENANT, ReportFilter(batch_id=older.batch_id), size=1, cursor=cursor)


def test_a_cursor_reaches_nothing_of_another_tenant(older: Batch, newer: Batch) -> None:
    use_case = reports()
    cursor = use_case.page(TENANT, EVERYTHING, size=1, cursor=None).next_cursor

    page = use_case.page(OTHER_TENANT, EVERYTHING, size=10, cursor=cursor)

    assert (page.items, page.next_cursor) == ([], None)
