"""The workers as Lambda runs them: from an uploaded workbook to a text, one event after another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from herald.messaging.composition import messaging
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.reports.model import ReportStatus
from herald.values.carrier import CarrierBusy
from local.samples.workbook import write_sample_workbook
from tests.adapters.letters import letter
from tests.messaging.outbox import FakeCarrier
from tests.support.cloud import messages_in_queue, started_executions
from tests.support.converter import in_place_of_office
from tests.support.events import BATCH, MESSAGE, TEMPLATE, sample_event
from tests.support.functions import invoke
from tests.support.objects import keys_in
from tests.support.results import (
    TENANT,
    FakeConverter,
    add_batch,
    add_template,
    all_reports,
    batches,
    documents,
    fill_batch,
    rendered_batch,
    row_of,
)
from tests.support.workbook_reading import arrived, upload

UPLOADED = "workers/ingest/workbook_uploaded"
DELETED = "workers/erase/batch_deleted"


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """A batch under the samples' id that waits for its workbook."""
    return add_batch(add_template(identifier=TEMPLATE, content=letter("Dear {{ name }},")), identifier=BATCH)


@pytest.fixture
def converter(results_cloud: None) -> Iterator[FakeConverter]:
    """Takes LibreOffice's place in the render function."""
    with in_place_of_office(FakeConverter()) as converter:
        yield converter


@pytest.fixture
def carrier(results_cloud: None) -> FakeCarrier:
    """Takes Twilio's place in the deliver function."""
    carrier = FakeCarrier()
    messaging().new_carrier = lambda _settings: carrier
    return carrier


def test_a_workbook_becomes_pdfs_and_every_row_is_accounted_for(
    batch: Batch, converter: FakeConverter, tmp_path: Path
) -> None:
    write_sample_workbook(tmp_path / "workbook.xlsx")
    upload(batch, (tmp_path / "workbook.xlsx").read_bytes())

    invoke("workers/ingest", sample_event(UPLOADED, workbook_etag=arrived(batch).etag))
    (execution,) = started_executions()
    rendered = [invoke("workers/render", {**execution, "chunk": chunk}) for chunk in execution["chunks"]]
    ended = invoke("workers/finish_batch", {**execution, "execution": BATCH})

    assert rendered == [{"rendered": 25, "failed": 0}]
    assert ended == {"batch_id": BATCH, "status": "completed", "total": 25, "successful": 25, "failed": 0}
    assert all(documents().get(report.pdf_key).startswith(b"%PDF-") for report in all_reports(batch))


def test_a_key_with_a_space_in_it_reaches_the_batch_that_it_names(results_cloud: None) -> None:
    batch = add_batch(identifier="a batch")
    upload(batch, b"")
    event = sample_event(UPLOADED, workbook_etag=arrived(batch).etag)
    event["detail"]["object"]["key"] = f"{TENANT}/a batch/workbook.xlsx"

    invoke("workers/ingest", event)

    assert BatchStore().get(TENANT, batch.batch_id).status is BatchStatus.FAILED


def test_the_workbook_of_a_batch_that_is_gone_is_left_alone(results_cloud: None) -> None:
    invoke("workers/ingest", sample_event(UPLOADED, workbook_etag="0" * 32))

    assert started_executions() == []


def test_a_deleted_batch_is_erased_in_two_rounds(batch: Batch) -> None:
    rendered_batch(2, batch=batch)
    batches().delete(TENANT, BATCH)
    event = sample_event(DELETED)

    first = invoke("workers/erase", event)
    event["Records"][0]["body"] = event["Records"][0]["body"].replace('"round":1', '"round":2')
    second = invoke("workers/erase", event)

    assert first == second == {"batchItemFailures": []}
    assert BatchStore().find(TENANT, BATCH) is None
    assert [key for key in keys_in("documents-bucket") if BATCH in key] == []


def test_the_end_of_a_deleted_batch_is_none(batch: Batch) -> None:
    batches().delete(TENANT, BATCH)

    ended = invoke("workers/finish_batch", sample_event("workers/finish_batch/chunks_rendered"))

    assert ended == {"batch_id": BATCH, "status": "deleted"}


def test_a_queued_chunk_of_a_deleted_batch_is_sent_to_nobody(batch: Batch, carrier: FakeCarrier) -> None:
    rendered_batch(2, batch=batch)
    batches().delete(TENANT, BATCH)
    invoke("workers/erase", sample_event(DELETED))

    answer = invoke("workers/deliver", sample_event("workers/deliver/chunk_queued"))

    assert answer == {"batchItemFailures": []}
    assert carrier.offers == []


def test_a_chunk_that_comes_twice_is_rendered_once(batch: Batch, converter: FakeConverter) -> None:
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3)])
    event = sample_event("workers/render/chunk")

    assert [invoke("workers/render", event)["rendered"] for _ in range(2)] == [2, 0]
    assert [report.status for report in all_reports(batch)] == [ReportStatus.READY, ReportStatus.READY]


def test_a_batch_whose_rendering_broke_off_ends_with_every_row_accounted_for(batch: Batch) -> None:
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3)])

    ended = invoke("workers/finish_batch", sample_event("workers/finish_batch/chunks_rendered"))

    assert (ended["status"], ended["failed"]) == ("completed", 2)


def test_a_queued_chunk_is_sent_once_however_often_it_comes(batch: Batch, carrier: FakeCarrier) -> None:
    _, reports = rendered_batch(2, batch=batch)
    event = sample_event("workers/deliver/chunk_queued")

    answers = [invoke("workers/deliver", event) for _ in range(2)]

    assert answers == [{"batchItemFailures": []}] * 2
    assert [offer.to for offer in carrier.offers] == [report.recipient.phone for report in reports]
    assert carrier.offers[0].callback_url == (
        f"https://api.herald.example/api/v1/webhooks/sms/status?tenant={TENANT}&message={MESSAGE}"
    )


def test_a_busy_carrier_sends_the_rest_back_to_the_queue(batch: Batch, carrier: FakeCarrier) -> None:
    rendered_batch(2, batch=batch)
    carrier.answer = CarrierBusy()

    answer = invoke("workers/deliver", sample_event("workers/deliver/chunk_queued"))

    assert answer == {"batchItemFailures": []}
    assert len(carrier.offers) == 1
    assert messages_in_queue() == 1


def test_what_a_carrier_never_takes_goes_to_the_dead_letters(batch: Batch, carrier: FakeCarrier) -> None:
    rendered_batch(1, batch=batch)
    carrier.answer = CarrierBusy()
    event = sample_event("workers/deliver/chunk_queued")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace('"tries":0', '"tries":12')

    with pytest.raises(Exception, match="busy"):
        invoke("workers/deliver", event)


def test_only_the_message_that_failed_comes_again(batch: Batch, carrier: FakeCarrier) -> None:
    rendered_batch(1, batch=batch)
    event = sample_event("workers/deliver/chunk_queued")
    broken = {**event["Records"][0], "messageId": "broken", "body": "{}"}

    answer = invoke("workers/deliver", {"Records": [broken, *event["Records"]]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert len(carrier.offers) == 1
