"""A deleted batch is gone at once for everybody, and without a trace soon after."""

from dataclasses import replace

import pytest

from herald.errors import NotFound
from herald.results.batches.executions import SECONDS_UNTIL_RENDERINGS_HAVE_ENDED
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.service import workbook_key
from herald.results.batches.store import BatchStore
from herald.results.duplicates.store import PhoneIndex
from herald.results.erasure.model import Erasure, RowErasure
from herald.results.erasure.service import Erasing
from herald.results.ingesting.pictures import picture_key
from herald.results.rendering.model import Rendered
from herald.results.rendering.recording import pdf_keys_of
from herald.results.reports.store import ReportStore
from herald.values.picture import named_picture
from tests.support.cloud import messages_in_queue, queued_messages, status_of_execution, stored_items
from tests.support.corrections import deletions
from tests.support.objects import keys_in
from tests.support.queues import RememberingQueue
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    all_reports,
    batches,
    documents,
    machine,
    outcome_store,
    rendered_batch,
    reports_store,
    uploads,
)
from tests.support.workbook_reading import upload

ERASURES = "ERASURES_QUEUE_URL"


@pytest.fixture
def queue() -> RememberingQueue:
    return RememberingQueue()


def eraser(queue: RememberingQueue, **limits: int) -> Erasing:
    return Erasing(BatchStore(), ReportStore(), PhoneIndex(), documents(), uploads(), machine(), queue, **limits)


def deleted_batch(rows: int = 3) -> Batch:
    batch, _ = rendered_batch(rows)
    upload(batch, b"PK")
    batches().delete(TENANT, batch.batch_id)
    return batch


def erase_all(queue: RememberingQueue, batch: Batch, **limits: int) -> list[dict[str, int]]:
    erasing = eraser(queue, **limits)
    counts = [erasing.erase(Erasure(TENANT, batch.batch_id))]
    while (message := queue.take()) is not None:
        counts.append(erasing.erase(Erasure.from_message(message)))
    return counts


def test_a_deleted_batch_is_hidden_at_once(results_cloud: None) -> None:
    other = add_batch()
    batch = deleted_batch()

    with pytest.raises(NotFound):
        batches().get(TENANT, batch.batch_id)
    assert [each.batch_id for each in batches().page(TENANT, size=10, cursor=None).items] == [other.batch_id]
    assert queued_messages(ERASURES) == [{"tenant_id": TENANT, "batch_id": batch.batch_id}]


def test_nothing_is_left_of_it_and_all_of_the_others(results_cloud: None, queue: RememberingQueue) -> None:
    other, _ = rendered_batch(2)
    theirs, _ = rendered_batch(1, tenant_id=OTHER_TENANT)
    batch = deleted_batch()

    erase_all(queue, batch)

    assert BatchStore().find(TENANT, batch.batch_id) is None
    assert not [item for item in stored_items("RESULTS_TABLE") if batch.batch_id in str(item)]
    assert not [
        key for bucket in ("documents-bucket", "uploads-bucket") for key in keys_in(bucket) if batch.batch_id in key
    ]
    assert (len(all_reports(other)), len(all_reports(theirs))) == (2, 1)
    assert len([key for key in keys_in("documents-bucket") if "/pdf/" in key]) == 3


def test_what_a_rendering_stores_meanwhile_goes_in_the_second_round(
    results_cloud: None, queue: RememberingQueue
) -> None:
    batch = deleted_batch()
    eraser(queue).erase(Erasure(TENANT, batch.batch_id))
    late = f"{TENANT}/{batch.batch_id}/pdf/0000009-late.pdf"
    documents().put(late, b"%PDF-1.7", content_type="application/pdf")

    assert queue.delays == [SECONDS_UNTIL_RENDERINGS_HAVE_ENDED]
    erase_all(queue, batch)

    assert late not in keys_in("documents-bucket")


def test_each_message_removes_a_bounded_part(results_cloud: None, queue: RememberingQueue) -> None:
    batch = deleted_batch(70)

    counts = erase_all(queue, batch, rows_at_once=30, files_at_once=40)

    assert [count["rows"] for count in counts] == [30, 30, 10, 0]
    assert [count["files"] for count in counts] == [40, 30, 0, 0]


def test_the_same_message_again_does_no_harm(results_cloud: None, queue: RememberingQueue) -> None:
    batch = deleted_batch()
    erase_all(queue, batch)

    assert eraser(queue).erase(Erasure(TENANT, batch.batch_id)) == {"rows": 0, "files": 0}


def test_a_batch_that_is_not_deleted_is_not_erased(results_cloud: None, queue: RememberingQueue) -> None:
    batch, reports = rendered_batch(2)

    eraser(queue).erase(Erasure(TENANT, batch.batch_id))

    assert all_reports(batch) == reports
    assert queue.take() is None


def test_deleting_again_takes_up_what_broke_off(results_cloud: None) -> None:
    batch = deleted_batch()

    batches().delete(TENANT, batch.batch_id)

    assert messages_in_queue(ERASURES) == 2


def test_what_never_was_or_is_anothers_cannot_be_deleted(results_cloud: None) -> None:
    batch = add_batch(tenant_id=OTHER_TENANT)

    for batch_id in (batch.batch_id, "unknown"):
        with pytest.raises(NotFound):
            batches().delete(TENANT, batch_id)
    assert BatchStore().get(OTHER_TENANT, batch.batch_id).status is BatchStatus.PENDING


def test_a_running_batch_is_stopped(results_cloud: None) -> None:
    batch = add_batch()
    machine().start_once(batch.batch_id, {"batch_id": batch.batch_id})

    batches().delete(TENANT, batch.batch_id)

    assert status_of_execution(batch.batch_id) == "ABORTED"


def test_a_batch_without_a_workbook_can_be_deleted(results_cloud: None, queue: RememberingQueue) -> None:
    batch = add_batch()
    batches().delete(TENANT, batch.batch_id)

    erase_all(queue, batch)

    assert workbook_key(TENANT, batch.batch_id) not in keys_in("uploads-bucket")
    assert BatchStore().find(TENANT, batch.batch_id) is None


def test_of_a_deleted_report_no_pdf_no_picture_of_its_own_and_no_workbook_is_left(
    results_cloud: None, queue: RememberingQueue
) -> None:
    own, shared = (named_picture(f"{name * 32}.png") for name in "ab")
    batch, (report, other) = rendered_batch(2)
    report = replace(report, values={"photo": own, "visits": [{"stamp": shared}]})
    reports_store().put_many([report, replace(other, values={"stamp": shared})])
    for picture in (own, shared):
        documents().put(picture_key(batch, picture), b"PNG", content_type="image/png")
    late = f"{pdf_keys_of(report.place)}of-an-older-revision.pdf"
    documents().put(late, b"%PDF-1.7", content_type="application/pdf")
    upload(batch, b"PK")

    deletions(queue).delete(TENANT, report.report_id)
    assert queue.delays == [SECONDS_UNTIL_RENDERINGS_HAVE_ENDED]
    eraser(queue).erase_row(RowErasure.from_message(queue.messages[0]))

    kept = [key for key in keys_in("documents-bucket") if batch.batch_id in key]
    assert sorted(kept) == sorted([other.pdf_key, picture_key(batch, shared)])
    assert keys_in("uploads-bucket") == []
    assert all_reports(batch) == [replace(other, values={"stamp": shared})]


def test_nothing_goes_of_a_report_whose_deletion_did_not_come_so_far(
    results_cloud: None, queue: RememberingQueue
) -> None:
    batch, (report,) = rendered_batch(1)
    upload(batch, b"PK")

    eraser(queue).erase_row(RowErasure(TENANT, batch.batch_id, report.row))

    assert report.pdf_key in keys_in("documents-bucket")
    assert keys_in("uploads-bucket") == [workbook_key(TENANT, batch.batch_id)]


def test_rows_of_a_deleted_batch_are_recorded_no_more(results_cloud: None) -> None:
    batch = deleted_batch()

    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, "late.pdf")], now=NOW)

    found = BatchStore().find(TENANT, batch.batch_id)
    assert found is not None
    assert (found.status, found.successful) == (BatchStatus.DELETED, 3)
