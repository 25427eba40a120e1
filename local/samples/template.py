"""The sample Word template: a clinic's result letter, drawn from nothing so that it is the same on every machine."""

import datetime
import io
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

# Carlito has the same widths as Calibri, so the letter looks alike in Word and in the rendered PDF.
FONT: Final = "Calibri"
TEAL: Final = "0F766E"
PALE: Final = "E6F4F1"
GREY: Final = "64748B"
INK: Final = "1E293B"
RULE: Final = "CBD5E1"

_LOGO_SIZE: Final = 192
_DRAWN_ON: Final = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_COLUMN_WIDTHS_CM: Final = (6.4, 3.2, 3.0, 4.4)
_PAGE_MARGIN_CM: Final = 2.0


def write_sample_template(path: Path) -> None:
    """Write the sample template, a one-page result letter with a logo, a table of tests and page numbers.

    Args:
        path: Where the .docx file goes; its folder must exist.
    """
    from docx import Document

    document = Document()
    document.core_properties.title = "Laboratory results"
    document.core_properties.author = "Greenfield Clinic"
    document.core_properties.created = document.core_properties.modified = _DRAWN_ON
    _set_page_and_fonts(document)
    _write_header(document.sections[0])
    _write_footer(document.sections[0])
    _write_recipient(document)
    _write_summary(document)
    _write_tests(document)
    _write_closing(document)
    written = io.BytesIO()
    document.save(written)
    path.write_bytes(_without_times(written.getvalue()))


def _set_page_and_fonts(document: "Document") -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_PAGE_MARGIN_CM)
    section.top_margin, section.bottom_margin = Cm(4.0), Cm(2.4)
    section.header_distance, section.footer_distance = Cm(1.2), Cm(1.0)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)
    style.paragraph_format.line_spacing = 1.1


def _write_header(section: "Section") -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    table = section.header.add_table(1, 3, Cm(17))
    _set_widths(table, (1.9, 8.1, 7.0))
    _place(table, indent=0, padding=0)
    logo, name, address = table.rows[0].cells
    logo.paragraphs[0].paragraph_format.space_after = Pt(0)
    picture = logo.paragraphs[0].add_run().add_picture(io.BytesIO(_logo()), width=Cm(1.5))
    for side in ("distT", "distB", "distL", "distR"):
        picture._inline.set(side, "0")  # noqa: SLF001 - left out, Writer keeps 3 mm around a picture
    title = name.paragraphs[0]
    title.paragraph_format.space_after = Pt(0)
    _write(title, "Greenfield Clinic", size=20, color=TEAL, bold=True)
    _write(_next_line(name), "Department of Laboratory Medicine", size=9.5, color=GREY)
    for line in ("12 Orchard Road", "Greenfield GF1 2AB", "+44 20 7946 0120  ·  results@greenfield.example"):
        paragraph = address.paragraphs[0] if not address.paragraphs[0].text else _next_line(address)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_after = Pt(0)
        _write(paragraph, line, size=8.5, color=GREY)
    # A table cannot end a header; the paragraph after it carries the rule.
    rule = section.header.paragraphs[0]
    table._tbl.addnext(rule._p)  # noqa: SLF001 - python-docx has no public way to reorder a header
    rule.paragraph_format.space_before = rule.paragraph_format.space_after = Pt(0)
    rule.paragraph_format.line_spacing = Pt(4)
    _draw_rules(rule, {"bottom": TEAL}, eighths=12)


def _write_footer(section: "Section") -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    paragraph = section.footer.paragraphs[0]
    # The style "Footer" brings a tab stop in the middle of the line.
    paragraph.style = "Normal"
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)
    _draw_rules(paragraph, {"top": RULE}, eighths=6)
    _write(paragraph, "Confidential: for {{ name }} only\tPage ", size=8.5, color=GREY)
    _write_field(paragraph, "PAGE")
    _write(paragraph, " of ", size=8.5, color=GREY)
    _write_field(paragraph, "NUMPAGES")


def _write_recipient(document: "Document") -> None:
    from docx.shared import Pt

    title = document.add_paragraph()
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(4), Pt(10)
    _write(title, "Your laboratory results", size=17, color=INK, bold=True)
    table = document.add_table(2, 4)
    _set_widths(table, (2.4, 6.4, 2.6, 5.6))
    _place(table, indent=0, padding=0)
    facts = (
        ("Patient", "{{ name }}"),
        ("Date of visit", '{{ visit|date("d MMMM yyyy, HH:mm") }}'),
        ("Date of birth", '{{ birth_date|date("d MMMM yyyy") }}'),
        ("Contact", "{{ phone|default(email) }}"),
    )
    for cell, text in zip(_cells(table), (text for fact in facts for text in fact), strict=True):
        is_label = text in {label for label, _ in facts}
        cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        _write(cell.paragraphs[0], text, size=9 if is_label else 10.5, color=GREY if is_label else INK, bold=False)


def _write_summary(document: "Document") -> None:
    from docx.shared import Pt

    greeting = document.add_paragraph()
    greeting.paragraph_format.space_before = Pt(14)
    _write(greeting, "Dear {{ name }},")
    _write(
        document.add_paragraph(),
        'Thank you for visiting us. Your sample was taken {{ "fasting" if fasting else "without fasting" }}. '
        'Your glucose was {{ glucose|number("0.0") }} mg/dL and your total cholesterol '
        "{{ cholesterol|number }} mg/dL. All results are listed below.",
    )


def _write_tests(document: "Document") -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table = document.add_table(4, 4)
    _set_widths(table, _COLUMN_WIDTHS_CM)
    _draw_lines(table)
    _place(table, indent=108, padding=108)
    for cell, text in zip(table.rows[0].cells, ("Test", "Value", "Unit", "Normal range"), strict=True):
        _fill(cell, TEAL)
        _write(_tight(cell), text, size=10, color="FFFFFF", bold=True)
    _repeat_on_each_page(table)
    _write(table.rows[1].cells[0].paragraphs[0], "{%tr for test in tests %}")
    names = ("{{ test.name }}", "{{ test.value }}", "{{ test.unit }}", "{{ test.normal_range }}")
    for cell, text in zip(table.rows[2].cells, names, strict=True):
        _write(_tight(cell), text, size=10, color=INK, bold=text == "{{ test.value }}")
    _write(table.rows[3].cells[0].paragraphs[0], "{%tr endfor %}")
    for row in (table.rows[0], table.rows[2]):
        row.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write_closing(document: "Document") -> None:
    from docx.shared import Pt

    _write(document.add_paragraph(), "{%p if follow_up %}")
    follow_up = document.add_paragraph()
    follow_up.paragraph_format.space_before = Pt(14)
    _shade(follow_up, PALE)
    _draw_rules(follow_up, {"top": PALE, "left": TEAL, "bottom": PALE}, eighths=24)
    _write(follow_up, "Next step: ", color=TEAL, bold=True)
    _write(follow_up, "{{ follow_up }}")
    _write(document.add_paragraph(), "{%p endif %}")
    notes = document.add_paragraph()
    notes.paragraph_format.space_before = Pt(14)
    _write(notes, "Notes from your doctor: ", bold=True)
    _write(notes, '{{ notes|default("none.") }}')
    fee = document.add_paragraph()
    _write(fee, 'The fee for this visit is £{{ fee|number("#,##0.00") }}. ')
    _write(fee, "Please speak to your doctor before you change any treatment because of these results.")
    closing = document.add_paragraph()
    closing.paragraph_format.space_before = Pt(16)
    _write(closing, "With kind regards,")
    signature = document.add_paragraph()
    signature.paragraph_format.space_before, signature.paragraph_format.space_after = Pt(22), Pt(0)
    _write(signature, "Dr Amina Okafor", bold=True)
    _write(document.add_paragraph(), "Head of Laboratory Medicine", size=9.5, color=GREY)


def _write(paragraph: "Paragraph", text: str, *, size: float = 10.5, color: str = INK, bold: bool = False) -> None:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = FONT, Pt(size), bold or None
    run.font.color.rgb = RGBColor.from_string(color)


def _write_field(paragraph: "Paragraph", instruction: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for kind in ("begin", "instruction", "separate", "result", "end"):
        run = paragraph.add_run("1" if kind == "result" else "")
        run.font.name, run.font.size, run.font.color.rgb = FONT, Pt(8.5), RGBColor.from_string(GREY)
        if kind == "instruction":
            code = OxmlElement("w:instrText")
            code.text = f" {instruction} "
            run._r.append(code)  # noqa: SLF001 - python-docx cannot write fields by itself
        elif kind != "result":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)  # noqa: SLF001 - as above


def _next_line(cell: "_Cell") -> "Paragraph":
    from docx.shared import Pt

    paragraph: Paragraph = cell.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _tight(cell: "_Cell") -> "Paragraph":
    from docx.shared import Pt

    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    return paragraph


def _cells(table: "Table") -> "list[_Cell]":
    return [cell for row in table.rows for cell in row.cells]


def _set_widths(table: "Table", widths_cm: tuple[float, ...]) -> None:
    from docx.shared import Cm

    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths_cm, strict=True):
            cell.width = Cm(width)
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)


def _place(table: "Table", *, indent: int, padding: int) -> None:
    """Set the table's distance from the margin and the cells' inner margins, in twentieths of a point."""
    sides = "".join(f'<w:{side} w:w="{padding}" w:type="dxa"/>' for side in ("left", "right"))
    _add_property(table, f"<w:tblCellMar>{sides}</w:tblCellMar>", "w:tblLook")
    later = ("w:tblBorders", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    _add_property(table, f'<w:tblInd w:w="{indent}" w:type="dxa"/>', *later)


def _draw_lines(table: "Table") -> None:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{RULE}"/>' for side in ("top", "bottom", "insideH")
    )
    _add_property(table, f"<w:tblBorders>{sides}</w:tblBorders>", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _add_property(table: "Table", xml: str, *later: str) -> None:
    """Add a property before those that must come ``later``: Word refuses files whose elements are out of order."""
    table._tbl.tblPr.insert_element_before(_element(xml), *later)  # noqa: SLF001 - python-docx has no public way


def _element(xml: str) -> "BaseOxmlElement":
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    return parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {nsdecls('w')}", xml))


def _repeat_on_each_page(table: "Table") -> None:
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - no public way


def _fill(cell: "_Cell", color: str) -> None:
    shading = _element(f'<w:shd w:val="clear" w:color="auto" w:fill="{color}"/>')
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001 - python-docx has no public way


def _shade(paragraph: "Paragraph", color: str) -> None:
    shading = _element(f'<w:shd w:val="clear" w:color="auto" w:fill="{color}"/>')
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no public way
    properties.insert_element_before(shading, "w:tabs", "w:spacing", "w:jc")


def _draw_rules(paragraph: "Paragraph", colors: dict[str, str], *, eighths: int) -> None:
    """Draw lines around a paragraph, so many eighths of a point thick; ``colors`` maps each side to its colour."""
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="{eighths}" w:space="4" w:color="{color}"/>' for side, color in colors.items()
    )
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no public way
    properties.insert_element_before(_element(f"<w:pBdr>{rules}</w:pBdr>"), "w:shd", "w:tabs", "w:spacing", "w:jc")


def _logo() -> bytes:
    """A PNG of a white leaf-green cross in a rounded teal square, with soft edges."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(_LOGO_SIZE)) for y in range(_LOGO_SIZE))
    header = struct.pack(">2L5B", _LOGO_SIZE, _LOGO_SIZE, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _pixel(x: int, y: int) -> bytes:
    u, v = (x + 0.5) / _LOGO_SIZE - 0.5, (y + 0.5) / _LOGO_SIZE - 0.5
    square = _coverage(_rounded_box(u, v, 0.5, 0.5, 0.14))
    cross = max(_coverage(_rounded_box(u, v, 0.32, 0.105, 0.03)), _coverage(_rounded_box(u, v, 0.105, 0.32, 0.03)))
    teal = tuple(int(TEAL[at : at + 2], 16) for at in (0, 2, 4))
    red, green, blue = (round(channel + (255 - channel) * cross) for channel in teal)
    return bytes((red, green, blue, round(255 * square)))


def _rounded_box(u: float, v: float, half_width: float, half_height: float, radius: float) -> float:
    """The signed distance of a point from a rounded rectangle around the origin; negative inside."""
    across, down = abs(u) - half_width + radius, abs(v) - half_height + radius
    outside = (max(across, 0.0) ** 2 + max(down, 0.0) ** 2) ** 0.5
    return float(outside + min(max(across, down), 0.0) - radius)


def _coverage(distance: float) -> float:
    return min(1.0, max(0.0, 0.5 - distance * _LOGO_SIZE))


def _without_times(content: bytes) -> bytes:
    """The same zip with every part dated alike."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(
                zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0)), source.read(part), zipfile.ZIP_DEFLATED
            )
    return written.getvalue()
