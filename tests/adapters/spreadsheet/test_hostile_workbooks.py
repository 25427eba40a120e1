"""Workbooks made to do harm, part by part: each is refused as a whole, costs a cell, or does nothing at all.

They are read within the tests' own process, which is quick; what only a process of its own can bear is in
`test_hostile`.
"""

import json
import pathlib
import struct
import zipfile
from collections.abc import Callable, Mapping

import pytest

from herald.adapters.spreadsheet.reader import outcome_of_writing
from herald.adapters.spreadsheet.values import WorkbookLimits, decode_row
from herald.values.sheet import CellFault, CellValue
from tests.adapters.workbooks import (
    SHEET_NAMESPACE,
    SHEET_PART,
    compound_file,
    header_row,
    replace_parts,
    text_cell,
    write_sheet,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = header_row("Name", "Value")
DATE, DURATION = 14, 46
"""Built-in number formats."""

Make = Callable[[pathlib.Path], pathlib.Path]
Outcome = Callable[[Make], tuple[list[CellValue], str]]


def row_with(cell: str) -> str:
    return f'<row r="2">{text_cell("A2", "Ana")}{cell}</row>'


def sheet(rows: str) -> bytes:
    return f'<worksheet xmlns="{SHEET_NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'.encode()


GOOD_SHEET = sheet(HEADER + row_with('<c r="B2"><v>7</v></c>'))


def cell(xml: str, *, after: str = "") -> Make:
    return lambda path: write_sheet(path, HEADER + row_with(xml), after=after)


def rows(xml: str) -> Make:
    return lambda path: write_sheet(path, HEADER + xml)


def number(written: str, number_format: int) -> Make:
    styles = f'<styleSheet xmlns="{SHEET_NAMESPACE}"><cellXfs><xf numFmtId="{number_format}"/></cellXfs></styleSheet>'
    part = sheet(HEADER + row_with(f'<c r="B2"><v>{written}</v></c>'))
    return lambda path: replace_parts(path, {SHEET_PART: part, "xl/styles.xml": styles.encode()})


def beside(parts: Mapping[str, bytes]) -> Make:
    """A good sheet in a workbook with these parts."""
    return lambda path: replace_parts(path, {SHEET_PART: GOOD_SHEET, **parts})


def relationship(kind: str, target: str, mode: str = "Internal") -> str:
    return f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def relationships(*entries: str) -> bytes:
    return f'<Relationships xmlns="{RELATIONSHIPS}">{"".join(entries)}</Relationships>'.encode()


def sheet_at(target: str, mode: str = "Internal") -> Make:
    entry = relationship("worksheet", target, mode).replace('Id="worksheet"', 'Id="rId1"')
    others = [relationship("styles", "styles.xml"), relationship("theme", "theme/theme1.xml")]
    return beside({"xl/_rels/workbook.xml.rels": relationships(entry, *others)})


def with_entries(*names: str) -> Make:
    def make(path: pathlib.Path) -> pathlib.Path:
        beside({})(path)
        with zipfile.ZipFile(path, "a") as archive:
            for name in names:
                archive.writestr(name, "<worksheet/>")
        return path

    return make


def lying_about_its_size(path: pathlib.Path) -> pathlib.Path:
    beside({"xl/large.bin": b"0" * 1_000_000})(path)
    content = bytearray(path.read_bytes())
    directory_entry = content.rfind(b"xl/large.bin") - 46  # APPNOTE.TXT 4.3.12: its size stands at byte 24
    struct.pack_into("<I", content, directory_entry + 24, 10)
    path.write_bytes(content)
    return path


EXTERNAL_LINK = {
    "xl/externalLinks/externalLink1.xml": (
        f'<externalLink xmlns="{SHEET_NAMESPACE}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    ).encode(),
    "xl/externalLinks/_rels/externalLink1.xml.rels": relationships(
        relationship("externalLinkPath", "file:///etc/passwd", "External")
    ),
}
LONG_FORMAT = (
    f'<styleSheet xmlns="{SHEET_NAMESPACE}"><numFmts><numFmt numFmtId="170" formatCode="{"0" * 100_000}"/></numFmts>'
    '<cellXfs><xf numFmtId="170"/></cellXfs></styleSheet>'
).encode()
DRAWINGS = relationships(relationship("drawing", "../../../../etc/passwd"), relationship("image", "sheet1.xml"))


@pytest.fixture
def outcome(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Outcome:
    """The values in column B that are read of a workbook, and the code of what it is refused with."""

    def read(make: Make) -> tuple[list[CellValue], str]:
        last = outcome_of_writing(make(tmp_path / "workbook.xlsx"), "", WorkbookLimits())
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        values = [decode_row(line, {}).cells[1] for line in lines if isinstance(line, list)]
        error = last.get("error")
        return values, str(error["code"]) if isinstance(error, dict) else ""

    return read


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(cell('<c r="B2" t="s"><v>-7</v></c>'), id="a shared text before the first"),
        pytest.param(cell('<c r="B2" t="s"><v>x</v></c>'), id="a shared text without a number"),
        pytest.param(cell('<c r="B2" s="99999"><v>7</v></c>'), id="a style that is not there"),
        pytest.param(cell('<c r="ZZZZ2"><v>1</v></c>'), id="a column beyond Excel's last"),
        pytest.param(cell("<c><v>1</v></c>", after='<dimension ref="!!"/>'), id="a dimension that is none"),
        pytest.param(rows('<row r="-5"/>'), id="a row before the first"),
        pytest.param(rows(f'<row r="{"9" * 30}"/>'), id="a row beyond all counting"),
        pytest.param(beside({"xl/_rels/workbook.xml.rels": b""}), id="empty relationships"),
        pytest.param(beside({"xl/_rels/workbook.xml.rels": relationships()}), id="no relationships"),
        pytest.param(beside({"[Content_Types].xml": b"<Types/>"}), id="no content types"),
        pytest.param(lying_about_its_size, id="a part that lies about its size"),
    ],
)
def test_what_is_broken_beyond_a_cell_is_refused_as_damaged(outcome: Outcome, make: Make) -> None:
    assert outcome(make) == ([], "workbook_unreadable")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(with_entries("XL/Worksheets/Sheet1.XML"), "workbook_suspicious", id="a part twice, in capitals"),
        pytest.param(sheet_at("worksheets/none.xml"), "workbook_no_visible_sheet", id="a sheet that is not there"),
        pytest.param(sheet_at("../../../../etc/passwd"), "workbook_no_visible_sheet", id="a sheet outside"),
        pytest.param(sheet_at("http://127.0.0.1:1/", "External"), "workbook_no_visible_sheet", id="a sheet elsewhere"),
        pytest.param(sheet_at("workbook.xml"), "workbook_empty", id="a sheet that is the workbook itself"),
        pytest.param(beside({SHEET_PART: b"<html/>"}), "workbook_empty", id="a web page in a sheet's place"),
    ],
)
def test_a_sheet_that_is_none_is_refused(outcome: Outcome, make: Make, code: str) -> None:
    assert outcome(make) == ([], code)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(cell('<c r="B2"><v>NaN</v></c>'), id="no number"),
        pytest.param(cell('<c r="B2"><v>1e999</v></c>'), id="an infinite number"),
        pytest.param(cell('<c r="B2"><v>-INF</v></c>'), id="infinity by its name"),
        pytest.param(cell('<c r="B2"><v>abc</v></c>'), id="letters for a number"),
        pytest.param(cell(f'<c r="B2"><v>{"9" * 4_000}</v></c>'), id="four thousand digits"),
        pytest.param(cell(f'<c r="B2"><v>{"9" * 5_000}</v></c>'), id="more digits than Python reads"),
        pytest.param(cell('<c r="B2" t="d"><v>9999-99-99</v></c>'), id="a date that is none"),
        pytest.param(cell('<c r="B2" t="b"><v>perhaps</v></c>'), id="a truth that is none"),
        pytest.param(cell(f'<c r="B2" t="e" vm="{"9" * 15}"><v>#VALUE!</v></c>'), id="a rich value that is not there"),
        pytest.param(number("2958466", DATE), id="a date in the year 10000"),
        pytest.param(number("-5", DATE), id="a date before 1900"),
        pytest.param(number("NaN", DATE), id="a date without a number"),
        pytest.param(number("1e300", DURATION), id="a duration without end"),
        pytest.param(cell(text_cell("B2", "x" * 40_000)), id="a text without end"),
    ],
)
def test_a_value_that_cannot_be_costs_its_cell_alone(outcome: Outcome, make: Make) -> None:
    values, code = outcome(make)

    assert code == ""
    assert [type(value) for value in values] == [CellFault]


@pytest.mark.parametrize(
    ("make", "value"),
    [
        pytest.param(
            cell('<c r="B2"><v>7</v></c>', after='<dimension ref="A1:XFD1048576"/>'), 7, id="a huge dimension"
        ),
        pytest.param(cell('<c r="B99"><v>7</v></c>'), 7, id="a cell that names another row"),
        pytest.param(cell('<c r="B2"><v>1</v></c><c r="B2"><v>7</v></c>'), 7, id="a cell twice"),
        pytest.param(cell('<c r="B2" t="str"><f>cmd|\'/c calc\'!A0</f><v>7</v></c>'), "7", id="a DDE formula"),
        pytest.param(
            cell('<c r="B2" t="str"><f>WEBSERVICE("http://x/")</f><v>7</v></c>'), "7", id="a fetching formula"
        ),
        pytest.param(cell(text_cell("B2", "=HYPERLINK(1)|+cmd")), "=HYPERLINK(1)|+cmd", id="a formula as a text"),
        pytest.param(cell(text_cell("B2", "a_x0000_b_x001B_c")), "abc", id="control characters"),
        pytest.param(cell(text_cell("B2", "a\u202eb\u2066c\u202d")), "abc", id="marks that turn the direction"),
        pytest.param(cell(text_cell("B2", "a\u200fb")), "a\u200fb", id="a mark that belongs to a script"),
        pytest.param(beside(EXTERNAL_LINK), 7, id="external links"),
        pytest.param(beside({"xl/vbaProject.bin": compound_file("VBA")}), 7, id="macros"),
        pytest.param(beside({"xl/worksheets/_rels/sheet1.xml.rels": DRAWINGS}), 7, id="drawings outside"),
        pytest.param(beside({"xl/styles.xml": LONG_FORMAT}), 7, id="a number format without end"),
        pytest.param(sheet_at("/xl/worksheets/sheet1.xml"), 7, id="an absolute path"),
        pytest.param(with_entries("../../../tmp/x", "/etc/x", "..\\x"), 7, id="parts outside of the workbook"),
    ],
)
def test_what_does_nothing_is_read_as_if_it_were_not_there(outcome: Outcome, make: Make, value: CellValue) -> None:
    assert outcome(make) == ([value], "")


def test_a_sheet_of_a_million_columns_is_refused_at_the_first_beyond_the_limit(outcome: Outcome) -> None:
    values, code = outcome(rows('<row r="2">' + "<c><v>1</v></c>" * 16_384 + "</row>"))

    assert (values, code) == ([], "workbook_too_many_columns")


def test_an_error_never_repeats_what_stands_in_a_cell(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_sheet(tmp_path / "workbook.xlsx", HEADER + row_with('<c r="ZZZZ2"><v>secret</v></c>'))

    assert "secret" not in json.dumps(outcome_of_writing(path, "", WorkbookLimits()))
