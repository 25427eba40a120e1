"""What a batch, a report or a template counts for, as the stream of the results tells it."""

from collections import Counter

from herald.results.batches.model import BatchProblem, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import DeliveryStatus, ReportStatus
from herald.storage import dynamodb_client
from tests.support.cloud import stored_items
from tests.support.results import (
    NOW,
    TENANT,
    add_batch,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    row_of,
)
from tests.support.stream import TableStream, deliver, of_batch, of_tenant, remove, set_status, some, tell


def test_a_batch_is_counted_on_its_way_through(stream: TableStream) -> None:
    batch = add_batch()
    tell(stream.new_records())
    assert some(of_tenant().batches) == {"pending": 1}
    assert of_tenant().templates == 1

    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3), row_of(batch, 4, bad=True)])
    tell(stream.new_records())
    assert some(of_tenant().batches) == {"processing": 1}
    assert some(of_tenant().reports) == {"pending": 2, "failed": 1}
    assert some(of_tenant().deliveries) == {}

    problem = BatchProblem("template_value", "No number.", 3)
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, "2.pdf"), Rendered(3, problem=problem)], now=NOW)
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)
    tell(stream.new_records())
    assert some(of_tenant().batches) == {"completed": 1}
    assert some(of_tenant().reports) == {"ready": 1, "failed": 2}
    assert some(of_tenant().deliveries) == {"not_sent": 1}


def test_deliveries_are_counted_with_their_errors_and_openings(stream: TableStream) -> None:
    batch, reports = rendered_batch(4)
    tell(stream.new_records())

    deliver(reports[0], DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
    deliver(reports[1], DeliveryStatus.UNDELIVERED, error_code="30003")
    deliver(reports[2], DeliveryStatus.FAILED, error_code="21610")
    for _ in range(2):
        reports_store().count_download(reports[0])
    tell(stream.new_records())

    for totals in (of_tenant(), of_batch(batch.batch_id)):
        assert some(totals.deliveries) == {"not_sent": 1, "delivered": 1, "undelivered": 1, "failed": 1}
        assert totals.errors == [("21610", 1), ("30003", 1)]
        assert (totals.attempted, totals.delivery_rate) == (3, 0.3333)
        assert (totals.opened, totals.downloads) == (1, 2)


def test_a_removed_batch_takes_its_numbers_out_of_the_totals(stream: TableStream) -> None:
    batch, reports = rendered_batch(3)
    kept, _ = rendered_batch(2)
    deliver(reports[0], DeliveryStatus.FAILED, error_code="21610")
    tell(stream.new_records())

    remove(f"{TENANT}#batches", batch.batch_id)
    for report in reports:
        remove(f"{TENANT}#batch#{batch.batch_id}", f"row#{report.row:07d}")
    tell(stream.new_records())

    assert some(of_tenant().batches) == {"completed": 1}
    assert some(of_tenant().reports) == {"ready": 2} == some(of_batch(kept.batch_id).reports)
    assert some(of_tenant().deliveries) == {"not_sent": 2}
    assert of_tenant().errors == []
    assert some(of_batch(batch.batch_id).reports) == {}


def test_a_batch_that_is_being_deleted_counts_no_more(stream: TableStream) -> None:
    batch = add_batch()
    tell(stream.new_records())
    set_status(batch.batch_id, BatchStatus.DELETED)
    tell(stream.new_records())
    remove(f"{TENANT}#batches", batch.batch_id)
    tell(stream.new_records())

    assert some(of_tenant().batches) == {}


def test_a_batchs_sums_outlive_its_rows(stream: TableStream) -> None:
    batch, _ = rendered_batch(1)
    (row,) = [item for item in stored_items("RESULTS_TABLE") if item["sk"] == {"S": "row#0000002"}]
    removed = stream.record({**row, "expires_at": {"N": "1829908800"}}, None)

    tell([stream.record(None, {**row, "expires_at": {"N": "1829908800"}}), removed])

    (totals,) = [item for item in stored_items("RESULTS_TABLE") if item["sk"] == {"S": f"batch#{batch.batch_id}"}]
    assert totals["expires_at"] == {"N": str(1829908800 + 30 * 24 * 3600)}


def test_a_status_of_the_row_decides_what_counts_as_not_sent(stream: TableStream) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2, bad=True), row_of(batch, 3)])
    tell(stream.new_records())

    assert of_tenant().reports[ReportStatus.PENDING] == 1
    assert of_tenant().deliveries[DeliveryStatus.NOT_SENT] == 0


def test_a_portion_costs_one_transaction_per_batch_however_many_rows(stream: TableStream) -> None:
    batch = add_batch()
    tell(stream.new_records())
    fill_batch(batch, [row_of(batch, row) for row in range(2, 102)])
    records = stream.new_records()
    requests: list[str] = []
    dynamodb_client().meta.events.register("before-call.dynamodb", lambda model, **_: requests.append(str(model.name)))

    tell(records)

    assert Counter(requests)["TransactWriteItems"] == 2  # the rows of the batch, and its own new status
    assert some(of_batch(batch.batch_id).reports) == {"pending": 100}


def test_news_that_change_no_sum_write_nothing(stream: TableStream) -> None:
    rendered_batch(1)
    tell(stream.new_records())
    (row,) = [item for item in stored_items("RESULTS_TABLE") if item["sk"] == {"S": "row#0000002"}]
    before = stored_items("RESULTS_TABLE")

    tell([stream.record(row, {**row, "name": {"S": "Another name"}})])

    assert stored_items("RESULTS_TABLE") == before
