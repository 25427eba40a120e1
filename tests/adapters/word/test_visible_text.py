"""What a filled document says on its pages, as it is looked for in a PDF."""

import pytest

from herald.adapters.word.template import compile_template
from tests.adapters import letters, merged

RUN = "<w:r><w:t>{}</w:t></w:r>"
PARAGRAPH = f"<w:p>{RUN}</w:p>"
HIDDEN = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"


def body_of(inner: str, name: str = "Anna") -> str:
    """The words of a document with this XML in its body."""
    return " ".join(sorted(compile_template(letters.with_body(inner)).expected_text({"name": name}).words))


def field(code: str, result: str) -> str:
    marks = {kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")}
    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return f"<w:p>{marks['begin']}{instruction}{marks['separate']}{RUN.format(result)}{marks['end']}</w:p>"


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (PARAGRAPH.format("Dear {{ name }}"), "anna dear hello"),
        (f"<w:p>{RUN.format('Eng')}{RUN.format('lish')}</w:p>", "english hello"),
        (HIDDEN, "hello"),
        (field(" PAGE ", "seven"), "hello"),
        (field(' HYPERLINK "https://example.org" ', "website"), "hello website"),
        (f'<w:p><w:fldSimple w:instr=" DATE ">{RUN.format("May")}</w:fldSimple></w:p>', "hello"),
    ],
)
def test_what_a_page_shows_is_expected_of_it_and_nothing_else(inner: str, words: str) -> None:
    assert body_of(inner) == words


def test_a_box_that_is_there_twice_for_old_versions_of_word_is_expected_once() -> None:
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    boxes = "".join(
        f"<mc:{kind} {attribute}>{PARAGRAPH.format('box')}</mc:{kind}>"
        for kind, attribute in (("Choice", 'Requires="wps"'), ("Fallback", ""))
    )
    inner = f"<w:p><w:r><mc:AlternateContent {space}>{boxes}</mc:AlternateContent></w:r></w:p>"
    expected = compile_template(letters.with_body(inner)).expected_text({})
    assert expected.body["x"] == 1


@pytest.mark.parametrize(
    ("pages", "shown"),
    [
        (["For Anna: 1", "Dear Anna, bye. For Anna: 2"], True),
        (["For Anna Dear An", "na bye For Anna"], True),
        (["For Anna DEAR ANNA BYE"], True),
        (["For Anna Dear Anna"], False),
        (["For Anna Dear Anna bye Bo"], False),
        (["For Bo Dear Anna bye"], False),
        (["For Anna Dear Anna eby"], False),
        ([""], False),
    ],
)
def test_pages_say_what_is_expected_of_them_or_they_do_not(pages: list[str], *, shown: bool) -> None:
    document = merged.plain()
    document._body.clear_content()
    document.add_paragraph("Dear {{ name }}, bye")
    document.sections[0].footer.paragraphs[0].text = "For {{ name }}: "
    expected = compile_template(merged.written(document)).expected_text({"name": "Anna"})

    assert expected.stands_in(pages) is shown


def test_the_head_of_a_table_may_stand_on_each_of_its_pages() -> None:
    head = "<w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:p><w:r><w:t>Test</w:t></w:r></w:p></w:tc></w:tr>"
    row = "<w:tr><w:tc><w:p><w:r><w:t>Glucose</w:t></w:r></w:p></w:tc></w:tr>"
    expected = compile_template(letters.with_body(f"<w:tbl>{head}{row}</w:tbl>")).expected_text({})

    assert expected.stands_in(["Test", "Test Glucose Hello"])
    assert not expected.stands_in(["Test Glucose", "Glucose Hello"])
