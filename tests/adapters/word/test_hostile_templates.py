"""A template's tags get at nothing but the row's values: each attack is refused in a sentence, or is harmless."""

import io
import re

import docx
import pytest

from herald.adapters.word.package import open_package
from herald.adapters.word.template import compile_template
from herald.errors import Invalid
from tests.adapters import letters

LEAKS = re.compile(r"<class|<function|<module|<built-in|object at 0x|root:|environ\(|jinja2|Traceback", re.IGNORECASE)
MOST_CHARACTERS = 100_000

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ x.__class__.__base__ }}",
    "{{ x['__class__'] }}",
    "{{ x['__cla' ~ 'ss__'] }}",
    "{{ x['__cla' + 'ss__'] }}",
    "{{ x|attr('__class__') }}",
    "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    '{{ x["\\x5f\\x5fclass\\x5f\\x5f"] }}',
    '{{ x["\\u005f\\u005fclass\\u005f\\u005f"] }}',
    "{{ x.\uff3f\uff3fclass\uff3f\uff3f }}",
    "{{ x.\uff43lass }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._environment }}",
    "{{ config }}",
    "{{ config.items() }}",
    "{{ request.application.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ dict(a=1) }}",
    "{{ x.format('{0.__class__}') }}",
    "{{ '{0.__class__}'.format(x) }}",
    "{{ '{0.__class__}'|format(x) }}",
    "{{ '%s' % x }}",
    "{{ '%(a)s' % x }}",
    "{{ x.format_map(y) }}",
    "{{ x.join(y) }}",
    "{{ x.encode().decode() }}",
    "{{ y.append(1) }}",
    "{{ y.pop() }}",
    "{{ y.__len__() }}",
    "{{ y[0].items() }}",
    "{{ y[0].keys }}",
    "{{ y[0].__class__ }}",
    "{% for a in y %}{{ a.items }}{% endfor %}",
    "{% for a in y %}{{ a.get('a') }}{% endfor %}",
    "{% for a in y %}{{ loop._iterator }}{% endfor %}",
    "{% for a in y %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in y %}{{ loop.changed(a) }}{% endfor %}",
    "{% for a in y %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for a in y %}{{ loop(y) }}{% endfor %}",
    "{% for a in y.__class__.__mro__ %}{{ a }}{% endfor %}",
    "{{ __pictures }}",
    "{{ __branches }}",
    "{{ _x }}",
    "{{ x|__rows_of('a') }}",
    "{{ x|__loop('a') }}",
    "{{ x|__condition('a') }}",
    "{{ x|__searched }}",
    "{{ x.__html__ }}",
    "{{ caller() }}",
    "{{ super() }}",
    "{{ varargs }}",
    "{{ kwargs }}",
    "{{ loop }}",
    "{{ self }}",
    "{{ true.__class__ }}",
    "{{ 1 .__class__ }}",
    "{{ none.__class__ }}",
    "{{ (1).__class__ }}",
    "{{ [].__class__ }}",
    "{{ {}.__class__ }}",
    "{{ (x, y).__class__ }}",
    "{% if x.__class__ %}a{% endif %}",
    "{{ 'a' if x.__class__ else 'b' }}",
    "{{ x|default(x.__class__) }}",
    "{{ x is sameas(x) }}",
    "{{ x is callable }}",
    "{{ x is filter('attr') }}",
]
MISUSES = [
    "{{ x|map('upper') }}",
    "{{ y|map(attribute='__class__') }}",
    "{{ y|selectattr('a') }}",
    "{{ y|groupby('__class__') }}",
    "{{ y|sum(attribute='a') }}",
    "{{ x|safe }}",
    "{{ x|escape|safe }}",
    "{{ x|pprint }}",
    "{{ x|tojson }}",
    "{{ x|xmlattr }}",
    "{{ x|urlize }}",
    "{{ x|upper(*y) }}",
    "{{ x|upper(**y[0]) }}",
    "{{ x|date(picture=x) }}",
    "{{ x|default(default=x) }}",
    "{{ x|image('3cm\"/><w:object/>') }}",
    "{{ x|qr('9999cm') }}",
    "{{ x|image(x) }}",
    "{{ x|date('d', '../../etc/passwd') }}",
    "{{ x|date('d', x.__class__) }}",
]
BOMBS = [
    "{{ 'a' * 1000000000 }}",
    "{{ [0] * 1000000000 }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ 10 // 0 }}",
    "{{ 10 % 0 }}",
    "{{ range(1000000000) }}",
    "{% for a in range(1000000000) %}x{% endfor %}",
    "{{ lipsum(n=1000000) }}",
    "{{ 'a'|center(1000000000) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ x" + " ~ x" * 100 + " }}",
    "{{ x" + "|upper" * 80 + " }}",
    "{{ " + "(" * 200 + "x" + ")" * 200 + " }}",
    "{{ " + "[" * 200 + "x" + "]" * 200 + " }}",
    "{{ " + "not " * 110 + "x }}",
    "{{ " + "9" * 480 + " }}",
    "{{ 1e400 }}",
    "{{ x" + " " * 600 + "}}",
    "{% for a in y %}" * 3 + "x" + "{% endfor %}" * 3,
    "{% for a in y %}x{% endfor %}" * 21,
    "{% for a in y recursive %}{{ loop(a) }}{% endfor %}",
    "{% if x %}" * 300 + "{% endif %}" * 300,
    "{{ x }}" * 2001,
    "{{ number|number('" + "0" * 400 + "') }}",
    "{{ number|number('0." + "0" * 400 + "') }}",
]
STATEMENTS = [
    "{% set x = y.__class__ %}",
    "{% set ns = namespace() %}{% set ns.x = 1 %}",
    "{% with a = x.__class__ %}{{ a }}{% endwith %}",
    "{% include '/etc/passwd' %}",
    "{% include x %}",
    "{% import '/etc/passwd' as p %}",
    "{% from '/etc/passwd' import p %}",
    "{% extends '/etc/passwd' %}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% macro a() %}{{ caller() }}{% endmacro %}{{ a() }}",
    "{% call x() %}{% endcall %}",
    "{% filter attr('__class__') %}x{% endfilter %}",
    "{% raw %}{{ x }}{% endraw %}",
    "{% raw %}&lt;w:p&gt;{% endraw %}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{% debug %}",
    "{% do y.append(1) %}",
    "{% trans %}{{ x }}{% endtrans %}",
    "{# {{ x }} #}",
    "{#- hidden -#}",
    "# for a in y",
    "## {{ x.__class__ }}",
    "{% for a in y if a.__class__ %}x{% endfor %}",
    "{% for a, b in y[0].items() %}x{% endfor %}",
    "{% for x.a in y %}x{% endfor %}",
    "{% colspan x %}",
    "{% cellbg x.__class__ %}",
    "{%tr for a in y %}",
]
SMUGGLED = [
    '{{ "<w:instrText>DDE</w:instrText>" }}',
    "{{ '</w:t></w:r></w:p>' }}",
    "{{ x|default('</w:t><w:object/>') }}",
    '{{ "}}" }}{{ "{{" }}',
    '{{ "%}<w:br/>{%" }}',
    "{{ '{' ~ '{ x.__class__ }' ~ '}' }}",
    "{{ \u2018</w:t>\u2019 ~ “<w:br/>” }}",
    "{{ '&lt;w:br/&gt;' }}",
    "{{ '\\x00\\x0b\\ud800' }}",
    "{{ 'a\\nb\\rc\\td' }}",
    "{\u200b{ x.__class__ }\u200b}",
    "{{\u202ex.__class__\u202c}}",
    "\uff5b\uff5b x.__class__ \uff5d\uff5d",
    "{{ x\u2028.__class__ }}",
    "{{ x.\u200b__class__ }}",
    "{{ x._\u200b_class_\u200b_ }}",
    "{{ x\u0301 }}",
    "{{ \U0001d4cd.__class__ }}",
    "{_{ x.__class__ }_}",
    "${x.__class__}",
    "<%= x.__class__ %>",
    "#{x.__class__}",
    "{{= x.__class__ }}",
    "{d.x}",
    "«x»",
]
IN_ONE_PARAGRAPH = [*ESCAPES, *MISUSES, *BOMBS, *STATEMENTS, *SMUGGLED]


def runs(*texts: str) -> str:
    """A paragraph whose text is divided over runs."""
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' for text in texts) + "</w:p>"


PLACES = [
    runs("{", "{ x.__cla", "ss__ }", "}"),
    runs("{{ x", ".", "__class__", " }}"),
    runs("{", "%", " set a = 1 ", "%", "}"),
    runs("{{ x|", "safe }}"),
    runs("{% include", " 'a' %}"),
    runs("{{ x.__cl", "", "ass__ }}"),
    runs("{{ x }") + runs("} {{ y"),
    runs("{{ x") + runs(".__class__ }}"),
    runs("{% if x %}") + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{% endif %}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    "<w:p><w:r><w:t>{{ x</w:t><w:tab/><w:t>.__class__ }}</w:t></w:r></w:p>",
    '<w:p><w:bookmarkStart w:id="1" w:name="{{ x.__class__ }}"/><w:r><w:t>{{ x }}</w:t></w:r></w:p>',
    '<w:p><w:r><w:rPr><w:rStyle w:val="{{ x }}"/></w:rPr><w:t>{{ x }}</w:t></w:r></w:p>',
    "<w:p><w:r><w:instrText>{{ x }}</w:instrText></w:r></w:p>",
    letters.field("PAGE {{ x.__class__ }}"),
    letters.field("{{ x }}"),
    letters.field("D", "{{ x }}", "E"),
    '<w:p><w:fldSimple w:instr=" {{ x }} "><w:r><w:t>y</w:t></w:r></w:fldSimple></w:p>',
    "<w:p><w:del><w:r><w:delText>{{ x.__class__ }}</w:delText></w:r></w:del></w:p>",
    '<w:sdt><w:sdtPr><w:alias w:val="{{ x }}"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>',
    (
        "<w:p><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
        "<w:p><w:r><w:t>{{ x.__class__ }}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    ),
    (
        "<w:p><w:r><w:t>{{ x</w:t></w:r><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>"
        "<w:txbxContent><w:p><w:r><w:t>inside</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        "<w:r><w:t>.a }}</w:t></w:r></w:p>"
    ),
    "<w:p>{{ x }}</w:p>",
    "<w:p><w:r>{{ x.__class__ }}</w:r></w:p>",
    "<w:t>{{ x }}</w:t>",
    "{{ x }}",
]


def assert_harmless(content: bytes) -> None:
    """Refused in a sentence, or filled with nothing but values and what its author wrote."""
    try:
        filled = compile_template(content).fill({"x": "value", "y": [{"a": "1"}], "z": "", "number": 5})
    except Invalid as error:
        refusal = error
    else:
        assert_holds_values_alone(filled)
        return
    assert refusal.code.startswith("template_")
    assert refusal.message.endswith(".") or "”: " in refusal.message
    assert not LEAKS.search(refusal.message)


def assert_holds_values_alone(filled: bytes) -> None:
    open_package(filled)
    document = docx.Document(io.BytesIO(filled))
    assert not document.element.xpath("//w:instrText | //w:object")
    printed = "\n".join(document.element.xpath("//w:t/text()"))
    assert len(printed) < MOST_CHARACTERS
    assert not LEAKS.search(printed)


def test_there_are_enough_attacks() -> None:
    assert len(set(IN_ONE_PARAGRAPH)) + len(PLACES) >= 96


@pytest.mark.parametrize("text", IN_ONE_PARAGRAPH)
def test_an_attack_in_a_paragraph_gets_at_nothing(text: str) -> None:
    assert_harmless(letters.letter(text))


@pytest.mark.parametrize("inner", PLACES)
def test_an_attack_from_an_odd_place_gets_at_nothing(inner: str) -> None:
    assert_harmless(letters.with_body(inner))


@pytest.mark.parametrize("place", ["header", "footer"])
@pytest.mark.parametrize("tag", ["{{ x.__class__ }}", "{% set a = 1 %}", "{% if x %}", "{{ x|safe }}", "{d.x}"])
def test_headers_and_footers_are_no_way_around(place: str, tag: str) -> None:
    document = docx.Document(io.BytesIO(letters.letter("{{ x }}")))
    getattr(document.sections[0], place).paragraphs[0].text = tag
    written = io.BytesIO()
    document.save(written)
    with pytest.raises(Invalid) as refused:
        compile_template(written.getvalue()).fill({"x": "value"})
    assert place in str(refused.value.fields["part"])


@pytest.mark.parametrize("kind", ["footnotes", "endnotes"])
def test_notes_are_no_way_around(kind: str) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = f'<w:{kind} xmlns:w="{word}">{runs("{{ x.__class__ }}")}</w:{kind}>'
    content_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    types = letters.parts_of(letters.letter("x"))["[Content_Types].xml"].decode()
    override = f'<Override PartName="/word/{kind}.xml" ContentType="{content_type}"/></Types>'
    parts = {f"word/{kind}.xml": notes, "[Content_Types].xml": types.replace("</Types>", override)}
    with pytest.raises(Invalid):
        compile_template(letters.with_parts(letters.letter("x"), parts)).fill({"x": "value"})


@pytest.mark.parametrize(
    "value",
    [
        *(
            "{{ y }}",
            "{% set a = 1 %}",
            "{{ x.__class__ }}",
            "</w:t></w:r></w:p>",
            "<w:object/>",
            "&lt;",
            "]]>",
            "<!--",
        ),
        *("heraldrow2", "\x00\x0b\x1f", "\ud800", "\u202e", "{_{", "{#", "#}", "=cmd|' /C calc'!A0", "a" * 30_000),
    ],
)
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    filled = compile_template(letters.letter("[{{ x }}]", "{{ x|upper }}")).fill({"x": value})
    open_package(filled)
    visible = re.sub(r"[\x00-\x1f\ud800-\udfff]", "", value)
    assert docx.Document(io.BytesIO(filled)).paragraphs[0].text == f"[{visible}]"
