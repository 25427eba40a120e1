"""Cells in a template's conditions and sums: compared as what they are, whatever they look like."""

import datetime

import pytest

from herald.adapters.word.cells import TemplateValue
from herald.adapters.word.template import compile_template
from herald.errors import Invalid
from herald.values.notation import Notation
from herald.values.sheet import FormattedValue
from tests.adapters import letters
from tests.adapters.letters import filled

PORTUGUESE = Notation(",", "DD/MM/YYYY")
SHARE = FormattedValue(0.125, "12.5%")
BORN = FormattedValue(datetime.date(1985, 3, 15), "15/03/1985")


def holds(condition: str, **values: TemplateValue) -> bool:
    return filled("{% if " + condition + " %}yes{% else %}no{% endif %}", **values) == "yes"


def in_portuguese(text: str, **values: TemplateValue) -> str:
    template = compile_template(letters.letter(text)).in_notation(PORTUGUESE)
    return letters.text_of(template.fill(values)).strip()


@pytest.mark.parametrize("nothing", [None, "", "   "])
@pytest.mark.parametrize(
    "condition",
    ["it", "it > 0", "it < 0", "it >= 0", "it <= 0", "0 < it", "it == 0", "it == 'paid'", "'a' in it", "it > other"],
)
def test_an_empty_cell_is_false_and_compares_as_such(nothing: str | None, condition: str) -> None:
    assert not holds(condition, it=nothing, other=5)


@pytest.mark.parametrize("nothing", [None, "", "   "])
@pytest.mark.parametrize("condition", ["not it", "it == ''", "it == other", "it != 0", "it is none", "not (it > 0)"])
def test_what_is_empty_equals_what_is_empty_only(nothing: str | None, condition: str) -> None:
    assert holds(condition, it=nothing, other=None)


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("it > 0", "12.50"),
        ("it > 9", "10"),
        ("it == 7", "7.0"),
        ("it == '00712'", FormattedValue(712, "00712")),
        ("it == 712", FormattedValue(712, "00712")),
        ("it < 0.2", SHARE),
        ("it == '15/03/1985'", BORN),
        ("it < '1990-01-01'", BORN),
        ("it < '1990-01-01'", datetime.date(1985, 3, 15)),
        ("it > '08:00'", datetime.time(9, 30)),
        ("it > 'Ana'", "Bo"),
        ("it in ['a', 'b']", "a"),
        ("it in 'a, b'", "a"),
        ("'ay' in it", "payment"),
        ("it != 'b'", "a"),
        ("it", True),
        ("it == true", True),
        ("it != 7", "seven"),
    ],
)
def test_a_cell_compares_as_what_it_holds(condition: str, value: TemplateValue) -> None:
    assert holds(condition, it=value)


def test_texts_that_spell_the_same_number_are_different_codes() -> None:
    assert not holds("it == '7'", it="007")


@pytest.mark.parametrize(
    ("text", "values", "shown"),
    [
        ("{{ it }}", {"it": SHARE}, "12.5%"),
        ("{{ it }}", {"it": BORN}, "15/03/1985"),
        ('{{ it|number("0.000") }}', {"it": SHARE}, "0.125"),
        ('{{ it|date("d MMMM yyyy") }}', {"it": BORN}, "15 March 1985"),
        ("{{ it|default('-') }}", {"it": SHARE}, "12.5%"),
        ("{{ it ~ ' paid' }}", {"it": SHARE}, "12.5% paid"),
        ("{{ it }}", {"it": 5.430000000000001}, "5.43"),
        ("{{ it }}", {"it": True}, "TRUE"),
        ("{{ it + 0.2 }}", {"it": 0.1}, "0.3"),
        ("{{ it + other + 1 }}", {"it": "1.5", "other": None}, "2.5"),
        ("{{ 100 - it }}", {"it": 25}, "75"),
        ("{{ -it }}", {"it": 25}, "-25"),
        ("{{ it + other }}", {"it": "Ana ", "other": "Diaz"}, "Ana Diaz"),
        ("{{ it|upper }}", {"it": FormattedValue(5, "5 kg")}, "5 KG"),
    ],
)
def test_a_cell_prints_as_excel_shows_it_and_counts_as_what_it_is(
    text: str, values: dict[str, TemplateValue], shown: str
) -> None:
    assert filled(text, **values) == shown


def test_texts_are_read_in_the_notation_of_their_batch_where_they_are_used_as_numbers_or_dates() -> None:
    tag = '{{ fee }} {{ fee|number("0.00") }} {{ day }} {{ day|date("yyyy-MM-dd") }} {% if fee > 1000 %}much{% endif %}'
    assert in_portuguese(tag, fee="1.240,50", day="15/03/1985") == "1.240,50 1240.50 15/03/1985 1985-03-15 much"


def test_rows_of_a_loop_are_read_in_the_same_notation() -> None:
    document = letters.letter("{%p for test in tests %}", '{{ test.value|number("0.0") }}', "{%p endfor %}")
    filled_in = compile_template(document).in_notation(PORTUGUESE).fill({"tests": [{"value": "5,43"}]})
    assert letters.text_of(filled_in).strip() == "5.4"


def test_a_text_date_without_a_stated_format_is_an_error_that_says_what_to_state() -> None:
    with pytest.raises(Invalid, match="state the batch's date_format, for example DD/MM/YYYY") as refused:
        filled('{{ born|date("d MMMM") }}', born="15/03/1985")
    assert {"placeholder": "born", "value": "15/03/1985", "kind": "text"}.items() <= refused.value.fields.items()


def test_a_number_that_could_be_two_is_an_error_that_says_what_to_state() -> None:
    with pytest.raises(Invalid, match="state the batch's language"):
        filled("{{ fee|number }}", fee="1,234")


def test_an_error_within_a_loop_names_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        filled("{% for test in tests %}{% if test.value > 5 %}x{% endif %}{% endfor %}", tests=[{"value": "high"}])
    assert refused.value.fields["placeholder"] == "tests.value"
