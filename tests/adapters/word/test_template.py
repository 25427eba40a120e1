"""A Word template filled for one person after another."""

import datetime
import io
import re
from decimal import Decimal
from pathlib import Path

import docx
import docxtpl
import pytest
from jinja2 import Environment
from lxml import etree

from herald.adapters.word import template as word
from herald.adapters.word import values as word_values
from herald.adapters.word.template import TemplateValue
from herald.errors import Invalid
from local.samples.template import write_sample_template
from tests.adapters import letters
from tests.adapters.letters import filled


def canonical(xml: bytes) -> str:
    """One form for all ways to write the same XML, without what tells of sessions of editing."""
    unseen = re.sub(rb' w:rsid\w*="\w*"', b"", xml)
    return str(etree.canonicalize(from_file=io.BytesIO(unseen)))


def test_a_compiled_template_gives_what_docxtpl_gives() -> None:
    content = letters.sample_template()
    environment = Environment(autoescape=True)
    environment.filters |= {
        "date": lambda value, picture: word_values.format_date(value, "", picture),
        "number": lambda value, picture="0": word_values.format_number(value, "", picture),
        "default": word_values.default,
    }
    slow = docxtpl.DocxTemplate(io.BytesIO(content))
    slow.render(dict(letters.SAMPLE_VALUES), environment)
    written = io.BytesIO()
    slow.save(written)

    ours = letters.parts_of(word.compile_template(content).fill(letters.SAMPLE_VALUES))
    theirs = letters.parts_of(written.getvalue())

    for part in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
        assert canonical(ours[part]) == canonical(theirs[part])


def test_the_sample_template_asks_for_the_columns_of_the_sample_workbook() -> None:
    template = letters.compiled_sample()
    assert template.placeholders == letters.SAMPLE_VALUES.keys() - {"language"}


def test_the_sample_template_is_the_same_each_time_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "again.docx"
    write_sample_template(path)
    assert path.read_bytes() == letters.sample_template()


def test_the_same_values_give_the_same_bytes() -> None:
    template = letters.compiled_sample()
    assert template.fill(letters.SAMPLE_VALUES) == template.fill(letters.SAMPLE_VALUES)


def test_a_table_row_is_repeated_for_each_record() -> None:
    template = letters.compiled_sample()
    document = docx.Document(io.BytesIO(template.fill(letters.SAMPLE_VALUES)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert rows == [
        ["Test", "Value", "Unit", "Normal range"],
        ["Glucose", "5.4", "mmol/L", "3.9 - 5.6"],
        ["Ferritin", "14", "µg/L", "15 - 150"],
    ]


def test_a_conditional_paragraph_is_left_out_when_there_is_nothing_to_say() -> None:
    template = letters.compiled_sample()
    assert "Next step" in letters.text_of(template.fill(letters.SAMPLE_VALUES))
    assert "Next step" not in letters.text_of(template.fill({**letters.SAMPLE_VALUES, "follow_up": None}))


def test_footers_are_filled_too() -> None:
    template = letters.compiled_sample()
    footer = letters.text_of(template.fill(letters.SAMPLE_VALUES), "word/footer1.xml")
    assert "for Anna Weber only" in footer


def test_a_placeholder_split_over_runs_is_one_placeholder() -> None:
    runs = "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in ("Dear {", "{ na", "me }", "}!"))
    template = word.compile_template(letters.with_body(f"<w:p>{runs}</w:p>"))
    assert letters.text_of(template.fill({"name": "Anna"})).startswith("Dear Anna!")


@pytest.mark.parametrize("name", ["A & <B>", "{{ x }}", "</w:t>", '"quoted"', "&amp;", "]]>", "{% raw %}"])
def test_a_value_stands_as_it_was_given(name: str) -> None:
    content = word.compile_template(letters.letter("Dear {{ name }}")).fill({"name": name})
    assert docx.Document(io.BytesIO(content)).paragraphs[0].text == f"Dear {name}"


def test_line_ends_become_line_breaks_and_control_characters_vanish() -> None:
    assert filled("{{ notes }}", notes="one\r\ntwo\nthree\x00\x0b\x1b\ud800\uffff") == "one / two / three"


def test_nothing_prints_as_nothing_and_can_have_a_default() -> None:
    assert filled('[{{ a }}][{{ b|default("none") }}][{{ c|default("none") }}]', a=None, b="", c=0) == "[][none][0]"


@pytest.mark.parametrize(
    ("value", "picture", "drawn"),
    [
        (datetime.date(2026, 3, 9), "d MMMM yyyy", "9 March 2026"),
        (datetime.datetime(2026, 3, 9, 15, 5), "ddd dd.MM.yy HH:mm", "Mon 09.03.26 15:05"),  # noqa: DTZ001 - a workbook knows no time zones
        (datetime.datetime(2026, 3, 9, 0, 5), "h:mm AM/PM", "12:05 AM"),  # noqa: DTZ001 - as above
        ("2026-03-09", "dd/MM/yyyy", "09/03/2026"),
        ("2026-03-09", "d 'de' MMMM 'del' yyyy", "9 de March del 2026"),
        (None, "dd/MM/yyyy", ""),
        ("  ", "dd/MM/yyyy", ""),
    ],
)
def test_dates_are_drawn_after_their_picture(value: TemplateValue, picture: str, drawn: str) -> None:
    assert filled(f'[{{{{ day|date("{picture}") }}}}]', day=value) == f"[{drawn}]"


@pytest.mark.parametrize(
    ("language", "drawn"),
    [
        ("en", "Monday 9 March, Mon 9 Mar"),
        ("es", "lunes 9 marzo, lun 9 mar"),
        ("pt", "segunda-feira 9 março, seg. 9 mar."),
        ("fr", "lundi 9 mars, lun. 9 mars"),
        ("sw", "Jumatatu 9 Machi, Jumatatu 9 Mac"),
        ("ES_mx", "lunes 9 marzo, lun 9 mar"),
        ("", "Monday 9 March, Mon 9 Mar"),
        (None, "Monday 9 March, Mon 9 Mar"),
        ("tlh", "Monday 9 March, Mon 9 Mar"),
    ],
)
def test_dates_are_written_in_the_language_that_a_row_names(language: str | None, drawn: str) -> None:
    tag = '{{ day|date("dddd d MMMM, ddd d MMM", language) }}'
    assert filled(tag, day=datetime.date(2026, 3, 9), language=language) == drawn


@pytest.mark.parametrize(
    "tag", ['{{ day|date("d MMMM", "tlh") }}', '{{ day|date("d", "es", 1) }}', '{{ a|number("0", "es") }}']
)
def test_a_language_that_cannot_be_is_refused_when_the_template_is_uploaded(tag: str) -> None:
    with pytest.raises(Invalid) as refused:
        word.compile_template(letters.letter(tag))
    assert refused.value.code == "template_forbidden_tag"


def test_an_empty_cell_is_empty_for_every_filter_also_with_a_space_in_it() -> None:
    for nothing in (None, "", "  "):
        text = '[{{ a|date("d")|default("-") }}][{{ a|number("0.00")|default("-") }}][{{ a|default("-") }}]'
        assert filled(text, a=nothing) == "[-][-][-]"


@pytest.mark.parametrize(
    ("value", "picture", "drawn"),
    [
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234567.891, "#.##0,0", "1.234.567,9"),
        (2.675, "0.00", "2.68"),
        (0.5, "0", "1"),
        (-1234, "# ##0", "-1 234"),
        (Decimal("1e3"), "0", "1000"),
        ("12.5", "0.0", "12.5"),
        (None, "0.0", ""),
    ],
)
def test_numbers_are_drawn_after_their_picture(value: TemplateValue, picture: str, drawn: str) -> None:
    assert filled(f'[{{{{ amount|number("{picture}") }}}}]', amount=value) == f"[{drawn}]"


@pytest.mark.parametrize(
    ("text", "values", "code", "placeholder"),
    [
        ("Dear {{ name }}", {}, "template_value_missing", "name"),
        ("{% if vip %}Yes{% endif %}", {}, "template_value_missing", "vip"),
        ('{{ visit|date("yyyy") }}', {"visit": "soon"}, "template_value_broken", "visit"),
        ("{{ fee|number }}", {"fee": "a lot"}, "template_value_broken", "fee"),
        ("{{ fee|number }}", {"fee": float("nan")}, "template_value_broken", "fee"),
        ("{{ tests }}", {"tests": [{"name": "x"}]}, "template_value_broken", "{{ tests }}"),
        ("{% if a > 7 %}x{% endif %}", {"a": "b"}, "template_value_broken", "a"),
        ("{% for c in name %}{{ c }}{% endfor %}", {"name": "Anna"}, "template_value_broken", "name"),
        ("{% for c in rows %}{% endfor %}", {"rows": [{}] * 1001}, "template_value_broken", "rows"),
        ("{{ name }}", {"name": "x" * 40_000}, "template_value_broken", "{{ name }}"),
    ],
)
def test_a_value_that_breaks_is_named(text: str, values: dict[str, TemplateValue], code: str, placeholder: str) -> None:
    with pytest.raises(Invalid) as refused:
        filled(text, **values)
    assert (refused.value.code, refused.value.fields["placeholder"]) == (code, placeholder)


@pytest.mark.parametrize(
    ("text", "values", "kind", "told"),
    [
        ("{{ fee|number }}", {"fee": "a lot"}, "text", "the text “a lot” is not a number"),
        ('{{ fee|date("d") }}', {"fee": 12}, "number", "the number “12” is not a date"),
        ("{% if fee > 7 %}x{% endif %}", {"fee": "a lot"}, "text", "cannot be compared with the number “7”"),
        ("{{ fee - 1 }}", {"fee": datetime.date(2026, 3, 9)}, "date", "the date “2026-03-09” is not a number"),
    ],
)
def test_an_error_names_the_value_and_what_kind_it_is(
    text: str, values: dict[str, TemplateValue], kind: str, told: str
) -> None:
    with pytest.raises(Invalid, match=told) as refused:
        filled(text, **values)
    assert {"placeholder": "fee", "kind": kind}.items() <= refused.value.fields.items()


def test_an_error_shows_no_more_than_the_beginning_of_a_long_value() -> None:
    with pytest.raises(Invalid) as refused:
        filled("{{ fee|number }}", fee="x" * 1000)
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    "text",
    [
        "Dear {{ name",
        "Dear name }}",
        "Dear {{ name %}",
        "{{ name | }}",
        "{% if vip %}Dear",
        "{% endfor %}",
        "{{ name|shout }}",
        "{# aside #}",
        "{{ " + "(" * 240 + ")" * 240 + " }}",
        "{{ x" + " " * 600 + "}}",
    ],
)
def test_a_broken_tag_is_shown_with_its_paragraph(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        word.compile_template(letters.letter("A good {{ line }}", text))
    assert refused.value.code in {"template_broken_tag", "template_forbidden_tag"}
    assert refused.value.fields["part"] == letters.DOCUMENT_PART
    assert str(refused.value.fields["paragraph"])[:6] in text


def test_a_condition_that_cuts_through_a_table_is_refused() -> None:
    document = docx.Document()
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "{% if a %}x", "y{% endif %}"
    written = io.BytesIO()
    document.save(written)
    template = word.compile_template(written.getvalue())
    # The cells between stay balanced: whatever the condition says, the document must open.
    for a in (True, False):
        docx.Document(io.BytesIO(template.fill({"a": a})))
    cells[1].text = ""
    document.add_paragraph("y{% endif %}")
    written = io.BytesIO()
    document.save(written)
    with pytest.raises(Invalid, match="different places"):
        word.compile_template(written.getvalue())
