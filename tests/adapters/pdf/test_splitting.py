"""A PDF of many rows becomes one PDF per row, and no row's PDF holds anything of another's."""

import io
import zlib

import docx
import pikepdf
import pytest

from herald.adapters.pdf.converter import ConversionFailed, OfficeConverter
from herald.adapters.pdf.splitting import BrokenMerge, split_pdf
from herald.adapters.word import template as word
from tests.adapters import letters, merged
from tests.adapters.printing import printed

DEADLINE = 60.0


def everything_in(pdf: bytes) -> bytes:
    """All objects and inflated streams of a PDF, one after another."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [document.trailer.unparse(resolved=True)]
        for entry in document.objects:
            if isinstance(entry, pikepdf.Stream):
                found.append(repr(dict(entry.items())).encode())
                found.append(entry.read_bytes() if entry.get("/Subtype") != "/Image" else b"")
            elif isinstance(entry, pikepdf.Object):
                found.append(entry.unparse())
        return b"\n".join(found)


def pictures_in(pdf: bytes) -> set[tuple[int, int]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {
            (int(entry.Width), int(entry.Height))
            for entry in document.objects
            if isinstance(entry, pikepdf.Stream) and entry.get("/Subtype") == "/Image"
        }


def two_rows(*, first_page_of_second: int = 1, destinations: int = 2) -> bytes:
    """What Writer gives for two rows of a page each: common resources, a destination at each end, links, a title.

    The picture of row ``n`` is ``n`` pixels wide, one directly on the page and one within a drawing.
    """
    document = pikepdf.new()
    pictures = {
        f"/Im{number}": document.make_stream(
            zlib.compress(bytes(number)),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=number,
            Height=1,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
            Filter=pikepdf.Name.FlateDecode,
        )
        for number in (1, 2)
    }
    common = document.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Dictionary(pictures)))
    for number in (1, 2):
        form = document.make_stream(f"/Im{number} Do".encode(), Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
        form.Resources = common
        common.XObject[f"/Tr{number}"] = form
    for number in (1, 2):
        document.add_blank_page(page_size=(100, 100))
        page = document.pages[-1]
        page.obj.Resources = common
        page.obj.Contents = document.make_stream(f"/Im{number} Do /Tr{number} Do % secret {number}".encode())
    pages = [page.obj for page in document.pages]
    leads: list[dict[str, pikepdf.Object]] = [
        {"/Dest": pikepdf.Array([pages[1], pikepdf.Name.Fit])},
        {"/A": pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([pages[1], pikepdf.Name.Fit]))},
        {"/A": pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/", Next=pikepdf.Dictionary(P=pages[1]))},
        {"/A": pikepdf.Dictionary(S=pikepdf.Name.URI, URI="file:///etc/passwd")},
    ]
    pages[0].Annots = pikepdf.Array(
        [
            pikepdf.Dictionary({"/Subtype": pikepdf.Name.Link, "/Rect": [0, 0, 9, 9], "/P": pages[1], **lead})
            for lead in leads
        ]
    )
    places = {"/heraldrow1": 0, "/heraldrow1end": 0, "/heraldrow2": first_page_of_second, "/heraldrow2end": 1}
    named = list(places.items())[: destinations * 2]
    document.Root.Dests = pikepdf.Dictionary({name: pikepdf.Array([pages[at], pikepdf.Name.Fit]) for name, at in named})
    document.docinfo["/Title"] = "secret 1 and secret 2"
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("secret 2", 1))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_no_row_holds_a_picture_a_text_or_a_name_of_another() -> None:
    first, second = split_pdf(two_rows(), 2)
    assert pictures_in(first) == {(1, 1)}
    assert pictures_in(second) == {(2, 1)}
    assert b"secret 1" in everything_in(first)
    assert b"secret 2" not in everything_in(first)
    assert b"secret 1" not in everything_in(second)
    for pdf in (first, second):
        assert b"heraldrow" not in everything_in(pdf)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert len(document.pages) == 1
            assert not document.docinfo
            assert set(document.Root.keys()) == {"/Type", "/Pages"}


def test_of_links_only_those_to_the_web_are_kept() -> None:
    first, _ = split_pdf(two_rows(), 2)
    with pikepdf.open(io.BytesIO(first)) as document:
        (link,) = document.pages[0].obj.Annots
        assert dict(link.A.items()) == {"/S": "/URI", "/URI": "https://example.org/"}
        assert "/P" not in link


@pytest.mark.parametrize(
    ("pdf", "rows"),
    [
        (two_rows(), 1),
        (two_rows(), 3),
        (two_rows(destinations=1), 2),
        (two_rows(first_page_of_second=0), 2),
        (b"%PDF-1.7 nothing", 2),
    ],
)
def test_a_pdf_whose_rows_cannot_be_told_apart_is_not_split(pdf: bytes, rows: int) -> None:
    with pytest.raises(BrokenMerge):
        split_pdf(pdf, rows)


def test_a_wrong_number_of_rows_is_a_failed_conversion(converter: OfficeConverter) -> None:
    content = word.compile_template(merged.numbered_pages()).merge(merged.rows(2))
    result = converter.convert_merged(content, 3, deadline_seconds=DEADLINE)
    assert isinstance(result, ConversionFailed)
    assert result.code == "pdf_merge_broken"


def test_what_is_no_merged_document_is_a_failed_conversion(converter: OfficeConverter) -> None:
    for content, code in ((b"", "pdf_document_refused"), (letters.letter("Hello"), "pdf_merge_broken")):
        result = converter.convert_merged(content, 1, deadline_seconds=DEADLINE)
        assert isinstance(result, ConversionFailed)
        assert result.code == code


def test_a_split_report_has_its_fonts_and_its_logo_and_no_metadata(converter: OfficeConverter) -> None:
    compiled = letters.compiled_sample()
    rows = [{**letters.SAMPLE_VALUES, "name": name} for name in ("Anna Weber", "Bo Olsen")]
    result = converter.convert_merged(compiled.merge(rows), 2, deadline_seconds=DEADLINE)
    assert isinstance(result, list)
    for pdf in result:
        found = everything_in(pdf)
        assert b"/FontFile" in found
        assert pictures_in(pdf)
        assert not any(word in found for word in (b"heraldrow", b"LibreOffice", b"Greenfield", b"/Title"))


def test_a_single_pdf_tells_no_author(converter: OfficeConverter) -> None:
    document = docx.Document()
    document.core_properties.author = document.core_properties.title = "A secret clerk"
    document.add_paragraph("{{ name }}")
    filled = word.compile_template(merged.written(document)).fill({"name": "x"})
    assert b"clerk" not in everything_in(printed(converter, filled))
