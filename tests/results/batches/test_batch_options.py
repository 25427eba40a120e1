"""What a batch may have its own way: its sheet, its country, protected PDFs; and what it keeps of its template."""

from pathlib import Path
from typing import cast

import openpyxl
import pytest

from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.service import BatchOptions
from herald.results.reports.model import Report, ReportStatus
from herald.results.templates.model import TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from tests.support.clock import FakeClock
from tests.support.results import NOW, PASSWORDS, TypedSheet, add_batch, add_template, all_reports
from tests.support.workbook_reader import read_here
from tests.support.workbook_reading import ingest, ingesting, upload

Facts = dict[str, object]
PHONE = "+12025550123"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def two_sheets(path: Path) -> bytes:
    workbook = openpyxl.Workbook()
    first = workbook.worksheets[0]
    first.title = "Notes"
    first.append(["Nothing to see"])
    second = workbook.create_sheet("Patients")
    for row in (("Name", "Phone"), ("Zoë", PHONE)):
        second.append(row)
    workbook.save(path)
    return path.read_bytes()


def read(sheet: TypedSheet, options: BatchOptions, clock: FakeClock, folder: Path) -> tuple[Batch, list[Report]]:
    batch = add_batch(options=options)
    upload(batch, b"PK")
    return ingest(ingesting(sheet.open, clock), batch, folder), all_reports(batch)


@pytest.mark.parametrize("name", ["Patients", " patients"])
def test_a_sheet_is_read_by_its_name(results_cloud: None, clock: FakeClock, tmp_path: Path, name: str) -> None:
    batch = add_batch(options=BatchOptions(sheet=name))
    upload(batch, two_sheets(tmp_path / "w.xlsx"))

    assert ingest(ingesting(read_here, clock), batch, tmp_path).total == 1
    assert [report.recipient.name for report in all_reports(batch)] == ["Zoë"]


def test_a_sheet_that_is_missing_is_told_with_those_there_are(
    results_cloud: None, clock: FakeClock, tmp_path: Path
) -> None:
    batch = add_batch(options=BatchOptions(sheet="Patienten"))
    upload(batch, two_sheets(tmp_path / "w.xlsx"))

    failed = ingest(ingesting(read_here, clock), batch, tmp_path)

    assert failed.status is BatchStatus.FAILED
    assert failed.problem is not None
    assert failed.problem.code == "sheet_missing"
    assert failed.problem.details == {"sheet": "Patienten", "sheets": ["Notes", "Patients"]}


def test_a_country_makes_numbers_whole(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    numbers = ("0712 345678", 712345678, "+254712345678", 254712345678, "00254712345678", PHONE)
    sheet = TypedSheet(("Name", "Phone"), [("Zoë", number) for number in numbers])

    batch, reports = read(sheet, BatchOptions(country="ke"), clock, tmp_path)

    assert (batch.country, batch.failed) == ("KE", 0)
    assert {report.recipient.phone for report in reports[:-1]} == {"+254712345678"}
    assert reports[-1].recipient.phone == PHONE


def test_without_a_country_the_row_says_how_to_help(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    sheet = TypedSheet(("Name", "Mobile"), [("Zoë", "0712 345678")])

    _, [report] = read(sheet, BatchOptions(), clock, tmp_path)

    assert report.problem is not None
    assert (report.problem.code, report.problem.row, report.problem.column) == ("phone_invalid", 2, "Mobile")
    assert "country" in report.problem.message


def test_protected_pdfs_need_a_password_in_every_row(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    sheet = TypedSheet(("Name", "Phone", "PIN"), [("Zoë", PHONE, " river "), ("Ana", PHONE, "  ")])

    _, [zoe, ana] = read(sheet, BatchOptions(protect_pdf=True), clock, tmp_path)

    assert PASSWORDS.unseal(zoe.report_id, zoe.recipient.sealed_password) == "river"
    assert "river" not in zoe.recipient.sealed_password
    assert ana.problem is not None
    assert (ana.problem.code, ana.problem.column) == ("password_missing", "PIN")


def test_protected_pdfs_need_a_column_with_passwords(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    batch, reports = read(
        TypedSheet(("Name", "Phone"), [("Zoë", PHONE)]), BatchOptions(protect_pdf=True), clock, tmp_path
    )

    assert (batch.problem.code if batch.problem else "", reports) == ("workbook_no_password", [])


def test_other_batches_keep_no_password_that_can_be_read(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    _, [report] = read(TypedSheet(("Name", "Phone", "PIN"), [("Zoë", PHONE, "river")]), BatchOptions(), clock, tmp_path)

    assert report.recipient.sealed_password == ""
    assert report.recipient.password_hash


def test_the_columns_are_those_of_the_version_that_the_batch_began_with(
    results_cloud: None, clock: FakeClock, tmp_path: Path
) -> None:
    template = add_template(placeholders=("name",))
    batch = add_batch(template)
    newer = TemplateVersion(batch.tenant_id, template.template_id, 2, "2.docx", ("name", "fee"))
    TemplateVersionStore().add(newer)
    upload(batch, b"PK")

    sheet = TypedSheet(("Name", "Phone"), [("Zoë", PHONE)])

    assert ingest(ingesting(sheet.open, clock), batch, tmp_path).total == 1


def test_every_row_is_forgotten_with_its_batch(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    batch, [report] = read(TypedSheet(("Name", "Phone"), [("Zoë", PHONE)]), BatchOptions(), clock, tmp_path)

    assert report.expires_at == batch.retained_until


def test_all_faults_of_a_row_are_told_at_once(results_cloud: None, clock: FakeClock, tmp_path: Path) -> None:
    sheet = TypedSheet(("Name", "Phone", "PIN"), [("Zoë", "5550123", "")])

    _, [report] = read(sheet, BatchOptions(protect_pdf=True), clock, tmp_path)

    assert report.problem is not None
    assert report.problem.code == "phone_invalid"
    further = {"code": "password_missing", "column": "PIN"}
    assert [
        further.items() <= told.items() for told in cast("list[Facts]", report.problem.details["further_problems"])
    ] == [True]


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_phone_cell_is_missing_and_not_wrong(
    results_cloud: None, clock: FakeClock, tmp_path: Path, nothing: str | None
) -> None:
    _, (report,) = read(TypedSheet(("Name", "Phone"), [("Zoë", nothing)]), BatchOptions(country="KE"), clock, tmp_path)

    assert (report.status, report.recipient.phone) == (ReportStatus.FAILED, "")
    assert report.problem is not None
    assert (report.problem.code, report.problem.column) == ("phone_missing", "Phone")


def test_dates_are_written_as_the_template_says_unless_the_batch_says_otherwise(results_cloud: None) -> None:
    template = add_template(date_format="DD/MM/YYYY")

    assert add_batch(template).date_format == "DD/MM/YYYY"
    assert add_batch(template, options=BatchOptions(date_format="m/d/yy")).date_format == "M/D/YY"
