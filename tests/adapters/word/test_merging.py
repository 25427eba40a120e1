"""Many fillings of a template in one document: every row's pages are what they would be alone."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from herald.adapters.pdf.comparison import page_count, same_pages, shows_text
from herald.adapters.pdf.converter import ConversionFailed, OfficeConverter
from herald.adapters.word import template as word
from herald.errors import Invalid, Unprocessable
from tests.adapters import letters, merged

DEADLINE = 60.0


def text(pdf: bytes, folder: Path) -> str:
    path = folder / "result.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["/usr/bin/pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()


def both_ways(
    converter: OfficeConverter, template: bytes, rows: list[merged.Row]
) -> tuple[list[bytes], list[bytes | ConversionFailed]]:
    compiled = word.compile_template(template)
    together = converter.convert_merged(compiled.merge(rows), len(rows), deadline_seconds=DEADLINE)
    assert isinstance(together, list), together
    return together, converter.convert([compiled.fill(row) for row in rows], deadline_seconds=DEADLINE)


@pytest.mark.parametrize(
    "template",
    [
        merged.numbered_pages,
        merged.first_and_even_pages,
        merged.several_sections,
        merged.ends_with_table,
        merged.ends_with_condition,
        merged.numbered_lists,
        merged.laid_out,
    ],
)
def test_the_pages_of_a_merged_row_are_those_of_the_row_alone(
    converter: OfficeConverter, template: Callable[[], bytes]
) -> None:
    rows = merged.rows()
    together, alone = both_ways(converter, template(), rows)
    compiled = word.compile_template(template())
    expected = [compiled.expected_text(row) for row in rows]
    for number, pdf in enumerate(together):
        # No false alarm, and none missed where a row's pages were another's.
        assert [shows_text(pdf, text) for text in expected] == [number == index for index in range(len(rows))]
    for one, other in zip(together, alone, strict=True):
        assert isinstance(other, bytes)
        assert page_count(one) == page_count(other)
        assert same_pages(one, other)


def test_the_sample_template_is_merged_faithfully(converter: OfficeConverter) -> None:
    long: list[merged.Row] = [
        {"name": f"Test {n}", "value": n, "unit": "mg", "normal_range": "1 - 2"} for n in range(60)
    ]
    rows: list[merged.Row] = [{**letters.SAMPLE_VALUES, "name": "Žofie"}, {**letters.SAMPLE_VALUES, "tests": long}]
    together, alone = both_ways(converter, letters.sample_template(), rows)
    assert [page_count(pdf) for pdf in together] == [1, 3]
    compiled = letters.compiled_sample()
    assert all(shows_text(pdf, compiled.expected_text(row)) for pdf, row in zip(together, rows, strict=True))
    assert all(isinstance(other, bytes) and same_pages(one, other) for one, other in zip(together, alone, strict=True))


def test_every_row_counts_its_own_pages(converter: OfficeConverter, tmp_path: Path) -> None:
    together, _ = both_ways(converter, merged.numbered_pages(), merged.rows())
    for number, pdf in enumerate(together, start=1):
        printed = text(pdf, tmp_path)
        assert f"For Person {number} Ünal: page 1 of {page_count(pdf)}" in printed
        assert f"page {page_count(pdf)} of {page_count(pdf)}" in printed
    assert len({page_count(pdf) for pdf in together}) > 1


def test_every_row_begins_its_numbered_lists_anew(converter: OfficeConverter, tmp_path: Path) -> None:
    together, _ = both_ways(converter, merged.numbered_lists(), merged.rows(2))
    for pdf in together:
        printed = " ".join(text(pdf, tmp_path).split())
        assert "1. one" in printed
        assert "3. three" in printed


def test_scripts_of_all_directions_are_merged(converter: OfficeConverter, tmp_path: Path) -> None:
    names = ["Žofie Nováková", "李明", "שלום כהן", "محمد علي", "Ann 😀"]
    rows: list[merged.Row] = [{"name": name, "tests": []} for name in names]
    together, alone = both_ways(converter, merged.numbered_pages(), rows)
    assert all(isinstance(other, bytes) and same_pages(one, other) for one, other in zip(together, alone, strict=True))
    compiled = word.compile_template(merged.numbered_pages())
    assert all(shows_text(pdf, compiled.expected_text(row)) for pdf, row in zip(together, rows, strict=True))
    assert names[0] in text(together[0], tmp_path)
    assert names[1] in text(together[1], tmp_path)


@pytest.mark.parametrize(
    "instruction",
    [
        " REF there ",
        " SEQ Figure ",
        ' TOC \\o "1-3" ',
        " NUMPAGES \\* roman ",
        " PAGEREF x ",
        ' HYPERLINK \\l "x" ',
        " NUMWORDS ",
        " STYLEREF x ",
        " LISTNUM ",
        " SECTION ",
        " DOCPROPERTY Pages ",
        ' docproperty "Words" \\* MERGEFORMAT ',
    ],
)
def test_fields_that_count_or_refer_make_a_template_unfit_for_merging(instruction: str) -> None:
    compiled = word.compile_template(merged.with_fields(instruction))
    assert not compiled.mergeable
    assert compiled.fill(merged.rows(1)[0])
    with pytest.raises(Unprocessable):
        compiled.merge(merged.rows())


@pytest.mark.parametrize(
    "inner",
    [
        '<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>x</w:t></w:r></w:ins></w:p>',
        '<w:p><w:hyperlink w:anchor="there"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>',
        '<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>',
        '<w:p><w:pPr><w:sectPr><w:lnNumType w:countBy="1"/></w:sectPr></w:pPr></w:p>',
    ],
)
def test_what_runs_on_from_row_to_row_makes_a_template_unfit_for_merging(inner: str) -> None:
    assert not word.compile_template(letters.with_body(inner)).mergeable


def test_a_later_section_with_a_header_that_the_first_has_not_is_unfit_for_merging() -> None:
    document = merged.plain()
    section = document.add_section()
    section.header.is_linked_to_previous = False
    section.header.paragraphs[0].text = "Only here"
    assert not word.compile_template(merged.written(document)).mergeable


def test_a_section_that_only_some_rows_have_is_unfit_for_merging() -> None:
    document = docx.Document()
    document.add_paragraph("{%p if name %}")
    document.add_section()
    document.add_paragraph("{%p endif %}")
    assert not word.compile_template(merged.written(document)).mergeable


def test_page_totals_are_not_guessed_where_pages_begin_with_another_number() -> None:
    document = docx.Document(io.BytesIO(merged.numbered_pages()))
    numbers = page_numbers_of(document)
    numbers.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}start", "5")
    assert not word.compile_template(merged.written(document)).mergeable


def test_a_row_that_cannot_be_filled_is_named() -> None:
    compiled = word.compile_template(merged.numbered_pages())
    rows = merged.rows(4)
    del rows[2]["tests"]
    with pytest.raises(Invalid) as refused:
        compiled.merge(rows)
    assert refused.value.fields["row_index"] == 2
    assert refused.value.code == "template_value_broken"


def test_a_value_cannot_pretend_to_be_part_of_the_document() -> None:
    compiled = word.compile_template(merged.numbered_pages())
    nasty = "<w:body> <w:sectPr/> heraldrow1 </w:p>"
    document = docx.Document(io.BytesIO(compiled.merge([{"name": nasty, "tests": []}, *merged.rows(1)])))
    assert f"Dear {nasty}," in [paragraph.text for paragraph in document.paragraphs]


def test_no_name_or_number_of_a_merged_document_is_used_twice() -> None:
    document = merged.plain()
    logo = letters.parts_of(letters.sample_template())["word/media/image1.png"]
    document.add_picture(io.BytesIO(logo))
    marked = letters.parts_of(merged.written(document))[letters.DOCUMENT_PART].decode()
    marked = marked.replace("<w:r>", '<w:bookmarkStart w:id="7" w:name="here"/><w:bookmarkEnd w:id="7"/><w:r>', 1)
    template = letters.with_parts(merged.written(document), {letters.DOCUMENT_PART: marked})
    xml = letters.parts_of(word.compile_template(template).merge(merged.rows()))[letters.DOCUMENT_PART]
    for element, attribute in (("w:bookmarkStart", "w:id"), ("w:bookmarkStart", "w:name"), ("wp:docPr", "id")):
        found = merged.names_in(xml, element, attribute)
        assert len(found) >= 3
        assert len(set(found)) == len(found)
    assert "heraldrow2" in merged.names_in(xml, "w:bookmarkStart", "w:name")


def test_headers_are_shared_where_they_are_the_same_for_everybody() -> None:
    parts = letters.parts_of(word.compile_template(merged.numbered_pages()).merge(merged.rows()))
    assert len([name for name in parts if name.startswith("word/footer") and "_row" in name]) == 3
    assert [name for name in parts if name.startswith("word/header")] == ["word/header1.xml"]


def test_merging_the_same_rows_gives_the_same_bytes() -> None:
    template = merged.numbered_lists()
    assert word.compile_template(template).merge(merged.rows()) == word.compile_template(template).merge(merged.rows())


def page_numbers_of(document: "docx.document.Document") -> "docx.oxml.xmlchemy.BaseOxmlElement":
    from docx.oxml import OxmlElement

    numbers = OxmlElement("w:pgNumType")
    document.sections[0]._sectPr.append(numbers)
    return numbers
