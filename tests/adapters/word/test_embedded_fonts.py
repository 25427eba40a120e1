"""Fonts that a Word file brings along are left out of it."""

import pytest

from herald.adapters.word.package import open_package
from herald.adapters.word.template import compile_template
from tests.adapters import fonts, letters

LETTER = letters.letter("Balance due: {{ amount }}")
EMBEDDED = fonts.embedding(LETTER, "Calibri", b"a font")


def test_no_filled_letter_holds_a_font_or_asks_for_one() -> None:
    filled = letters.parts_of(compile_template(EMBEDDED).fill({"amount": "1911.19"}))
    assert not any(name.endswith(".odttf") for name in filled)
    everything = b"".join(filled.values())
    assert b"embedRegular" not in everything
    assert b"embedTrueTypeFonts" not in everything
    assert b"saveSubsetFonts" not in everything
    assert b"obfuscatedFont" not in b"".join(part for name, part in filled.items() if name.endswith(".rels"))


def test_the_names_of_fonts_that_were_left_out_are_known() -> None:
    assert compile_template(EMBEDDED).embedded_fonts == ("Calibri",)
    assert compile_template(LETTER).embedded_fonts == ()


@pytest.mark.parametrize("kind", ["image", "hyperlink", "theme"])
def test_a_font_is_known_by_what_calls_it_whatever_the_relationship_says(kind: str) -> None:
    relationships = letters.parts_of(EMBEDDED)["word/_rels/fontTable.xml.rels"].decode()
    disguised = letters.with_parts(
        EMBEDDED, {"word/_rels/fontTable.xml.rels": relationships.replace("/font", f"/{kind}", 1)}
    )
    package = open_package(disguised)
    assert package.embedded_fonts == ("Calibri",)
    assert b"font1" not in b"".join(package.parts.values())


def test_a_font_that_nothing_calls_is_left_out_as_well() -> None:
    table = '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    package = open_package(letters.with_parts(EMBEDDED, {fonts.FONT_TABLE: table}))
    assert "word/fonts/font1.odttf" not in package.parts
    assert package.embedded_fonts == ()
