"""The examples of docs/templates.md give what that page says."""

import re
from pathlib import Path

import pytest

from herald.adapters.word import language as word_language
from herald.adapters.word import template as word
from herald.errors import Invalid
from tests.adapters import letters
from tests.adapters.letters import filled

PAGE = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^({{ it.*?}}) +with +(?:(\S+) +)?gives ?(.*)$", PAGE, flags=re.MULTILINE)


def cell(written: str) -> str | float | None:
    """What an example's cell holds."""
    return float(written) if re.fullmatch(r"[\d.]+", written) else written or None


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) == len(re.findall("^{{ it", PAGE, flags=re.MULTILINE)) > 0


@pytest.mark.parametrize(("tag", "written", "given"), EXAMPLES)
def test_a_filter_gives_what_the_page_says(tag: str, written: str, given: str) -> None:
    assert filled(tag, it=cell(written)) == given


def test_the_page_names_every_filter() -> None:
    filters = [name for name in word_language.environment().filters if not name.startswith("_")]

    assert [name for name in filters if f"`{name}`" not in PAGE and f"|{name}" not in PAGE] == []


def test_a_condition_works_within_a_line() -> None:
    text = "{% if paid %}Paid{% elif fee > 100 %}Much{% else %}Open{% endif %}"

    assert [filled(text, paid=paid, fee=fee) for paid, fee in ((True, 0), (None, 200), ("", 5))] == [
        "Paid",
        "Much",
        "Open",
    ]


@pytest.mark.parametrize("tag", ["{{ fee * 2 }}", "{# a note #}", "{{ name.upper() }}", "{% include 'a' %}"])
def test_there_is_nothing_else(tag: str) -> None:
    with pytest.raises(Invalid):
        word.compile_template(letters.letter(tag))
