"""A workbook that is read more than once: because it failed, was replaced, was corrected, or its batch is gone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from herald.errors import Invalid, Unprocessable
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.service import workbook_key
from herald.results.batches.store import READING_LEASE_SECONDS, BatchStore
from herald.results.corrections.store import CorrectionStore
from herald.results.files import LARGEST_WORKBOOK_BYTES
from herald.results.ingesting.reading_lease import StillReading
from herald.results.ingesting.service import READINGS_ALLOWED, Upload
from herald.results.ports import OpenWorkbook
from herald.results.reports.model import Report
from herald.results.reports.store import ReportStore
from herald.values.ids import new_id
from herald.values.sheet import SheetRow
from local.stack.running import ROOT
from local.stack.template import read_template
from tests.support.clock import FakeClock
from tests.support.cloud import started_executions
from tests.support.objects import keys_in
from tests.support.results import NOW, TENANT, TypedSheet, all_reports, batches
from tests.support.workbook_reading import arrived, ingest, ingesting, upload

PHONE = "+12025550123"
GOOD_SHEET = TypedSheet(("Name", "Phone"), [("Zoë", PHONE), ("Ana", PHONE)])
BAD_SHEET = TypedSheet(("Title", "Phone"), [("Zoë", PHONE)])


class Fault(Exception):
    """Something that nobody foresaw."""


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


def test_a_workbook_of_more_than_twenty_megabytes_is_not_read_and_removed_at_once(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    upload(batch, bytes(LARGEST_WORKBOOK_BYTES + 1))

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path)

    assert (read.status, read.problem.code if read.problem else "") == (BatchStatus.FAILED, "too_large")
    assert all_reports(batch) == []
    assert keys_in("uploads-bucket") == []


def test_the_workbook_of_a_deleted_batch_is_not_read_and_removed_at_once(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    about = arrived(batch)
    batches().delete(TENANT, batch.batch_id)

    read = ingesting(GOOD_SHEET.open, clock).ingest(TENANT, batch.batch_id, about, reader="reader-1", folder=tmp_path)

    assert read is None
    assert all_reports(batch) == []
    assert keys_in("uploads-bucket") == []


def test_a_workbook_for_a_batch_that_there_never_was_is_removed_at_once(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    unknown = replace(batch, batch_id=new_id())
    upload(unknown, b"PK")
    about = arrived(unknown)

    assert (
        ingesting(GOOD_SHEET.open, clock).ingest(TENANT, unknown.batch_id, about, reader="1", folder=tmp_path) is None
    )
    assert keys_in("uploads-bucket") == [workbook_key(TENANT, batch.batch_id)]


def test_deleting_a_batch_stops_its_reader(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    @contextmanager
    def deleted_meanwhile(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
        batches().delete(TENANT, batch.batch_id)
        with GOOD_SHEET.open(path, sheet=sheet) as opened:
            yield opened

    use_case = ingesting(deleted_meanwhile, clock)

    assert use_case.ingest(TENANT, batch.batch_id, arrived(batch), reader="reader-1", folder=tmp_path) is None
    assert started_executions() == []
    assert keys_in("uploads-bucket") == []


def test_however_slowly_rows_are_written_the_lease_is_kept(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    class Stalling(ReportStore):
        def put_many(self, reports: Iterable[Report]) -> int:
            for number, _ in enumerate(reports):
                clock.advance(READING_LEASE_SECONDS - 5)
                if number == 1:
                    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2").total == 0
            return 2

    assert ingest(ingesting(GOOD_SHEET.open, clock, reports=Stalling()), batch, tmp_path).total == 2


def test_an_older_event_that_comes_late_leaves_a_failed_batch_and_its_problem(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    first = arrived(batch)
    upload(batch, b"PK second")
    failed = ingest(ingesting(BAD_SHEET.open, clock), batch, tmp_path)
    clock.advance(60)

    late = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2", about=first)

    assert failed.problem is not None
    assert (late.status, late.problem, late.finished_at) == (BatchStatus.FAILED, failed.problem, failed.finished_at)


def test_an_older_event_alone_leaves_a_batch_waiting(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    first = arrived(batch)
    upload(batch, b"PK second")

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, about=first)

    assert (read.status, read.started_at) == (BatchStatus.PENDING, None)


def test_while_a_corrected_workbook_is_read_the_old_problem_is_not_shown(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    ingest(ingesting(BAD_SHEET.open, clock), batch, tmp_path)

    @contextmanager
    def looked_at(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
        now = BatchStore().get(TENANT, batch.batch_id)
        assert (now.status, now.problem, now.finished_at) == (BatchStatus.PROCESSING, None, None)
        with GOOD_SHEET.open(path, sheet=sheet) as opened:
            yield opened

    assert ingest(ingesting(looked_at, clock), batch, tmp_path).total == 2


def test_the_same_event_while_its_workbook_is_read_is_over_at_once(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    BatchStore().begin_reading(batch, upload=arrived(batch).etag, reader="reader-1", now=clock())

    again = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2")

    assert (again.status, again.total) == (BatchStatus.PROCESSING, 0)


def test_another_workbook_meanwhile_comes_again(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    BatchStore().begin_reading(batch, upload=arrived(batch).etag, reader="reader-1", now=clock())
    upload(batch, b"PK second")

    with pytest.raises(StillReading):
        ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2")


def test_a_reader_that_was_killed_is_followed_when_its_event_comes_again(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    BatchStore().begin_reading(batch, upload=arrived(batch).etag, reader="reader-1", now=clock())
    clock.advance(60)  # Lambda waits so long at least

    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2").total == 2


def test_a_batch_whose_readers_were_all_killed_takes_a_new_upload(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    BatchStore().begin_reading(batch, upload=arrived(batch).etag, reader="reader-1", now=clock())
    being_read = BatchStore().get(TENANT, batch.batch_id)
    with pytest.raises(Unprocessable):
        batches(clock).upload(TENANT, batch.batch_id, b"PK\x03\x04")
    assert batches(clock).upload_url(being_read) is None
    clock.advance(READING_LEASE_SECONDS + 1)

    assert batches(clock).upload_url(being_read)
    batches(clock).upload(TENANT, batch.batch_id, b"PK\x03\x04")

    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2").total == 2


def test_a_batch_whose_rows_were_all_deleted_is_not_read_again(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path)
    for report in all_reports(batch):
        assert CorrectionStore().delete(report, now=NOW)
    upload(batch, b"PK second")
    clock.advance(3600)

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2")

    assert (read.total, all_reports(batch)) == (0, [])
