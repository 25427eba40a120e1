"""What is wrong with a tag is said to whoever wrote it in Word."""

import pytest

from herald.adapters.word.template import compile_template
from herald.errors import Invalid
from tests.adapters.letters import letter

LANGUAGE = "is not part of the template language"
FILTERS = "but date, default, image, lower, number, qr, upper"
SENTENCES = [
    ("{{ customer name }}", "has no spaces; write {{ customer_name }}"),
    ("{{ Date of birth|upper }}", "has no spaces; write {{ date_of_birth|upper }}"),
    ("{{ 2nd }}", "begins with a letter"),
    ("{{ }}", "is empty"),
    ("{{}}", "is empty"),
    ("{{{ name }}}", "none within"),
    ("{{ name|shout }}", FILTERS),
    ("{% if name|shout %}x{% endif %}", FILTERS),
    ("{{ 'a' if name|shout else 'b' }}", FILTERS),
    ("{% for a in list|shout %}x{% endfor %}", FILTERS),
    ("{% if name is even %}x{% endif %}", "but defined, none, undefined"),
    ("{{ name| }}", "After | stands the name of a filter"),
    ('{{ fee|number:"0.00" }}', "stands in brackets"),
    ("{{ fee|number(1) }}", "stands in quotes"),
    ('{{ fee|number("0,0,0") }}', "a number format looks like"),
    ("{{ fee|int(3) }}", FILTERS),
    ("{{ name|upper('a') }}", "takes nothing in brackets"),
    ("{{ name; }}", "cannot be read"),
    ("{{ name? }}", "cannot be read"),
    ("{% if a = 1 %}x{% endif %}", "== instead of ="),
    ("{% if a && b %}x{% endif %}", "“and” instead of &&"),
    ("{% if a || b %}x{% endif %}", "“or” instead of ||"),
    ("{% if !a %}x{% endif %}", "“not” instead of !"),
    ("{% if a <> b %}x{% endif %}", "!= instead of <>"),
    ("{% if first name %}x{% endif %}", "have no spaces"),
    ("{% if %}x{% endif %}", "has no condition"),
    ("{% for test %}x{% endfor %}", "A loop is written"),
    ("{% for a, b in tests %}x{% endfor %}", "one name to each element"),
    ("{% for a in 'abc' %}x{% endfor %}", "a list of the workbook"),
    ("{% if a %}x", "{% if a %} is not closed: {% endif %} is missing"),
    ("{% for a in b %}x", "{% for a in b %} is not closed: {% endfor %} is missing"),
    ("{% if a %}{% for b in c %}x{% endif %}", "{% endif %} comes before {% for b in c %} is closed"),
    ("x{% endif %}", "if is missing before it"),
    ("x{% else %}", "if or for is missing before it"),
    ("{% for a in b %}{% elif c %}{% endfor %}", "if is missing before it"),
    ("{% if a %}{% else %}{% else %}{% endif %}", "which is the last before the end"),
    ("{% if a %}x{% end if %}", "is one word: endif"),
    ("{% if a %}x{% else if b %}{% endif %}", "is one word: elif"),
    ("{% IF a %}x{% ENDIF %}", "in small letters: if"),
    ("{% p if a %}", "follows {% without a space"),
    ("{% if a %}x{% endif a %}", "stands alone in its tag"),
    ("{% if a %}" * 21 + "{% endif %}" * 21, "nested more than 20 deep"),
    ("{{ " + "-" * 400 + "x }}", "nested too deeply"),
    ("{{ x" + "+x" * 200 + " }}", "nested too deeply"),
    ("{{ x" + ".a" * 200 + " }}", "nested too deeply"),
    ("{{ [1, 2] }}", "cannot be printed"),
    ("{{ a, b }}", "cannot be printed"),
    ("{{ 1/0 }}", "dividing (/)"),
    ("{{ x() }}", "calling something"),
    ("{{ x|date(picture='d') }}", "an argument with a name"),
    *(
        (f"{{% {tag} %}}x", LANGUAGE)
        for tag in (
            *("set a = 1", "autoescape false", "include 'a'", "macro a()", "call a()", "raw", "extends 'a'", "do a"),
            *("import 'a' as b", "from 'a' import b", "with", "block a", "filter upper", "trans", "debug", "break"),
        )
    ),
]


@pytest.mark.parametrize(("text", "sentence"), SENTENCES)
def test_a_mistake_is_explained_where_it_stands(text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        compile_template(letter("Before {{ name }}", text, "After"))
    assert sentence in refused.value.message
    assert "Jinja" not in refused.value.message
    assert "token" not in refused.value.message
    assert refused.value.code in {"template_broken_tag", "template_forbidden_tag"}


@pytest.mark.parametrize("text", ["{% if a %}", "{%p if a %}", "{% for a in b %}"])
def test_what_is_not_closed_is_named_with_its_own_paragraph(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        compile_template(letter("{% if b %}fine{% endif %}", text, "Later", "{{ name }}"))
    assert refused.value.fields["paragraph"] == text


@pytest.mark.parametrize(
    "text",
    [
        "{% if a == '=' and b != 'x y' %}x{% elif not c %}y{% else %}z{% endif %}",
        '{{ a|default("first name!") }}',
        "{{ a if b else c }}",
        "{%- if a -%}x{%- endif -%}",
        "{{ a if b is not defined else “c” }}",
        "{{- a -}}",
    ],
)
def test_what_is_well_written_is_welcome(text: str) -> None:
    assert compile_template(letter(text)).placeholders
