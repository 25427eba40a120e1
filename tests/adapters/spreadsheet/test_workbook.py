"""Reading workbooks: what a person put into Excel comes out as typed, and what is odd is named."""

import datetime
import pathlib

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from herald.adapters.spreadsheet.values import WorkbookLimits
from herald.adapters.spreadsheet.workbook import read_workbook
from herald.errors import Invalid
from herald.values.sheet import CellFault, CellValue, FormattedValue, SheetRow
from local.samples.workbook import COLUMNS, write_sample_workbook
from tests.adapters.workbooks import (
    SHEET_NAMESPACE,
    SHEET_PART,
    header_row,
    replace_parts,
    text_cell,
    write_rows,
    write_sheet,
)
from tests.support.workbook_reader import read_here

NOISY = ("5.430000000000001", "0.30000000000000004", "12.0")
"""Numbers as calculations leave them in a workbook."""


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "workbook.xlsx"


def read(path: pathlib.Path, **limits: int) -> tuple[tuple[str, ...], list[SheetRow]]:
    with read_here(path, limits=WorkbookLimits(**limits)) as workbook:
        return workbook.header, list(workbook.rows)


def read_cells(path: pathlib.Path) -> list[tuple[CellValue, ...]]:
    return [row.cells for row in read(path)[1]]


def cell_with(path: pathlib.Path, value: object, number_format: str) -> CellValue:
    """What is read of a cell that has this value and number format."""
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["Value"])
    workbook.worksheets[0].append([value])
    workbook.worksheets[0]["A2"].number_format = number_format
    workbook.save(path)
    ((cell,),) = read_cells(path)
    return cell


def number_in(cell: CellValue) -> float:
    assert isinstance(cell, FormattedValue)
    assert isinstance(cell.value, int | float)
    return cell.value


def refusal(path: pathlib.Path, **limits: int) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(path, **limits)
    return caught.value


def test_every_kind_of_value_keeps_its_type(path: pathlib.Path) -> None:
    values = (
        "Zoë O'Brien 🌻 ليلى",
        7,
        7.25,
        True,
        datetime.date(2026, 11, 22),
    )
    write_rows(path, [["a", "b", "c", "d", "e"], values])
    assert read_cells(path) == [values]
    assert [type(cell) for cell in read_cells(path)[0]] == [type(value) for value in values]


def test_midnight_stays_a_moment_where_the_format_shows_a_time(path: pathlib.Path) -> None:
    midnight = datetime.datetime.fromisoformat("2026-11-22T00:00")
    assert cell_with(path, midnight, "yyyy-mm-dd hh:mm") == midnight


def test_a_duration_reads_as_excel_shows_it(path: pathlib.Path) -> None:
    write_rows(path, [["Duration"], [datetime.timedelta(hours=26, minutes=30, seconds=5)]])
    assert read_cells(path) == [("26:30:05",)]


def test_a_duration_reads_after_the_format_of_its_cell(path: pathlib.Path) -> None:
    assert cell_with(path, datetime.timedelta(hours=26, minutes=30), "[h]:mm") == "26:30"


def test_what_a_binary_fraction_has_behind_fifteen_digits_is_not_read(path: pathlib.Path) -> None:
    numbers = "".join(f'<c r="{place}2"><v>{written}</v></c>' for place, written in zip("ABC", NOISY, strict=True))
    write_sheet(path, header_row("a", "b", "c") + f'<row r="2">{numbers}</row>')
    assert [repr(cell) for cell in read_cells(path)[0]] == ["5.43", "0.3", "12"]


def test_a_cell_keeps_its_value_and_what_its_format_shows(path: pathlib.Path) -> None:
    assert cell_with(path, 0.125, "0.0%") == FormattedValue(0.125, "12.5%")


def test_a_format_that_shows_the_bare_value_changes_nothing(path: pathlib.Path) -> None:
    assert cell_with(path, 7, "0") == 7


def test_dates_of_the_1904_calendar_are_read_right(path: pathlib.Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    for row in (["Born"], [datetime.date(1990, 5, 17)]):
        workbook.worksheets[0].append(row)
    workbook.save(path)
    assert read_cells(path) == [(datetime.date(1990, 5, 17),)]


def test_rows_carry_the_number_that_excel_shows_and_empty_rows_are_skipped(path: pathlib.Path) -> None:
    write_rows(path, [[], ["Name", "Phone"], ["Ana", 1], [], [None, " "], ["Bo", None]])
    assert read(path) == (("Name", "Phone"), [SheetRow(3, ("Ana", 1)), SheetRow(6, ("Bo", None))])


def test_columns_without_a_title_are_left_out(path: pathlib.Path) -> None:
    write_rows(path, [["Name", None, "Phone"], ["Ana", "private", 1], [None, "private", None]])
    assert read(path) == (("Name", "Phone"), [SheetRow(2, ("Ana", 1))])


def test_titles_lose_the_spaces_around_them_and_numbers_may_be_titles(path: pathlib.Path) -> None:
    write_rows(path, [[" Name ", 2026], ["Ana", 1]])
    assert read(path)[0] == ("Name", "2026")


@pytest.mark.parametrize("second", ["Phone", "phone "])
def test_a_title_used_twice_is_refused_by_name_and_column(path: pathlib.Path, second: str) -> None:
    write_rows(path, [["Name", "Phone", "Email", second], ["Ana", 1, "a@example.org", 2]])
    error = refusal(path)
    assert error.code == "workbook_header_duplicate"
    assert '"Phone"' in error.message
    assert "B and D" in error.message
    assert "Phone" in error.fields


def test_a_title_that_is_an_error_is_refused(path: pathlib.Path) -> None:
    write_sheet(path, '<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>')
    error = refusal(path)
    assert error.code == "workbook_header_unreadable"
    assert "A1" in error.message


@pytest.mark.parametrize("literal", ["#DIV/0!", "#N/A", "#VALUE!", "#REF!", "#NAME?"])
def test_an_error_cell_is_a_fault_that_names_the_error(path: pathlib.Path, literal: str) -> None:
    write_sheet(path, header_row("Total") + f'<row r="2"><c r="A2" t="e"><f>1/0</f><v>{literal}</v></c></row>')
    ((fault,),) = read_cells(path)
    assert isinstance(fault, CellFault)
    assert fault.code == "excel_error"
    assert literal in fault.message


def test_text_that_only_looks_like_an_error_stays_text(path: pathlib.Path) -> None:
    write_sheet(path, header_row("Note") + f'<row r="2">{text_cell("A2", "#N/A")}</row>')
    assert read_cells(path) == [("#N/A",)]


def test_a_date_out_of_range_costs_only_its_cell(path: pathlib.Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["Name", "Born"])
    workbook.worksheets[0].append(["Ana", 10**9])
    workbook.worksheets[0]["B2"].number_format = "yyyy-mm-dd"
    workbook.save(path)
    ((name, fault),) = read_cells(path)
    assert name == "Ana"
    assert isinstance(fault, CellFault)


def test_a_formula_without_a_calculated_value_is_a_fault_and_not_an_empty_cell(path: pathlib.Path) -> None:
    write_rows(path, [["Fee", "Share"], [10, "=A2*2"]])
    ((fee, fault),) = read_cells(path)
    assert fee == 10
    assert isinstance(fault, CellFault)
    assert fault.code == "formula_without_value"


def test_a_formula_gives_its_calculated_value_even_when_that_is_empty_text(path: pathlib.Path) -> None:
    row = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
    write_sheet(path, header_row("Sum", "Text") + row)
    assert read_cells(path) == [(2, "")]


def test_forbidden_control_characters_go_and_line_breaks_stay(path: pathlib.Path) -> None:
    cell = text_cell("A2", " one_x0007__x000D_\ntwo\tthree_x000B_ &amp; _x263A_ ")
    write_sheet(path, header_row("Note") + f'<row r="2">{cell}</row>')
    assert read_cells(path) == [(" one\ntwo\tthree & _x263A_ ",)]


def test_text_from_the_shared_table_that_excel_writes_is_read_with_all_its_runs(path: pathlib.Path) -> None:
    strings = (
        f'<sst xmlns="{SHEET_NAMESPACE}"><si><t>Name</t></si><si><r><t>An</t></r><r><t>a_x000D_</t></r></si></sst>'
    )
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="{SHEET_NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
    replace_parts(path, {"xl/sharedStrings.xml": strings.encode(), SHEET_PART: sheet.encode()})
    assert read(path) == (("Name",), [SheetRow(2, ("Ana\n",))])


def test_text_longer_than_a_cell_can_hold_is_a_fault(path: pathlib.Path) -> None:
    write_sheet(path, header_row("Note") + f'<row r="2">{text_cell("A2", "x" * 40_000)}</row>')
    ((fault,),) = read_cells(path)
    assert isinstance(fault, CellFault)
    assert fault.code == "text_too_long"


def test_the_first_visible_sheet_is_read_when_hidden_ones_stand_before_it(path: pathlib.Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["Secret"])
    workbook.worksheets[0].sheet_state = "hidden"
    workbook.create_sheet("Deeper").sheet_state = "veryHidden"
    shown = workbook.create_sheet("Shown")
    shown.append(["Name"])
    shown.append(["Ana"])
    workbook.active = 2
    workbook.save(path)
    assert read(path) == (("Name",), [SheetRow(2, ("Ana",))])


def test_a_workbook_of_hidden_sheets_is_refused(path: pathlib.Path) -> None:
    write_rows(path, [["Name"]])
    workbook_part = (
        f'<workbook xmlns="{SHEET_NAMESPACE}" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Sheet" sheetId="1" state="hidden" r:id="rId1"/></sheets></workbook>'
    )
    replace_parts(path, {"xl/workbook.xml": workbook_part.encode()})
    assert refusal(path).code == "workbook_no_visible_sheet"


def test_a_sheet_without_any_content_is_refused(path: pathlib.Path) -> None:
    write_rows(path, [])
    assert refusal(path).code == "workbook_empty"


def test_an_empty_sheet_says_which_others_hold_rows(path: pathlib.Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.create_sheet("Notes")
    workbook.create_sheet("Patients").append(["Name", "Phone"])
    workbook.save(path)
    error = refusal(path)
    assert (error.code, error.fields["sheets"]) == ("workbook_empty", ["Patients"])
    assert "rows in: Patients" in error.message


def test_rows_beyond_a_wrong_dimension_are_not_lost(path: pathlib.Path) -> None:
    rows = "".join(f'<row r="{number}">{text_cell(f"A{number}", f"person {number}")}</row>' for number in range(2, 12))
    write_sheet(path, header_row("Name") + rows, after='<dimension ref="A1:A2"/>')
    assert len(read_cells(path)) == 10


def test_a_cell_far_down_is_one_more_row(path: pathlib.Path) -> None:
    write_sheet(path, header_row("Name") + f'<row r="1048576">{text_cell("A1048576", "far")}</row>')
    assert read(path)[1] == [SheetRow(1_048_576, ("far",))]


def test_a_cell_far_to_the_right_is_named_and_refused(path: pathlib.Path) -> None:
    write_sheet(path, header_row("Name") + f'<row r="1048576">{text_cell("XFD1048576", "far")}</row>')
    error = refusal(path)
    assert error.code == "workbook_too_many_columns"
    assert "XFD1048576" in error.message


def test_a_formatted_but_empty_cell_far_to_the_right_does_no_harm(path: pathlib.Path) -> None:
    write_sheet(path, header_row("Name") + f'<row r="2">{text_cell("A2", "Ana")}<c r="XFD2" s="0"/></row>')
    assert read_cells(path) == [("Ana",)]


def test_one_row_too_many_is_refused_after_the_good_ones(path: pathlib.Path) -> None:
    write_rows(path, [["Name"], ["Ana"], ["Bo"], ["Cy"]])
    assert len(read(path, rows=3)[1]) == 3
    with read_here(path, limits=WorkbookLimits(rows=2)) as workbook:
        rows = workbook.rows
        assert [next(rows).number, next(rows).number] == [2, 3]
        with pytest.raises(Invalid, match="more than 2 rows"):
            next(rows)


def test_one_column_too_many_is_refused(path: pathlib.Path) -> None:
    write_rows(path, [["a", "b", "c"]])
    assert read(path, columns=3)[0] == ("a", "b", "c")
    assert refusal(path, columns=2).code == "workbook_too_many_columns"


@pytest.mark.parametrize("numbers", [(3, 2), (2, 2), (2, 1_048_577), (2, 9_999_999_999)])
def test_rows_out_of_order_are_refused_rather_than_lost(path: pathlib.Path, numbers: tuple[int, ...]) -> None:
    rows = "".join(f'<row r="{number}"><c><v>1</v></c></row>' for number in numbers)
    write_sheet(path, header_row("Name") + rows)
    assert refusal(path).code == "workbook_unreadable"


def test_the_demo_workbook_reads_without_a_fault_and_is_the_same_every_time(tmp_path: pathlib.Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    write_sample_workbook(first)
    write_sample_workbook(second)
    assert first.read_bytes() == second.read_bytes()
    with read_workbook(first) as workbook:
        header, rows = workbook.header, list(workbook.rows)
    assert header == COLUMNS
    assert [row.number for row in rows] == list(range(2, 27))
    assert not [cell for row in rows for cell in row.cells if isinstance(cell, CellFault)]
    fee, own_share = COLUMNS.index("Fee"), COLUMNS.index("Own share")
    assert all(number_in(row.cells[own_share]) == pytest.approx(number_in(row.cells[fee]) * 0.2) for row in rows)


def named_sheets(path: pathlib.Path) -> pathlib.Path:
    workbook = openpyxl.Workbook()
    for title, name in (("Notes", "Ana"), ("Visits", "Bo"), ("Old", "Cy")):
        sheet = workbook.create_sheet(title)
        sheet.append(["Name"])
        sheet.append([name])
    workbook.remove(workbook.worksheets[0])
    workbook["Old"].sheet_state = "hidden"
    workbook.save(path)
    return path


@pytest.mark.parametrize("sheet", ["", "Visits"])
def test_a_process_of_its_own_reads_what_this_one_reads(path: pathlib.Path, sheet: str) -> None:
    named_sheets(path)
    with read_workbook(path, sheet=sheet) as apart, read_here(path, sheet=sheet) as here:
        assert apart.header == here.header
        assert list(apart.rows) == list(here.rows)


@pytest.mark.parametrize(("sheet", "name"), [("", "Ana"), ("Visits", "Bo"), (" VISITS ", "Bo"), ("Old", "Cy")])
def test_a_sheet_is_found_by_its_name(path: pathlib.Path, sheet: str, name: str) -> None:
    with read_here(named_sheets(path), sheet=sheet) as workbook:
        assert [row.cells for row in workbook.rows] == [(name,)]


def test_a_sheet_that_is_missing_is_told_with_those_there_are(path: pathlib.Path) -> None:
    with pytest.raises(Invalid) as refusal, read_here(named_sheets(path), sheet="--help"):
        pass

    assert refusal.value.code == "sheet_missing"
    assert refusal.value.fields == {"sheet": "--help", "sheets": ["Notes", "Visits", "Old"]}
