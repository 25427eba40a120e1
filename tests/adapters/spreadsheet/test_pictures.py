"""Pictures in a workbook: over cells, in cells, and spelled out as text."""

import io
import pathlib
import zipfile
from collections.abc import Mapping

import openpyxl
import pytest
from openpyxl.drawing.image import Image

from herald.adapters.spreadsheet.values import WorkbookLimits
from herald.errors import Invalid
from herald.values.picture import Picture, read_picture
from herald.values.sheet import CellFault, CellValue
from tests.adapters.pictures import animation, boasting_png, data_url, drawing, photo
from tests.adapters.workbooks import header_row, replace_parts, text_cell, write_rows, write_sheet
from tests.support.workbook_reader import read_here

PHOTO = photo()
DRAWING = drawing()
TITLES = ["Name", "Phone", "Photo"]
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
DRAWING_PART = "xl/drawings/drawing1.xml"
DRAWING_RELATIONS = "xl/drawings/_rels/drawing1.xml.rels"


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "workbook.xlsx"


def with_pictures(path: pathlib.Path, places: Mapping[str, bytes], rows: int = 3) -> pathlib.Path:
    """A sheet with pictures over these cells, as Excel and openpyxl write it."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(TITLES)
    for row in range(2, rows + 2):
        sheet.append([f"Person {row}", 12025550100 + row])
    for place, content in places.items():
        sheet.add_image(Image(io.BytesIO(content)), place)
    workbook.save(path)
    return path


def replaced(path: pathlib.Path, name: str, old: bytes, new: bytes) -> pathlib.Path:
    """The same workbook with something in one of its parts replaced."""
    with zipfile.ZipFile(path) as source:
        parts = {each: source.read(each) for each in source.namelist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for each, content in parts.items():
            target.writestr(each, content)
    return path


def relations(*targets: tuple[str, str]) -> bytes:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{entries}</Relationships>'.encode()


def cells(path: pathlib.Path, **limits: int) -> list[tuple[CellValue, ...]]:
    with read_here(path, limits=WorkbookLimits(**limits)) as workbook:
        return [row.cells for row in workbook.rows]


def photos(path: pathlib.Path, **limits: int) -> list[CellValue]:
    return [row[2] for row in cells(path, **limits)]


def fault_codes(path: pathlib.Path) -> list[str]:
    return [cell.code for cell in photos(path) if isinstance(cell, CellFault)]


# ---------------------------------------------------------------- over cells


def test_a_picture_over_a_cell_is_its_value(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO, "C4": DRAWING})

    first, second, third = photos(path)

    assert (first, second, third) == (read_picture(PHOTO), None, read_picture(DRAWING))
    assert isinstance(first, Picture)
    assert first.content == PHOTO


def test_one_picture_over_many_cells_comes_over_once(path: pathlib.Path) -> None:
    with_pictures(path, {f"C{row}": PHOTO for row in range(2, 52)}, rows=50)

    found = photos(path, picture_bytes=len(PHOTO))

    assert found == [read_picture(PHOTO)] * 50
    assert len({id(picture) for picture in found}) == 1


def test_a_picture_with_two_corners_counts_by_its_upper_left_one(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO})
    corner = b"<to><col>5</col><colOff>0</colOff><row>9</row><rowOff>0</rowOff></to>"
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(DRAWING_PART)
    extent = xml[xml.index(b"<ext ") : xml.index(b"/>", xml.index(b"<ext ")) + 2]
    replaced(path, DRAWING_PART, extent, corner)
    replaced(path, DRAWING_PART, b"oneCellAnchor", b"twoCellAnchor")

    assert photos(path)[0] == read_picture(PHOTO)


def test_a_picture_beside_the_table_changes_nothing(path: pathlib.Path) -> None:
    with_pictures(path, {"A1": PHOTO, "F2": PHOTO, "B40": PHOTO})

    assert photos(path) == [None, None, None]


def test_two_pictures_over_one_cell_cost_that_cell(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO, "C3": DRAWING})
    replaced(path, DRAWING_PART, b"<row>2</row>", b"<row>1</row>")

    assert fault_codes(path) == ["picture_ambiguous"]


def test_the_pictures_of_another_sheet_are_not_taken(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO})
    workbook = openpyxl.load_workbook(path)
    other = workbook.create_sheet("Plain")
    for row in (TITLES, ["Ana", 1, None]):
        other.append(row)
    workbook.save(path)

    with read_here(path, sheet="Plain") as read:
        assert [row.cells[2] for row in read.rows] == [None]


# ---------------------------------------------------------------- in cells


def placed_in_cell(path: pathlib.Path, *, structure: str = "_localImage", index: int = 1) -> pathlib.Path:
    """A workbook whose cell C2 holds a picture, as Excel writes "Place in Cell"."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rich = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
    row = f'{text_cell("A2", "Ana")}{text_cell("B2", "+1")}<c r="C2" t="e" vm="{index}"><v>#VALUE!</v></c>'
    write_sheet(path, f'{header_row(*TITLES)}<row r="2">{row}</row>')
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    return replace_parts(
        path,
        {
            "xl/worksheets/sheet1.xml": sheet,
            "xl/metadata.xml": (
                f'<metadata xmlns="{main}" xmlns:xlrd="{rich}"><metadataTypes count="1">'
                '<metadataType name="XLRICHVALUE" minSupportedVersion="120000"/></metadataTypes>'
                '<futureMetadata name="XLRICHVALUE" count="1"><bk><extLst>'
                '<ext uri="{3e2802c4-a4d2-4d8b-9148-e3be6c30e623}"><xlrd:rvb i="0"/></ext></extLst></bk>'
                '</futureMetadata><valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>'
            ).encode(),
            "xl/richData/rdrichvalue.xml": (
                f'<rvData xmlns="{rich}" count="1"><rv s="0"><v>0</v><v>5</v></rv></rvData>'
            ).encode(),
            "xl/richData/rdrichvaluestructure.xml": (
                f'<rvStructures xmlns="{rich}" count="1"><s t="{structure}">'
                '<k n="_rvRel:LocalImageIdentifier" t="i"/><k n="CalcOrigin" t="i"/></s></rvStructures>'
            ).encode(),
            "xl/richData/richValueRel.xml": (
                '<richValueRels xmlns="http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel" '
                f'xmlns:r="{RELATIONSHIPS}"><rel r:id="rId1"/></richValueRels>'
            ).encode(),
            "xl/richData/_rels/richValueRel.xml.rels": relations(("image", "../media/image1.png")),
            "xl/media/image1.png": DRAWING,
        },
    )


def test_a_picture_that_was_placed_in_a_cell_is_its_value(path: pathlib.Path) -> None:
    assert photos(placed_in_cell(path)) == [read_picture(DRAWING)]


def test_a_picture_of_the_web_in_a_cell_is_never_fetched(path: pathlib.Path) -> None:
    assert fault_codes(placed_in_cell(path, structure="_webimage")) == ["picture_linked"]


def test_another_rich_value_is_the_error_that_it_shows(path: pathlib.Path) -> None:
    assert fault_codes(placed_in_cell(path, index=7)) == ["excel_error"]


# ---------------------------------------------------------------- as text


def test_a_text_may_spell_out_a_picture(path: pathlib.Path) -> None:
    write_rows(path, [TITLES, ["Ana", "+1", data_url(DRAWING)], ["Bo", "+1", data_url(b"<svg/>", "svg+xml")]])

    assert photos(path)[0] == read_picture(DRAWING)
    assert fault_codes(path) == ["picture_unsupported"]


def test_an_address_stays_a_text_and_nobody_fetches_it(path: pathlib.Path) -> None:
    write_rows(path, [TITLES, ["Ana", "+1", "https://example.org/photo.jpg"]])

    assert photos(path) == ["https://example.org/photo.jpg"]


# ---------------------------------------------------------------- hostile


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (boasting_png(60_000, 60_000), "picture_too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unsupported"),
        (animation(), "picture_unsupported"),
        (DRAWING[:40], "picture_damaged"),
        (PHOTO + bytes(2 * 1024 * 1024), "picture_too_large"),
    ],
)
def test_a_file_that_is_no_small_picture_costs_its_cell_alone(path: pathlib.Path, content: bytes, code: str) -> None:
    with_pictures(path, {"C2": PHOTO, "C3": DRAWING})
    replaced(path, "xl/media/image1.jpeg", PHOTO, content)

    assert fault_codes(path) == [code]
    assert photos(path)[1] == read_picture(DRAWING)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (b'Target="https://example.org/a.png" TargetMode="External"', "picture_linked"),
        (b'Target="https://example.org/a.png"', "picture_linked"),
        (b'Target="../../../../etc/passwd"', "picture_damaged"),
    ],
)
def test_a_picture_outside_of_the_workbook_is_not_looked_for(path: pathlib.Path, target: bytes, code: str) -> None:
    with_pictures(path, {"C2": PHOTO})
    replaced(path, DRAWING_RELATIONS, b'Target="/xl/media/image1.jpeg"', target)

    assert fault_codes(path) == [code]


def test_a_linked_picture_is_not_looked_for(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO})
    replaced(path, DRAWING_PART, b"r:embed=", b"r:link=")

    assert fault_codes(path) == ["picture_linked"]


def test_entities_in_a_drawing_are_refused(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO})
    replaced(path, DRAWING_PART, b"<wsDr", b'<!DOCTYPE a [<!ENTITY b "c">]><wsDr')

    with pytest.raises(Invalid) as caught:
        photos(path)
    assert caught.value.code == "workbook_suspicious"


def test_a_broken_drawing_is_a_broken_workbook(path: pathlib.Path) -> None:
    with_pictures(path, {"C2": PHOTO})
    replaced(path, DRAWING_PART, b"</wsDr>", b"")

    with pytest.raises(Invalid) as caught:
        photos(path)
    assert caught.value.code == "workbook_unreadable"


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"pictures": 2}, "workbook_too_many_pictures"), ({"picture_bytes": len(PHOTO)}, "workbook_too_large")],
)
def test_pictures_are_bounded_in_number_and_size(path: pathlib.Path, limits: Mapping[str, int], code: str) -> None:
    with_pictures(path, {"C2": PHOTO, "C3": DRAWING, "C4": DRAWING})

    with pytest.raises(Invalid) as caught:
        photos(path, **limits)
    assert caught.value.code == code
