"""Files that are no workbook, or one that was made to do harm: each is refused with a sentence that says why."""

import contextlib
import os
import pathlib
import textwrap
import zipfile
from collections.abc import Callable

import pytest

from herald.adapters.spreadsheet.values import DEFAULT_LIMITS, MEGABYTE, WorkbookLimits
from herald.adapters.spreadsheet.workbook import READER_MODULE, read_workbook
from herald.errors import Invalid, Unavailable
from tests.adapters.workbooks import (
    BILLION_LAUGHS,
    EXTERNAL_ENTITY,
    SHEET_PART,
    compound_file,
    header_row,
    replace_parts,
    text_cell,
    write_rows,
    write_sheet,
)
from tests.support.workbook_reader import read_here

READY = 'import json, sys; print(json.dumps({"ready": True}), flush=True)\n'
GOOD_START = READY + 'print(json.dumps({"header": ["Name"]}), json.dumps([2, ["Ana"]]), sep="\\n", flush=True)\n'


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "workbook.xlsx"


@pytest.fixture
def workbook(path: pathlib.Path) -> pathlib.Path:
    return write_rows(path, [["Name"], ["Ana"]])


def refusal(
    path: pathlib.Path, limits: WorkbookLimits = DEFAULT_LIMITS, *, reader_module: str = READER_MODULE
) -> Invalid:
    with (
        pytest.raises(Invalid) as caught,
        read_workbook(path, limits=limits, reader_module=reader_module) as workbook,
    ):
        list(workbook.rows)
    return caught.value


def refusal_here(path: pathlib.Path) -> Invalid:
    """For a file that does no harm, only without a process for it."""
    with pytest.raises(Invalid) as caught, read_here(path) as workbook:
        list(workbook.rows)
    return caught.value


@pytest.fixture
def another_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Callable[[str], str]:
    """Makes a module of a program, which can take the place of the reading process, and gives its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(program: str) -> str:
        (tmp_path / "another_reader.py").write_text(textwrap.dedent(program))
        return "another_reader"

    return write


def readers_of(path: pathlib.Path) -> list[str]:
    """The process ids of those who read a workbook, zombies left out."""
    processes = pathlib.Path("/proc").glob("[0-9]*")
    return [each.name for each in processes if str(path).encode() in commandline(each)]


def commandline(process: pathlib.Path) -> bytes:
    with contextlib.suppress(OSError):
        return (process / "cmdline").read_bytes()
    return b""


@pytest.mark.parametrize(
    ("content", "code", "hint"),
    [
        (b"", "workbook_empty", "empty"),
        (compound_file("EncryptedPackage", "EncryptionInfo"), "workbook_encrypted", "password"),
        (compound_file("Workbook"), "workbook_legacy_format", ".xls"),
        (b"Name,Phone\nAna,+12025550100\n", "workbook_not_xlsx", "CSV"),
        ("Name;Phone\n".encode("utf-16"), "workbook_not_xlsx", "CSV"),
        (b"\xef\xbb\xbf <html><table></table></html>", "workbook_not_xlsx", "web page"),
        (b"%PDF-1.7\n", "workbook_not_xlsx", "PDF"),
        (b"PK\x05\x06" + b"\0" * 18, "workbook_not_xlsx", "zip"),
        (b"\0\x01\x02\x03", "workbook_not_xlsx", "unknown format"),
    ],
)
def test_a_file_of_another_kind_is_named(path: pathlib.Path, content: bytes, code: str, hint: str) -> None:
    path.write_bytes(content)
    error = refusal_here(path)
    assert error.code == code
    assert hint in error.message


@pytest.mark.parametrize(
    ("part", "code", "hint"),
    [
        ("notes.txt", "workbook_not_xlsx", "zip archive"),
        ("word/document.xml", "workbook_not_xlsx", "Word"),
        ("META-INF/manifest.xml", "workbook_not_xlsx", "OpenDocument"),
        ("xl/workbook.bin", "workbook_legacy_format", ".xlsb"),
    ],
)
def test_an_archive_of_another_kind_is_named(path: pathlib.Path, part: str, code: str, hint: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "content")
    error = refusal_here(path)
    assert error.code == code
    assert hint in error.message


def test_a_strict_open_xml_workbook_is_named_rather_than_read_as_empty(path: pathlib.Path) -> None:
    strict = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheets/></workbook>'
    replace_parts(path, {"xl/workbook.xml": strict})
    error = refusal_here(path)
    assert error.code == "workbook_not_xlsx"
    assert "Strict" in error.message


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_truncated_workbook_is_unreadable(workbook: pathlib.Path, share: float) -> None:
    content = workbook.read_bytes()
    workbook.write_bytes(content[: int(len(content) * share)])
    assert refusal_here(workbook).code == "workbook_unreadable"


def test_a_damaged_part_is_unreadable(workbook: pathlib.Path) -> None:
    content = bytearray(workbook.read_bytes())
    with zipfile.ZipFile(workbook) as archive:
        start = archive.getinfo(SHEET_PART).header_offset + 80
    content[start : start + 40] = bytes(40)
    workbook.write_bytes(content)
    assert refusal(workbook).code == "workbook_unreadable"


@pytest.mark.parametrize("rows", ["<row", '<row r="x"/>', '<row r="2"><c r="A2" t="s"><v>99</v></c></row>'])
def test_a_broken_sheet_is_unreadable(path: pathlib.Path, rows: str) -> None:
    write_sheet(path, header_row("Name") + rows)
    assert refusal_here(path).code == "workbook_unreadable"


def test_a_file_above_the_size_limit_is_refused_unopened(workbook: pathlib.Path) -> None:
    assert refusal(workbook, WorkbookLimits(zipped_bytes=1_000)).code == "workbook_too_large"


def test_a_part_that_unpacks_without_measure_is_suspicious(path: pathlib.Path) -> None:
    replace_parts(path, {"xl/media/picture.png": bytes(30 * MEGABYTE)})
    assert refusal(path).code == "workbook_suspicious"


def test_what_unpacks_beyond_the_limit_is_too_large_even_at_a_believable_ratio(path: pathlib.Path) -> None:
    replace_parts(path, {"xl/media/picture.png": os.urandom(MEGABYTE)})
    assert refusal(path, WorkbookLimits(inflated_bytes=MEGABYTE)).code == "workbook_too_large"


def test_a_small_sheet_that_compresses_very_well_is_read(path: pathlib.Path) -> None:
    rows = "".join(f'<row r="{number}">{text_cell(f"A{number}", "same " * 400)}</row>' for number in range(2, 502))
    write_sheet(path, header_row("Name") + rows)
    with read_workbook(path) as workbook:
        assert sum(1 for _ in workbook.rows) == 500


def test_a_kind_of_compression_excel_never_uses_is_refused(workbook: pathlib.Path) -> None:
    with zipfile.ZipFile(workbook, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/extra.xml", "<extra/>")
    assert refusal(workbook).code == "workbook_unreadable"


def test_two_parts_of_one_name_are_suspicious(workbook: pathlib.Path) -> None:
    with zipfile.ZipFile(workbook, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET_PART, "<worksheet/>")
    assert refusal(workbook).code == "workbook_suspicious"


def test_more_parts_than_a_workbook_has_are_suspicious(workbook: pathlib.Path) -> None:
    assert refusal(workbook, WorkbookLimits(parts=5)).code == "workbook_suspicious"


@pytest.mark.parametrize("declaration", [BILLION_LAUGHS, EXTERNAL_ENTITY, "<!DOCTYPE worksheet>"])
def test_a_document_type_is_refused_before_it_is_expanded(path: pathlib.Path, declaration: str) -> None:
    entity = "&i;" if declaration == BILLION_LAUGHS else ""
    write_sheet(path, header_row("Name") + f'<row r="2">{text_cell("A2", entity)}</row>', before=declaration)
    assert refusal(path).code == "workbook_suspicious"


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/sharedStrings.xml", "docProps/core.xml", "xl/any.bin"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_found_in_every_part_and_encoding(path: pathlib.Path, part: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{" " * 100_000}{EXTERNAL_ENTITY}<root>&a;</root>'
    replace_parts(path, {part: text.encode(encoding)})
    assert refusal_here(path).code == "workbook_suspicious"


def test_a_workbook_that_needs_too_much_memory_is_refused(path: pathlib.Path) -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(2, 20_000))
    wide = '<row r="20000">' + "<c><v>1</v></c>" * 1_000_000 + "</row>"
    write_sheet(path, header_row("Name") + rows + wide)
    error = refusal(path, WorkbookLimits(memory_bytes=128 * MEGABYTE, ratio=1_000))
    assert error.code == "workbook_too_large"
    assert "memory" in error.message


def test_a_reader_that_dies_gives_a_clear_error_after_the_good_rows(
    workbook: pathlib.Path, another_reader: Callable[[str], str]
) -> None:
    dying = another_reader(GOOD_START + "import os; os.kill(os.getpid(), 9)")
    with read_workbook(workbook, reader_module=dying) as reading:
        assert next(reading.rows).cells == ("Ana",)
        with pytest.raises(Invalid) as caught:
            next(reading.rows)
    assert caught.value.code == "workbook_unreadable"
    assert "-9" in str(caught.value.__cause__)
    assert "-9" not in caught.value.message


def test_a_reader_that_computes_too_long_is_stopped_by_the_kernel(
    workbook: pathlib.Path, another_reader: Callable[[str], str]
) -> None:
    endless = """
    from herald.adapters.spreadsheet.reader import WorkbookLimits, confine
    confine(WorkbookLimits.from_json(sys.argv[1]))
    while True:
        pass
    """
    reader = another_reader(READY + textwrap.dedent(endless))
    assert refusal(workbook, WorkbookLimits(cpu_seconds=1), reader_module=reader).code == "workbook_too_complex"


def test_a_reader_that_hangs_is_given_up(workbook: pathlib.Path, another_reader: Callable[[str], str]) -> None:
    reader = another_reader(GOOD_START + "import signal; signal.pause()")
    assert refusal(workbook, WorkbookLimits(wait_seconds=1), reader_module=reader).code == "workbook_too_complex"


def test_a_reader_that_writes_without_end_is_given_up(
    workbook: pathlib.Path, another_reader: Callable[[str], str]
) -> None:
    reader = another_reader(GOOD_START + "while True: sys.stdout.write('x' * 1_000_000)")
    assert refusal(workbook, WorkbookLimits(line_bytes=MEGABYTE), reader_module=reader).code == "workbook_unreadable"


def test_a_reader_that_does_not_start_is_our_fault_not_the_workbooks(
    workbook: pathlib.Path, another_reader: Callable[[str], str]
) -> None:
    broken = another_reader("import no_such_module")
    with pytest.raises(Unavailable), read_workbook(workbook, reader_module=broken):
        pass


def test_the_reader_ends_when_nobody_wants_more_rows(path: pathlib.Path) -> None:
    write_rows(path, [["Name"], *(["Ana " * 100] for _ in range(3_000))])
    with read_workbook(path) as workbook:
        assert next(workbook.rows).number == 2
        [reader] = readers_of(path)
    assert not pathlib.Path("/proc", reader).exists()


def test_the_reader_sees_no_secrets(
    workbook: pathlib.Path, monkeypatch: pytest.MonkeyPatch, another_reader: Callable[[str], str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "top-secret")
    telling = READY + 'import os; print(json.dumps({"header": sorted(os.environ)})); print(json.dumps({"end": True}))'
    with read_workbook(workbook, reader_module=another_reader(telling)) as reading:
        assert "PYTHONPATH" in reading.header
        assert "AWS_SECRET_ACCESS_KEY" not in reading.header


def test_reading_works_from_any_folder_and_with_a_relative_path(
    workbook: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workbook.parent)
    with read_workbook(pathlib.Path(workbook.name)) as reading:
        assert reading.header == ("Name",)
