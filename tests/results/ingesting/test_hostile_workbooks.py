"""Workbooks that are broken or meant to do harm: the batch fails with a sentence that helps, and leaves no row."""

from collections.abc import Callable
from pathlib import Path

import pytest

from herald.adapters.spreadsheet.workbook import read_workbook
from herald.results.batches.model import BatchStatus
from herald.results.reports.model import ReportStatus
from tests.adapters.letters import letter
from tests.adapters.workbooks import (
    BILLION_LAUGHS,
    EXTERNAL_ENTITY,
    compound_file,
    header_row,
    replace_parts,
    text_cell,
    write_rows,
    write_sheet,
)
from tests.support.clock import FakeClock
from tests.support.cloud import started_executions
from tests.support.results import NOW, add_batch, all_reports
from tests.support.workbook_reader import read_here
from tests.support.workbook_reading import ingest, ingesting, upload

PHONE = "+12025550123"
GOOD_ROW = f'<row r="2">{text_cell("A2", "Zoë")}{text_cell("B2", PHONE)}</row>'
HEADER = header_row("Name", "Phone", "Fee")


def truncated(path: Path) -> bytes:
    whole = write_rows(path, [("Name", "Phone"), ("Zoë", PHONE)]).read_bytes()
    return whole[: len(whole) // 2]


def zip_bomb(path: Path) -> bytes:
    return replace_parts(path, {"xl/media/image1.png": bytes(30 * 1024 * 1024)}).read_bytes()


def billion_laughs(path: Path) -> bytes:
    return write_sheet(path, HEADER + GOOD_ROW, before=BILLION_LAUGHS).read_bytes()


def external_entity(path: Path) -> bytes:
    return write_sheet(path, HEADER + GOOD_ROW, before=EXTERNAL_ENTITY).read_bytes()


def far_cell(path: Path) -> bytes:
    far = f'<row r="1048576">{text_cell("XFD1048576", "far")}</row>'
    return write_sheet(path, HEADER + GOOD_ROW + far).read_bytes()


def far_row_only(path: Path) -> bytes:
    return write_sheet(path, HEADER + GOOD_ROW + f'<row r="1048576">{text_cell("A1048576", "far")}</row>').read_bytes()


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (lambda _path: compound_file("EncryptedPackage"), "workbook_encrypted", "password"),
        (lambda _path: compound_file("Workbook"), "workbook_legacy_format", ".xlsx"),
        (truncated, "workbook_unreadable", "damaged"),
        (lambda _path: letter("Dear {{ name }},"), "workbook_not_xlsx", "Word"),
        (lambda _path: b"%PDF-1.7", "workbook_not_xlsx", "PDF"),
        (lambda _path: b"Name,Phone\r\n", "workbook_not_xlsx", "CSV"),
        (zip_bomb, "workbook_suspicious", "unpacks"),
        (billion_laughs, "workbook_suspicious", "document type"),
        (external_entity, "workbook_suspicious", "document type"),
        (far_cell, "workbook_too_many_columns", "XFD1048576"),
    ],
)
def test_the_batch_fails_with_a_sentence_that_helps(
    results_cloud: None, tmp_path: Path, make: Callable[[Path], bytes], code: str, said: str
) -> None:
    batch = add_batch()
    upload(batch, make(tmp_path / "w.xlsx"))

    read = ingest(ingesting(read_workbook, FakeClock(NOW)), batch, tmp_path)

    assert read.status is BatchStatus.FAILED
    assert read.problem is not None
    assert read.problem.code == code
    assert said in read.problem.message
    assert all_reports(batch) == []
    assert started_executions() == []


def test_the_last_row_that_excel_has_is_a_row_like_any_other(results_cloud: None, tmp_path: Path) -> None:
    batch = add_batch()
    upload(batch, far_row_only(tmp_path / "w.xlsx"))

    read = ingest(ingesting(read_here, FakeClock(NOW)), batch, tmp_path)

    assert (read.total, read.failed, read.last_row) == (2, 1, 1_048_576)


def test_a_formula_that_shows_an_error_costs_its_row_only(results_cloud: None, tmp_path: Path) -> None:
    error = '<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    uncalculated = '<c r="C4"><f>A1+B1</f></c>'
    rows = [
        f'<row r="{row}">{text_cell(f"A{row}", "Ana")}{text_cell(f"B{row}", PHONE)}{cell}</row>'
        for row, cell in ((3, error), (4, uncalculated))
    ]
    batch = add_batch()
    upload(batch, write_sheet(tmp_path / "w.xlsx", HEADER + GOOD_ROW + "".join(rows)).read_bytes())

    read = ingest(ingesting(read_here, FakeClock(NOW)), batch, tmp_path)

    good, *bad = all_reports(batch)
    assert (read.total, read.failed, good.status) == (3, 2, ReportStatus.PENDING)
    assert [(report.problem.row, report.problem.column, report.problem.code) for report in bad if report.problem] == [
        (3, "Fee", "excel_error"),
        (4, "Fee", "formula_without_value"),
    ]
    assert "#DIV/0!" in (bad[0].problem.message if bad[0].problem else "")


def test_names_in_every_script_arrive_as_they_were_typed(results_cloud: None, tmp_path: Path) -> None:
    names = ["Zoë Nguyễn", "محمد علي", "שרה לוי", "李小龍", "Ọmọ́tọ́lá", "👩🏽‍⚕️ Amina"]
    batch = add_batch()
    upload(batch, write_rows(tmp_path / "w.xlsx", [("Name", "Phone"), *((n, PHONE) for n in names)]).read_bytes())

    ingest(ingesting(read_here, FakeClock(NOW)), batch, tmp_path)

    assert [report.recipient.name for report in all_reports(batch)] == names
