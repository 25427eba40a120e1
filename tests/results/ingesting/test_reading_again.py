"""A workbook that is read more than once: because it failed, was replaced, was corrected, or its batch is gone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from herald.errors import Invalid
from herald.results.batches.store import READING_LEASE_SECONDS, BatchStore
from herald.results.ingesting.reading_lease import StillReading
from herald.results.ingesting.service import READINGS_ALLOWED, OpenWorkbook, Upload
from herald.results.model import Batch, BatchStatus, Report
from herald.values.sheet import SheetRow
from local.stack.running import ROOT
from local.stack.template import read_template
from tests.support.clock import FakeClock
from tests.support.cloud import started_executions
from tests.support.results import NOW, TENANT, TypedSheet, add_batch, all_reports, batches
from tests.support.workbook_reading import arrived, ingest, ingesting, upload

PHONE = "+12025550123"
GOOD_SHEET = TypedSheet(("Name", "Phone"), [("Zoë", PHONE), ("Ana", PHONE)])
BAD_SHEET = TypedSheet(("Title", "Phone"), [("Zoë", PHONE)])


class Fault(Exception):
    """Something that nobody foresaw."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """A batch whose workbook has arrived."""
    batch = add_batch()
    upload(batch, b"PK first")
    return batch


@contextmanager
def faulty(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
    with GOOD_SHEET.open(path, sheet=sheet) as opened:
        yield opened
        raise Fault


def test_after_a_fault_of_ours_the_next_try_need_not_wait(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    with pytest.raises(Fault):
        ingest(ingesting(faulty, clock), batch, tmp_path)

    assert BatchStore().get(TENANT, batch.batch_id).status is BatchStatus.PROCESSING
    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path).total == 2


def test_after_the_last_try_the_batch_has_failed_and_says_so(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    for _ in range(READINGS_ALLOWED):
        with pytest.raises(Fault):
            ingest(ingesting(faulty, clock), batch, tmp_path)

    failed = BatchStore().get(TENANT, batch.batch_id)
    assert (failed.status, failed.problem.code if failed.problem else "") == (BatchStatus.FAILED, "internal_error")


def test_lambda_tries_as_often_as_we_count() -> None:
    ingest_function = read_template(ROOT / "template.yaml")["Resources"]["IngestFunction"]["Properties"]

    assert ingest_function["EventInvokeConfig"]["MaximumRetryAttempts"] + 1 == READINGS_ALLOWED


def test_a_corrected_workbook_starts_a_failed_batch_over(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    failed = ingest(ingesting(BAD_SHEET.open, clock), batch, tmp_path)
    clock.advance(3600)
    upload(batch, b"PK second")

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path)

    assert (failed.status, failed.finished_at) == (BatchStatus.FAILED, NOW)
    assert (read.status, read.problem, read.finished_at) == (BatchStatus.PROCESSING, None, None)
    assert (read.started_at, read.total) == (NOW + timedelta(hours=1), 2)


def test_a_workbook_refused_late_leaves_no_rows(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    class TooLong(TypedSheet):
        @property
        def rows(self) -> Iterator[SheetRow]:
            yield from super().rows
            raise Invalid("The sheet has more than 100,000 rows.", code="workbook_too_many_rows")

    sheet = TooLong(("Name", "Phone"), [(f"Person {row}", PHONE) for row in range(1200)])

    read = ingest(ingesting(sheet.open, clock), batch, tmp_path)

    assert (read.status, read.total) == (BatchStatus.FAILED, 0)
    assert all_reports(batch) == []
    assert started_executions() == []


def test_the_rows_of_a_reader_that_died_are_not_those_of_the_next_workbook(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    longer = TypedSheet(("Name", "Phone"), [(f"Person {row}", PHONE) for row in range(5)])

    @contextmanager
    def dies(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
        with longer.open(path, sheet=sheet) as opened:
            yield opened
            raise Fault

    with pytest.raises(Fault):
        ingest(ingesting(dies, clock), batch, tmp_path)
    upload(batch, b"PK second")

    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path).total == 2
    assert [report.recipient.name for report in all_reports(batch)] == ["Zoë", "Ana"]


def test_a_workbook_that_was_replaced_is_left_to_the_event_about_the_other(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    first = arrived(batch)
    upload(batch, b"PK second")

    ingest(ingesting(BAD_SHEET.open, clock), batch, tmp_path, about=first)
    assert BatchStore().get(TENANT, batch.batch_id).total == 0

    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2").total == 2
    assert len(started_executions()) == 1


def test_another_workbook_for_a_batch_that_has_its_rows_changes_nothing(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path)
    rows = all_reports(batch)
    upload(batch, b"PK second")

    ingest(ingesting(BAD_SHEET.open, clock), batch, tmp_path, reader="reader-2")

    assert all_reports(batch) == rows
    assert len(started_executions()) == 1


def test_a_workbook_that_is_gone_fails_its_batch(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    missing = Upload(f"{TENANT}/{batch.batch_id}/elsewhere.xlsx", "0" * 32)

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, about=missing)

    assert (read.status, read.problem.code if read.problem else "") == (BatchStatus.FAILED, "not_found")


def test_the_workbook_of_a_deleted_batch_is_not_read(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    about = arrived(batch)
    batches().delete(TENANT, batch.batch_id)

    read = ingesting(GOOD_SHEET.open, clock).ingest(TENANT, batch.batch_id, about, reader="reader-1", folder=tmp_path)

    assert read is None
    assert all_reports(batch) == []


def test_deleting_a_batch_stops_its_reader(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    @contextmanager
    def deleted_meanwhile(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
        batches().delete(TENANT, batch.batch_id)
        with GOOD_SHEET.open(path, sheet=sheet) as opened:
            yield opened

    use_case = ingesting(deleted_meanwhile, clock)

    assert use_case.ingest(TENANT, batch.batch_id, arrived(batch), reader="reader-1", folder=tmp_path) is None
    assert started_executions() == []


def test_however_slowly_rows_are_written_the_lease_is_kept(
    batch: Batch, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_case = ingesting(GOOD_SHEET.open, clock)

    def stalling(reports: Iterable[Report]) -> int:
        for number, _ in enumerate(reports):
            clock.advance(READING_LEASE_SECONDS - 5)
            if number == 1:
                with pytest.raises(StillReading):
                    ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2")
        return 2

    monkeypatch.setattr(use_case._rows, "put_many", stalling)

    assert ingest(use_case, batch, tmp_path).total == 2
