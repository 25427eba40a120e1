"""A character that cannot be printed stops the row it stands in, or the template."""

import pytest

from herald.adapters.word.template import compile_template
from herald.errors import Invalid
from tests.adapters import letters, merged

NOWHERE = "\u0378"


def refusal(template: bytes, **values: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        compile_template(template).fill(values)
    return caught.value


def test_a_value_with_a_character_that_no_font_has_names_character_and_placeholder() -> None:
    error = refusal(letters.letter("Dear {{ name }}, born in {{ town }}"), name="Ana", town=f"Lima {NOWHERE}")
    assert "U+0378" in error.message
    assert error.fields["placeholder"] == "town"


def test_one_row_of_many_is_to_blame() -> None:
    template = compile_template(merged.written(merged.plain()))
    with pytest.raises(Invalid) as caught:
        template.merge([{"name": "Ana", "tests": []}, {"name": NOWHERE, "tests": []}])
    assert caught.value.fields["row_index"] == 1


def test_a_value_that_is_not_printed_needs_no_font() -> None:
    template = compile_template(letters.letter("{% if name %}Dear customer{% endif %}"))
    assert "Dear customer" in letters.text_of(template.fill({"name": NOWHERE}))


@pytest.mark.parametrize("paragraph", [f"Yours {NOWHERE}", f"{NOWHERE} {{{{ name }}}}"])
def test_a_template_that_says_such_a_character_itself_is_filled_for_nobody(paragraph: str) -> None:
    error = refusal(letters.letter("Dear {{ name }}", paragraph), name="Ana")
    assert error.code == "template_character_missing"
    assert error.fields["character"] == "U+0378"
    assert error.fields["paragraph"] == paragraph


def test_signs_of_symbol_fonts_are_left_to_libreoffice() -> None:
    content = letters.letter("Dear {{ name }} \uf0fc")
    assert compile_template(content).fill({"name": "Ana"})
