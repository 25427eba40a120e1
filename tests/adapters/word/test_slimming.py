"""Templates lose what no page shows, and look as they did; their fonts are known."""

import io

import docx
import pypdfium2  # type: ignore[import-untyped]  # it brings no types
import pytest

from herald.adapters.pdf.converter import OfficeConverter
from herald.adapters.word import template as word
from herald.adapters.word.fonts import fonts_of, fonts_without_match
from herald.adapters.word.package import open_package
from herald.adapters.word.slimming import slimmed
from tests.adapters import letters, merged


def pixels(pdf: object) -> list[bytes]:
    assert isinstance(pdf, bytes), pdf
    return [page.render(scale=1.5).to_pil().tobytes() for page in pypdfium2.PdfDocument(pdf)]


def in_all_styles() -> bytes:
    document = docx.Document()
    document.add_heading("Title", 0)
    for style in ("Heading 1", "Quote", "List Bullet", "List Number", "Caption"):
        document.add_paragraph(f"In {style}", style=style)
    paragraph = document.add_paragraph("One ")
    for text in ("line ", "of many", " runs"):
        paragraph.add_run(text)
    paragraph.add_run(" strong").bold = True
    table = document.add_table(3, 3, style="Light Grid Accent 1")
    table.rows[1].cells[1].text = "cell"
    return merged.written(document)


@pytest.mark.parametrize("template", [in_all_styles(), merged.several_sections(), merged.first_and_even_pages()])
def test_a_slimmed_document_looks_the_same_to_the_pixel(converter: OfficeConverter, template: bytes) -> None:
    package = slimmed(open_package(template))
    slim = letters.zipped(package.parts)
    before, after = converter.convert([template, slim], deadline_seconds=60)
    assert pixels(before) == pixels(after)
    assert sum(map(len, package.parts.values())) < sum(map(len, letters.parts_of(template).values())) / 4


def by_a_report_generator() -> bytes:
    """A document whose styles have names alone, which its paragraphs go by."""
    small = (
        '<w:style w:type="paragraph"><w:name w:val="Small print"/><w:pPr><w:spacing w:after="0" w:line="120" '
        'w:lineRule="exact"/></w:pPr><w:rPr><w:sz w:val="10"/></w:rPr></w:style></w:styles>'
    )
    line = '<w:p><w:pPr><w:pStyle w:val="Small print"/></w:pPr><w:r><w:t>A line of small print</w:t></w:r></w:p>'
    content = letters.with_body(line * 150)
    styles = letters.parts_of(content)["word/styles.xml"].decode()
    return letters.with_parts(content, {"word/styles.xml": styles.replace("</w:styles>", small)})


def test_styles_without_an_id_stay(converter: OfficeConverter) -> None:
    template = by_a_report_generator()
    package = slimmed(open_package(template))
    before, after = converter.convert([template, letters.zipped(package.parts)], deadline_seconds=60)
    assert b"Small print" in package.parts["word/styles.xml"]
    assert pixels(before) == pixels(after)


def test_what_nobody_sees_is_gone_and_every_part_that_is_named_is_there() -> None:
    document = docx.Document()
    run = document.add_paragraph("{{ name }}").runs[0]
    document.add_comment(run, "do not send this", author="A clerk")
    package = slimmed(open_package(merged.written(document)))
    everything = b"".join(package.parts.values())
    assert b"do not send" not in everything
    assert b"rsid" not in everything
    assert not any(name.startswith(("docProps", "customXml")) or "Effects" in name for name in package.parts)
    assert docx.Document(io.BytesIO(letters.zipped(package.parts))).paragraphs[0].text == "{{ name }}"


@pytest.mark.parametrize("part", ["word/styles.xml", "word/numbering.xml", "word/settings.xml"])
def test_parts_that_another_program_wrote_stay_as_they_are_and_are_not_merged(part: str) -> None:
    content = letters.letter("Dear {{ name }}")
    foreign = letters.parts_of(content)[part].decode().replace("w:", "x:").replace("xmlns:w=", "xmlns:x=")
    template = word.compile_template(letters.with_parts(content, {part: foreign}))
    assert letters.text_of(template.fill({"name": "Anna"})).strip() == "Dear Anna"
    assert not template.mergeable


def test_properties_stay_where_a_field_shows_them() -> None:
    document = merged.plain()
    document.core_properties.author = "Greenfield Clinic"
    merged.add_field(document.add_paragraph(), " AUTHOR ")
    assert "docProps/core.xml" in slimmed(open_package(merged.written(document))).parts


def test_runs_that_only_a_tag_keeps_apart_stay_apart() -> None:
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
        for text in ("a ", "{%r if x %}", "b ", "{%r endif %}", "c")
    )
    template = word.compile_template(letters.with_body(f"<w:p>{runs}</w:p>"))
    assert letters.text_of(template.fill({"x": False})).startswith("a c")
    assert letters.text_of(template.fill({"x": True})).startswith("a b c")


def test_the_fonts_of_a_template_are_known_with_those_of_its_theme() -> None:
    assert {"Calibri", "Cambria"} <= letters.compiled_sample().fonts
    document = docx.Document()
    document.styles["Normal"].font.name = "Aptos"
    fonts = fonts_of(slimmed(open_package(merged.written(document))))
    assert fonts_without_match(fonts) == ("Aptos",)


def test_fonts_with_stand_ins_of_the_same_widths_need_no_warning() -> None:
    assert fonts_without_match({"Arial", "CALIBRI", "Times New Roman", "Noto Sans Arabic", "DejaVu Sans"}) == ()
    assert fonts_without_match({"Verdana", "Comic Sans MS", "Arial"}) == ("Comic Sans MS", "Verdana")
