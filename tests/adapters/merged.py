"""Word templates in all the shapes that merging has to understand, and rows for them."""

import io
import re
from collections.abc import Sequence

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from herald.adapters.word.template import TemplateValue
from tests.adapters import letters

Row = dict[str, TemplateValue]


def rows(count: int = 3) -> list[Row]:
    """Rows whose documents are of different lengths."""
    return [
        {"name": f"Person {number} Ünal", "tests": [{"name": f"Test {test}"} for test in range(1 + 35 * (number % 3))]}
        for number in range(1, count + 1)
    ]


def written(document: "docx.document.Document") -> bytes:
    """The bytes of a document."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def add_field(paragraph: Paragraph, *instructions: str) -> None:
    """Add a field whose code is split over runs."""
    for kind in ("begin", *instructions, "end"):
        if kind in {"begin", "end"}:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = kind
        paragraph.add_run()._r.append(mark)


def plain() -> "docx.document.Document":
    """A letter with a loop, so that each row has as many pages as it needs."""
    document = docx.Document()
    document.add_paragraph("Dear {{ name }},")
    add_loop(document)
    document.add_paragraph("With kind regards")
    return document


def add_loop(document: "docx.document.Document") -> None:
    for text in ("{%p for test in tests %}", "{{ test.name }} of {{ name }}", "{%p endfor %}"):
        document.add_paragraph(text)


def numbered_pages() -> bytes:
    """Footers tell the page, the number of pages and the name; the header is the same for everybody."""
    document = plain()
    document.sections[0].header.paragraphs[0].text = "The same for everybody"
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run("For {{ name }}: page ")
    add_field(footer, " PAGE ")
    footer.add_run(" of ")
    add_field(footer, " NUM", "PAGES ", " \\* MERGEFORMAT ")
    return written(document)


def first_and_even_pages() -> bytes:
    """Other headers on the first page and on even ones."""
    document = plain()
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Welcome {{ name }}"
    section.header.paragraphs[0].text = "Odd"
    section.even_page_header.paragraphs[0].text = "Even, {{ name }}"
    return written(document)


def several_sections() -> bytes:
    """A portrait section with a header, then a landscape one that goes on with it."""
    document = plain()
    document.sections[0].header.paragraphs[0].text = "About {{ name }}"
    section = document.add_section()
    section.page_width, section.page_height = section.page_height, section.page_width
    add_loop(document)
    return written(document)


def ends_with_table() -> bytes:
    """Nothing comes after the table, and nothing before it."""
    document = docx.Document()
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text = "{{ name }}"
    return written(document)


def ends_with_condition() -> bytes:
    """The last paragraph is there for some rows only."""
    document = plain()
    for text in ("{%p if name == 'Person 2 Ünal' %}", "A last word", "{%p endif %}"):
        document.add_paragraph(text)
    return written(document)


def laid_out() -> bytes:
    """The XML of every part as other programs write it: an element on each line, bookmarks at the end of the body."""
    document = docx.Document(io.BytesIO(numbered_pages()))
    section = document.element.body[-1]
    for kind in ("Start", "End"):
        mark = OxmlElement(f"w:bookmark{kind}")
        mark.set(qn("w:id"), "7")
        if kind == "Start":
            mark.set(qn("w:name"), "last")
        section.addprevious(mark)
    parts = letters.parts_of(written(document))
    spread = {name: part.replace(b"><", b">\n  <") for name, part in parts.items() if name.endswith(".xml")}
    return letters.with_parts(written(document), spread)


def numbered_lists() -> bytes:
    """Numbers by a style, twice, and bullets."""
    document = plain()
    for text in ("one", "two {{ name }}"):
        document.add_paragraph(text, style="List Number")
        document.add_paragraph(text, style="List Bullet")
    document.add_paragraph("three", style="List Number")
    return written(document)


def with_fields(*instructions: str) -> bytes:
    """A letter with fields in its text."""
    document = plain()
    for instruction in instructions:
        add_field(document.add_paragraph(), instruction)
    return written(document)


def names_in(xml: bytes, element: str, attribute: str) -> Sequence[str]:
    """The values of an attribute, in order."""
    return re.findall(rf'<{element} [^>]*{attribute}="([^"]*)"', xml.decode())
