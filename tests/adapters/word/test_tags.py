"""Nothing that looks like a tag vanishes, or is printed as it stands, without its author hearing of it."""

import io

import docx
import pytest

from herald.adapters.word.template import compile_template
from herald.errors import Invalid
from tests.adapters import letters, merged
from tests.adapters.letters import filled, letter

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


def refused(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        compile_template(content)
    return caught.value


@pytest.mark.parametrize(
    "tag",
    [
        "{{r name}}",
        "{{p name}}",
        "{{p name|upper|lower }}",
        "{{r 'v' }}",
        "{{ name }}",
        "{{\u00a0name\u202f}}",
        "{{ na\u200bme }}",
        "{{\tname }}",
    ],
)
def test_a_value_stands_in_the_place_of_its_tag_however_that_is_written(tag: str) -> None:
    assert filled(f"[{tag}]", name="v") == "[v]"


def test_rich_text_divided_over_runs_keeps_what_is_around_it() -> None:
    runs = "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in ("Dear {", "{", "r na", "me }", "}!"))
    template = compile_template(letters.with_body(f"<w:p>{runs}</w:p>"))
    assert letters.text_of(template.fill({"name": "Anna"})).startswith("Dear Anna!")


@pytest.mark.parametrize(
    ("tag", "text"), [("{{p ~ r}}", "12"), ("{{r }}", "2"), ("{{p if r else r}}", "1"), ("{{p|upper}}", "1")]
)
def test_a_placeholder_may_be_called_as_a_prefix_is(tag: str, text: str) -> None:
    assert filled(tag, p="1", r="2") == text


def test_a_number_keeps_the_space_that_groups_its_digits() -> None:
    assert filled('{{ fee|number("#\u00a0##0") }}', fee=1234) == "1\u00a0234"


@pytest.mark.parametrize(
    ("paragraph", "says"),
    [
        ("{{tr name}}", "write {{ name}}"),
        ("{{tc name}}", "write {{ name}}"),
        ("{% vm %}", "cells are merged and coloured in Word"),
        ("{% hm %}", "cells are merged and coloured in Word"),
        ("{% colspan n %}", "cells are merged and coloured in Word"),
        ("{%cellbg colour %}", "cells are merged and coloured in Word"),
        ("{%tr for test in tests %}", "stands in a table"),
        ("{%tc if name %}", "stands in a table"),
        ("{%p if name %}Dear {{ name }}", "takes the place of its paragraph"),
        ("{%p if name %}{%p endif %}", "takes the place of its paragraph"),
        ("Only for some: {%p if name %}", "takes the place of its paragraph"),
    ],
)
def test_a_tag_that_would_take_something_along_is_refused(paragraph: str, says: str) -> None:
    error = refused(letter("{{ name }}", paragraph))
    assert says in error.message
    assert error.fields["part"] == letters.DOCUMENT_PART


def test_a_table_row_that_a_tag_takes_the_place_of_holds_nothing_else() -> None:
    document = docx.Document()
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "{%tr for test in tests %}", "{{ test.name }}"
    assert "takes the place of its table row" in refused(merged.written(document)).message


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Dear {d.fullName},", "{{ fullname }}"),
        ("{d.tests[i].name}", "{{ tests_i_name }}"),
        ("{c.now}", "{{ now }}"),
        ("{ { First name } }", "{{ first_name }}"),
        ("{\u200b{ name }\u200b}", "{{ name }}"),
        ("\uff5b\uff5b name \uff5d\uff5d", "{{ name }}"),
        ("{ % if x % }", "without a space"),
        ("{_{ name }_}", "{{ name }}"),
    ],
)
def test_what_another_program_would_fill_is_refused_with_what_to_write_instead(text: str, instead: str) -> None:
    error = refused(letter("{{ a }}", text))
    assert error.code == "template_foreign_tag"
    assert instead in error.message


@pytest.mark.parametrize(
    "text", ["{First name}", "${first_name}", "«First_name»", "<<First name>>", "<%= first_name %>", "[[ First name ]]"]
)
def test_what_may_be_meant_as_a_placeholder_is_warned_of(text: str) -> None:
    [warning] = compile_template(letter(f"Dear {text},", "{{ a }}", f"Bye {text}")).warnings
    assert warning == f"{text} is printed as it stands. Write {{{{ first_name }}}} instead, if it stands for a value."


@pytest.mark.parametrize("text", ["« Bonjour »", "{1, 2}", "[1]", "a < b << c", "{}", "{{ d.x }} {{ name }}"])
def test_ordinary_text_is_not_warned_of(text: str) -> None:
    assert compile_template(letter(text)).warnings == ()


@pytest.mark.parametrize(
    ("instruction", "instead"),
    [
        (' MERGEFIELD "First name" \\* MERGEFORMAT ', "{{ first_name }}"),
        (" mergefield Name ", "{{ name }}"),
        ("ADDRESSBLOCK", "{{ name }}"),
        ("NEXT", "{{ name }}"),
    ],
)
def test_a_field_of_a_mail_merge_is_refused_with_what_to_write_instead(instruction: str, instead: str) -> None:
    error = refused(letters.with_body(letters.field(instruction)))
    assert error.code == "template_merge_field"
    assert instead in error.message


@pytest.mark.parametrize(
    "inner",
    [
        (
            '<w:p><w:r><w:drawing><a:r xmlns:a="urn:a"><a:t>{</a:t></a:r>\n <a:r xmlns:a="urn:a"><a:t>{ x }</a:t></a:r>'
            '<a:r xmlns:a="urn:a"><a:t>}</a:t></a:r></w:drawing></w:r></w:p>'
        ),
        '<w:p><w:del w:id="1" w:author="a"><w:r><w:delText>{{ x }}</w:delText></w:r></w:del></w:p>',
        '<w:p><w:r><w:pict><v:textpath xmlns:v="urn:schemas-microsoft-com:vml" string="{{ x }}"/></w:pict></w:r></w:p>',
    ],
)
def test_a_placeholder_where_none_is_filled_in_is_refused(inner: str) -> None:
    assert "is hidden" in refused(letters.with_body(inner)).message


def test_a_placeholder_in_a_chart_is_refused() -> None:
    types = letters.parts_of(letter("x"))["[Content_Types].xml"].decode()
    override = f'<Override PartName="/word/charts/chart1.xml" ContentType="{CHART}"/></Types>'
    chart = '<c:chart xmlns:c="urn:c" xmlns:a="urn:a"><a:t>For {{ na</a:t><a:t>me }}</a:t></c:chart>'
    content = letters.with_parts(
        letter("x"),
        {"[Content_Types].xml": types.replace("</Types>", override), "word/charts/chart1.xml": chart},
    )
    assert refused(content).fields["part"] == "word/charts/chart1.xml"


def test_a_control_that_is_bound_to_a_property_shows_the_value_all_the_same() -> None:
    control = (
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a" w:storeItemID="{1}"/></w:sdtPr><w:sdtContent><w:p><w:r>'
        "<w:t>Dear {{ name }}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    content = compile_template(letters.with_body(control)).fill({"name": "Anna"})
    assert not docx.Document(io.BytesIO(content)).element.xpath("//w:dataBinding")
    assert letters.text_of(content).startswith("Dear Anna")
