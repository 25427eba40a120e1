"""What a template does with its values is read off the template."""

import pytest

from herald.adapters.word.fields import TemplateField
from herald.adapters.word.template import compile_template
from tests.adapters.letters import letter


def fields_of(*paragraphs: str) -> dict[str, TemplateField]:
    return dict(compile_template(letter(*paragraphs)).fields)


@pytest.mark.parametrize(
    ("paragraph", "kind"),
    [
        ("{{ it }}", "text"),
        ("{{ it|upper }}", "text"),
        ('{{ it|date("d MMMM") }}', "date"),
        ('{{ it|default("-")|number("0.00") }}', "number"),
        ("{% if it > 100 %}High{% endif %}", "number"),
        ("{% if it == 'high' %}High{% endif %}", "text"),
        ("{{ it }} {{ it|number }}", "number"),
    ],
)
def test_a_filter_or_a_comparison_says_what_kind_of_value_a_placeholder_takes(paragraph: str, kind: str) -> None:
    assert {name: field.kind for name, field in fields_of(paragraph).items()} == {"it": kind}


def test_what_conditions_compare_a_value_with_is_known() -> None:
    fields = fields_of(
        "{% if it > 100 or it|upper in ['A', 'B'] %}x{% endif %}",
        "{% for test in tests %}{% if test.value + 1 < 7 %}x{% endif %}{% endfor %}",
    )

    assert fields["it"].compared == [100, "A", "B"]
    assert set(fields["tests"].fields["value"].compared) == {1, 7}


def test_a_loop_says_what_its_records_hold() -> None:
    fields = fields_of(
        "{% for test in tests %}{{ loop.index }} {{ test.value|number }} {{ test['unit'] }} {{ name }}{% endfor %}"
    )

    assert fields == {
        "tests": TemplateField(
            "text", repeated=True, fields={"value": TemplateField("number"), "unit": TemplateField()}
        ),
        "name": TemplateField(),
    }


def test_loops_may_be_nested() -> None:
    fields = fields_of("{% for day in days %}{% for test in day.tests %}{{ test.name }}{% endfor %}{% endfor %}")

    tests = TemplateField("text", repeated=True, fields={"name": TemplateField()})
    assert fields == {"days": TemplateField("text", repeated=True, fields={"tests": tests})}
