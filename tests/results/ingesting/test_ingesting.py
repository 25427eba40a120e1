"""A workbook becomes rows once, whatever happens to its reader."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from herald.adapters.aws.workflow import Workflow
from herald.results.batches.model import ROWS_PER_CHUNK, Batch, BatchProblem, BatchStatus
from herald.results.batches.store import READING_LEASE_SECONDS, BatchStore
from herald.results.ingesting.reading_lease import StillReading
from herald.results.ports import OpenWorkbook
from herald.results.rendering.model import Rendered
from herald.results.reports.model import ReportStatus
from herald.values.sheet import CellFault
from local.samples.workbook import write_sample_workbook
from tests.adapters.workbooks import header_row, text_cell, write_sheet
from tests.support.clock import FakeClock
from tests.support.cloud import started_executions
from tests.support.results import (
    NOW,
    TENANT,
    TypedSheet,
    add_batch,
    add_template,
    all_reports,
    outcome_store,
)
from tests.support.workbook_reader import read_here
from tests.support.workbook_reading import ingest, ingesting, upload

PHONE = "+12025550123"
GOOD_SHEET = TypedSheet(("Name", "Phone", "Password"), [("Zoë", PHONE, "river"), ("Ana", PHONE, "lake")])


class Lost(Exception):
    """The invocation died here."""


class Killed(BaseException):
    """The process died here, and could do nothing about it."""


class BrokenWorkflow(Workflow):
    """A state machine that cannot be reached."""

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:  # noqa: ARG002 - it does nothing with them
        raise Lost


def test_the_sample_workbook_becomes_a_row_for_each_person(
    results_cloud: None, clock: FakeClock, tmp_path: Path
) -> None:
    write_sample_workbook(tmp_path / "sample.xlsx")
    batch = add_batch(add_template(placeholders=("name", "tests", "birth_date", "own_share")))
    upload(batch, (tmp_path / "sample.xlsx").read_bytes())

    read = ingest(ingesting(read_here, clock), batch, tmp_path)

    reports = all_reports(batch)
    assert (read.status, read.total, read.failed, read.without_password) == (BatchStatus.PROCESSING, 25, 0, 0)
    assert [report.row for report in reports] == list(range(2, 27))
    assert reports[0].recipient.name == "Amara Okafor"
    assert reports[-1].recipient.phone == "+12025550124"
    assert len(reports[0].values["tests"]) == 3  # type: ignore[arg-type]  # a loop
    assert started_executions() == [
        {"tenant_id": TENANT, "batch_id": batch.batch_id, "chunks": [{"first_row": 2, "last_row": 26}]}
    ]
    assert list(tmp_path.iterdir()) == [tmp_path / "sample.xlsx"]


def test_a_bad_row_costs_only_itself_and_says_where_and_why(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    fault = CellFault("excel_error", "The cell shows #DIV/0!, a division by zero.")
    sheet = TypedSheet(
        ("Name", "Phone number", "Fee"),
        [("Zoë", PHONE, 4.5), ("Ana", "5550123", 4.5), ("Bo", "", 4.5), ("Cy", PHONE, fault), ("Di", "+1x", fault)],
    )

    read = ingest(ingesting(sheet.open, clock), batch, tmp_path)

    problems = {report.row: report.problem for report in all_reports(batch)}
    assert (read.total, read.failed) == (5, 4)
    assert problems[2] is None
    assert [(problem.row, problem.column) for problem in problems.values() if problem] == [
        (3, "Phone number"),
        (4, "Phone number"),
        (5, "Fee"),
        (6, "Fee"),
    ]
    assert problems[5] == BatchProblem(fault.code, fault.message, 5, "Fee")
    assert "country code" in problems[3].message if problems[3] else False
    assert started_executions()[0]["chunks"] == [{"first_row": 2, "last_row": 2}]


def test_a_row_that_no_record_can_hold_costs_only_itself(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    sheet = TypedSheet(
        ("Name", "Phone", "Notes", "More"),
        [("Zoë", PHONE, "short", ""), ("Ana", PHONE, "x" * 32_000, "ü" * 32_000 * 3)],
    )

    ingest(ingesting(sheet.open, clock), batch, tmp_path)

    assert [report.problem.code if report.problem else None for report in all_reports(batch)] == [None, "row_too_large"]


def test_a_reader_that_lost_its_lease_cannot_fail_the_batch_of_the_one_who_took_it_over(
    batch: Batch, clock: FakeClock
) -> None:
    store = BatchStore()
    store.begin_reading(batch, upload="etag", reader="first", now=clock())
    clock.advance(3600)
    store.begin_reading(batch, upload="etag", reader="second", now=clock())

    store.fail(batch, BatchProblem("workbook_too_complex", "Too much."), reader="first", now=clock())

    assert store.get(TENANT, batch.batch_id).status is BatchStatus.PROCESSING


def test_a_number_that_no_row_can_hold_costs_its_row(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    accounts = {2: 10**25, 3: 7}
    rows = [
        f'<row r="{row}">{text_cell(f"A{row}", "Zoë")}{text_cell(f"B{row}", PHONE)}'
        f'<c r="C{row}"><v>{account}</v></c></row>'
        for row, account in accounts.items()
    ]
    write_sheet(tmp_path / "w.xlsx", header_row("Name", "Phone", "Account") + "".join(rows))
    batch = add_batch()
    upload(batch, (tmp_path / "w.xlsx").read_bytes())

    read = ingest(ingesting(read_here, clock), batch, tmp_path)

    assert (read.status, read.total, read.failed) == (BatchStatus.PROCESSING, 2, 1)
    assert [report.status for report in all_reports(batch)] == [ReportStatus.FAILED, ReportStatus.PENDING]


def test_a_phone_number_may_be_a_number_cell(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    sheet = TypedSheet(("Name", "Phone"), [("Zoë", 12025550123), ("Ana", 12025550123.0), ("Bo", 5550123.5)])

    ingest(ingesting(sheet.open, clock), batch, tmp_path)

    assert [report.recipient.phone for report in all_reports(batch)] == [PHONE, PHONE, ""]


def test_rows_without_a_password_are_counted_but_not_among_the_bad_ones(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    sheet = TypedSheet(("Name", "Phone", "PIN"), [("Zoë", PHONE, ""), ("Ana", "x", None), ("Bo", PHONE, 4821)])

    assert ingest(ingesting(sheet.open, clock), batch, tmp_path).without_password == 1


@pytest.mark.parametrize(
    ("titles", "code", "said"),
    [
        (("Full name", "Phone"), "columns_missing", "name"),
        (("Name", "E-mail"), "workbook_no_phone", "phone"),
        (("Name", "name", "Phone"), "workbook_header_duplicate", "name"),
    ],
)
def test_what_is_wrong_with_the_titles_is_told_before_anything_is_rendered(
    batch: Batch, clock: FakeClock, tmp_path: Path, titles: tuple[str, ...], code: str, said: str
) -> None:
    sheet = TypedSheet(titles, [tuple("x" for _ in titles)])

    read = ingest(ingesting(sheet.open, clock), batch, tmp_path)

    assert read.status is BatchStatus.FAILED
    assert read.problem is not None
    assert read.problem.code == code
    assert said in read.problem.message
    assert read.finished_at == NOW
    assert all_reports(batch) == []
    assert started_executions() == []


def test_every_missing_column_is_named_at_once(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    batch = add_batch(add_template(placeholders=("name", "fee", "tests")))
    upload(batch, b"PK")

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path)

    assert read.problem is not None
    assert "fee, tests" in read.problem.message


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "workbook_empty"), (b"PK\x03\x04 nonsense", "workbook_"), (b"Name,Phone", "workbook_")]
)
def test_a_file_that_is_no_workbook_fails_the_batch_with_the_reason(
    results_cloud: None, clock: FakeClock, tmp_path: Path, content: bytes, code: str
) -> None:
    batch = add_batch()
    upload(batch, content)

    read = ingest(ingesting(read_here, clock), batch, tmp_path)

    assert read.status is BatchStatus.FAILED
    assert read.problem is not None
    assert read.problem.code.startswith(code)
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_with_titles_alone_is_empty(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    read = ingest(ingesting(TypedSheet(("Name", "Phone"), []).open, clock), batch, tmp_path)

    assert (read.status, read.problem.code if read.problem else "") == (BatchStatus.FAILED, "workbook_empty")


def test_the_same_event_again_makes_nothing_twice(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    use_case = ingesting(GOOD_SHEET.open, clock)
    first = ingest(use_case, batch, tmp_path)
    rows = all_reports(batch)

    again = ingest(use_case, batch, tmp_path, reader="reader-2")

    assert again == first
    assert all_reports(batch) == rows
    assert len(started_executions()) == 1


def test_the_same_event_after_the_end_changes_nothing(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    use_case = ingesting(GOOD_SHEET.open, clock)
    ingest(use_case, batch, tmp_path)
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, "a.pdf"), Rendered(3, "b.pdf")], now=NOW)
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)

    again = ingest(use_case, batch, tmp_path, reader="reader-2")

    assert (again.status, again.successful) == (BatchStatus.COMPLETED, 2)
    assert all(report.status is ReportStatus.READY for report in all_reports(batch))


def test_while_somebody_reads_nobody_else_does(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    _die_reading(batch, clock, tmp_path)
    clock.advance(READING_LEASE_SECONDS - 1)

    assert ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2").total == 0
    assert started_executions() == []


def test_a_reader_that_died_is_followed_by_another_after_its_lease(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    _die_reading(batch, clock, tmp_path)
    clock.advance(READING_LEASE_SECONDS + 1)

    read = ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2")

    assert (read.status, read.total, read.started_at) == (BatchStatus.PROCESSING, 2, NOW)
    assert len(all_reports(batch)) == 2
    assert len(started_executions()) == 1


def test_a_reader_that_lost_its_lease_stops_and_counts_nothing(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    @contextmanager
    def slow(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
        clock.advance(READING_LEASE_SECONDS + 1)
        ingest(ingesting(GOOD_SHEET.open, clock), batch, tmp_path, reader="reader-2")
        with GOOD_SHEET.open(path, sheet=sheet) as opened:
            yield opened

    with pytest.raises(StillReading):
        ingest(ingesting(slow, clock), batch, tmp_path)

    assert BatchStore().get(TENANT, batch.batch_id).total == 2
    assert len(started_executions()) == 1


def test_a_crash_between_storing_the_rows_and_starting_the_machine_is_made_good(
    batch: Batch, clock: FakeClock, tmp_path: Path
) -> None:
    sheet = TypedSheet(GOOD_SHEET.header, [*GOOD_SHEET.cells, ("Bo", "bad", "sea")])
    broken = BrokenWorkflow("arn")
    with pytest.raises(Lost):
        ingest(ingesting(sheet.open, clock, workflow=broken), batch, tmp_path)

    ingest(ingesting(sheet.open, clock), batch, tmp_path, reader="reader-2")

    assert [execution["chunks"] for execution in started_executions()] == [[{"first_row": 2, "last_row": 3}]]


def test_many_rows_become_chunks_of_bounded_size(batch: Batch, clock: FakeClock, tmp_path: Path) -> None:
    sheet = TypedSheet(("Name", "Phone"), [(f"Person {row}", PHONE) for row in range(ROWS_PER_CHUNK + 10)])

    ingest(ingesting(sheet.open, clock), batch, tmp_path)

    chunks: list[dict[str, Any]] = started_executions()[0]["chunks"]
    first_end, end = 1 + ROWS_PER_CHUNK, 11 + ROWS_PER_CHUNK
    assert [(chunk["first_row"], chunk["last_row"]) for chunk in chunks] == [(2, first_end), (first_end + 1, end)]


def _die_reading(batch: Batch, clock: FakeClock, folder: Path) -> None:
    @contextmanager
    def dies(path: Path, *, sheet: str) -> Iterator[OpenWorkbook]:
        with GOOD_SHEET.open(path, sheet=sheet) as opened:
            yield opened
            raise Killed

    with pytest.raises(Killed):
        ingest(ingesting(dies, clock), batch, folder)
