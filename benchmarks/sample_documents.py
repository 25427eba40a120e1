"""The documents that rendering is measured with: a letter of one page and a report of three, and values for them."""

import io
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from herald.adapters.word.template import TemplateValue

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_TESTS_PER_REPORT = 24
_PLAIN = (
    "We are writing to you about your account with Greenfield Clinic and the services that we have provided to you "
    "over the past year. Please read this carefully and keep it with your papers. "
)


def letter_template() -> bytes:
    """One page: letterhead, address, date, four paragraphs, one of them conditional, and "page X of Y"."""
    from docx import Document

    document = Document()
    _write_header_and_footer(document)
    for text in (
        "{{ name }}",
        "{{ street }}",
        "{{ city }}",
        '{{ sent|date("d MMMM yyyy") }}',
        "Dear {{ name }},",
        f'{_PLAIN}Your balance is £{{{{ balance|number("#,##0.00") }}}}.',
        _PLAIN * 2,
        "{%p if reminder %}",
        "{{ reminder }}",
        "{%p endif %}",
        _PLAIN,
        "With kind regards,",
        "Dr Amina Okafor",
    ):
        document.add_paragraph(text)
    return _saved(document)


def report_template() -> bytes:
    """Three pages: a logo in the header, "page X of Y", a table of facts, text, and a table with a row per test."""
    from docx import Document

    document = Document()
    _write_header_and_footer(document, logo=True)
    document.add_heading("Annual report for {{ name }}", 0)
    facts = document.add_table(0, 2)
    facts.style = "Table Grid"
    for label, value in (
        ("Name", "{{ name }}"),
        ("Street", "{{ street }}"),
        ("City", "{{ city }}"),
        ("Date", '{{ sent|date("d MMMM yyyy") }}'),
    ):
        cells = facts.add_row().cells
        cells[0].text, cells[1].text = label, value
    for heading in ("Summary", "Your year with us", "Your results"):
        document.add_heading(heading, 1)
        for _ in range(4):
            document.add_paragraph(_PLAIN * 3)
    tests = document.add_table(0, 4)
    tests.style = "Table Grid"
    for row in (
        ("Test", "Value", "Unit", "Normal range"),
        ("{%tr for test in tests %}", "", "", ""),
        ("{{ test.name }}", '{{ test.value|number("0.0") }}', "{{ test.unit }}", "{{ test.normal_range }}"),
        ("{%tr endfor %}", "", "", ""),
    ):
        for cell, text in zip(tests.add_row().cells, row, strict=True):
            cell.text = text
    for text in (_PLAIN * 2, "{%p if reminder %}", "{{ reminder }}", "{%p endif %}", "With kind regards,"):
        document.add_paragraph(text)
    return _saved(document)


def values_of_rows(rows: int) -> Iterator[dict[str, TemplateValue]]:
    """Values for so many rows, no two alike."""
    for number in range(rows):
        yield {
            "name": f"Anna Weber {number}",
            "street": f"{number} Orchard Road",
            "city": "Greenfield GF1 2AB",
            "sent": date(2026, 11, 22),
            "balance": 1240.5 + number,
            "reminder": "Please pay within 14 days." if number % 2 else None,
            "tests": [
                {"name": f"Test {test}", "value": number + test / 10, "unit": "mmol/L", "normal_range": "3.9 - 5.6"}
                for test in range(_TESTS_PER_REPORT)
            ],
        }


def _write_header_and_footer(document: "Document", *, logo: bool = False) -> None:
    from docx.shared import Cm

    header = document.sections[0].header.paragraphs[0]
    if logo:
        header.add_run().add_picture(io.BytesIO(_logo()), width=Cm(1.5))
    header.add_run("\tGreenfield Clinic")
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run("12 Orchard Road, Greenfield GF1 2AB\tPage ")
    _write_field(footer, "PAGE")
    footer.add_run(" of ")
    _write_field(footer, "NUMPAGES")


def _logo() -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(written, "PNG")
    return written.getvalue()


def _write_field(paragraph: "Paragraph", instruction: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(mark)  # noqa: SLF001 - python-docx cannot write fields by itself
        if kind == "begin":
            code = OxmlElement("w:instrText")
            code.text = f" {instruction} "
            paragraph.add_run()._r.append(code)  # noqa: SLF001 - as above


def _saved(document: "Document") -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
