"""Rows share conversions where samples come out the same both ways, and nowhere else."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from herald.adapters.word.template import CompiledTemplate, compile_template
from herald.errors import Invalid
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.samples import sample_rows, sample_values, varied_rows
from herald.results.templates.model import Merging, TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from herald.values.expected_text import ExpectedText
from herald.values.sheet import Value
from tests.adapters.letters import letter, text_of
from tests.support.rendering import FaithfulConverter
from tests.support.results import TENANT, FakeConverter, Letter, Unconvertible

VERSION = TemplateVersion(TENANT, "letter", 3, "letter/3.docx", ("name",))
LOOP = ("{% for test in tests %}{{ test.value|number }} {{ test.unit }}{% endfor %}",)


@pytest.fixture(autouse=True)
def versions(results_cloud: None) -> TemplateVersionStore:
    store = TemplateVersionStore()
    store.add(VERSION)
    return store


def recorded() -> tuple[Merging, int]:
    """What later renderings know of the version: whether its rows may share a conversion, and how long they are."""
    version = TemplateVersionStore().get(TENANT, VERSION.template_id, VERSION.version)
    return version.merging, version.pages


def _equal(one: bytes, other: bytes) -> bool:
    return one == other


def _any_text(_pdf: bytes, _text: ExpectedText) -> bool:
    return True


@dataclass
class SmearingConverter(FaithfulConverter):
    """A converter that loses something where several rows share a conversion."""

    def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | Unconvertible:
        result = super().convert_merged(document, rows, deadline_seconds=deadline_seconds)
        return [*result[:-1], b"%PDF-smeared"] if isinstance(result, list) else result


def checked(
    converter: FakeConverter,
    *,
    template: Letter | CompiledTemplate | None = None,
    version: TemplateVersion = VERSION,
    examples: Sequence[Mapping[str, Value]] = (),
) -> TemplateVersion:
    check = MergeCheck(TemplateVersionStore(), converter, _equal, len, _any_text)
    return check.check(version, template or Letter(), deadline_seconds=20, examples=examples)


def test_samples_that_come_out_the_same_both_ways_make_a_template_faithful() -> None:
    version = checked(FaithfulConverter())

    assert version.merging is Merging.FAITHFUL
    assert recorded() == (Merging.FAITHFUL, version.pages)
    assert version.pages == len(b"%PDF-Name")


def test_one_sample_that_comes_out_differently_makes_a_template_unfaithful() -> None:
    version = checked(SmearingConverter())

    assert version.merging is Merging.UNFAITHFUL
    assert recorded()[0] is Merging.UNFAITHFUL


def test_a_template_that_cannot_be_merged_is_unfaithful_without_any_conversion() -> None:
    converter = FaithfulConverter()

    version = checked(converter, template=Letter(mergeable=False))

    assert (version.merging, converter.conversions) == (Merging.UNFAITHFUL, [])
    assert recorded() == (Merging.UNFAITHFUL, 0)


def test_samples_that_never_become_pdfs_make_a_template_unfaithful() -> None:
    version = checked(FaithfulConverter(failures={b"Name": ["pdf_document_refused"] * 9}))

    assert version.merging is Merging.UNFAITHFUL


@pytest.mark.parametrize("code", ["pdf_timed_out", "pdf_office_crashed"])
def test_a_crash_or_a_hang_says_nothing_of_a_template(code: str) -> None:
    converter = FaithfulConverter(failures={b"Name": [code]})

    version = checked(converter)
    assert (version.merging, recorded()) == (Merging.UNKNOWN, (Merging.UNKNOWN, 0))

    version = checked(converter, version=version)
    assert version.merging is Merging.FAITHFUL


@pytest.mark.parametrize("code", ["pdf_timed_out", "pdf_office_crashed"])
def test_a_crash_or_a_hang_over_all_samples_together_says_nothing_either(code: str) -> None:
    class Stumbling(FaithfulConverter):
        def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | Unconvertible:  # noqa: ARG002 - it fails at once
            return Unconvertible(code)

    version = checked(Stumbling())

    assert (version.merging, recorded()) == (Merging.UNKNOWN, (Merging.UNKNOWN, 0))


@pytest.mark.parametrize("failures", [{}, {b"Name": ["pdf_timed_out"]}])
def test_samples_that_take_too_long_in_all_make_a_template_unfaithful(failures: dict[bytes, list[str]]) -> None:
    converter = FaithfulConverter(failures=failures)
    moment = itertools.count(0, 39)
    check = MergeCheck(
        TemplateVersionStore(),
        converter,
        lambda one, other: one == other,
        len,
        lambda _pdf, _text: True,
        seconds=lambda: next(moment),
    )

    version = check.check(VERSION, Letter(), deadline_seconds=20)

    assert (version.merging, converter.conversions) == (Merging.UNFAITHFUL, [1])
    assert recorded() == (Merging.UNFAITHFUL, 0)


def test_real_rows_are_compared_too_and_tell_how_many_pages_a_row_has() -> None:
    version = checked(FaithfulConverter(), examples=[{"name": "Somebody with a longer name"}])

    assert version.pages == len(b"%PDF-Somebody with a longer name")


def test_a_sample_that_does_not_suit_the_template_is_left_out() -> None:
    class Picky(Letter):
        def fill(self, values: Mapping[str, Value]) -> bytes:
            if not values["name"]:
                raise Invalid("The name is empty.")
            return super().fill(values)

    version = checked(FaithfulConverter(), template=Picky())

    assert version.merging is Merging.FAITHFUL


def test_a_version_that_is_qualified_already_is_not_qualified_again() -> None:
    converter = FaithfulConverter()
    known = TemplateVersion(TENANT, "letter", 3, "letter/3.docx", ("name",), Merging.UNFAITHFUL)

    version = checked(converter, version=known)

    assert (version, converter.conversions, recorded()) == (known, [], (Merging.UNKNOWN, 0))


# ---------------------------------------------------------------- samples


@dataclass
class HidingConverter(FaithfulConverter):
    """A converter that loses something where several rows share a conversion, and one of them holds these words."""

    words: bytes = b""

    def _pressed(self, document: bytes) -> bytes:
        return b"%PDF-" + text_of(document).encode()

    def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | Unconvertible:  # noqa: ARG002 - it is quick
        return [b"%PDF-smeared"] * rows if self.words in text_of(document).encode() else self.pages

    pages: list[bytes] = field(default_factory=list)

    def convert(self, documents: Sequence[bytes], *, deadline_seconds: float) -> list[bytes | Unconvertible]:
        converted = super().convert(documents, deadline_seconds=deadline_seconds)
        self.pages += [page for page in converted if isinstance(page, bytes)]
        return converted


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{{ name }}", "{% if status == 'Positive' and count > 7 %}HIDDEN{% endif %}"),
        ("{{ name }}", "{% if status|lower in ['due', 'late'] %}HIDDEN{% endif %}"),
        ("{{ name }}", "{% if not vip %}{% else %}{% if fee <= 20 %}HIDDEN{% endif %}{% endif %}"),
        ("{{ name }}", "{% for test in tests %}{% if test.flag == 'H' %}HIDDEN{% endif %}{% endfor %}"),
        ("{{ name }}", "{% for test in tests %}{% if not loop.last %}HIDDEN{% endif %}{% endfor %}"),
        ("{{ name }}", "{% for test in tests %}x{% else %}HIDDEN{% endfor %}"),
        ("{{ name }}", "{{ 'HIDDEN' if name == 'Somebody' else '' }}"),
    ],
)
def test_what_a_condition_hides_is_among_the_samples(paragraphs: tuple[str, ...]) -> None:
    template = compile_template(letter(*paragraphs))

    assert checked(HidingConverter(words=b"HIDDEN"), template=template).merging is Merging.UNFAITHFUL
    assert checked(HidingConverter(words=b"NOWHERE"), template=template).merging is Merging.FAITHFUL


@pytest.mark.parametrize(
    "paragraph",
    [
        "{% if visit == due %}{% if visit != due %}HIDDEN{% endif %}{% endif %}",
        "{% if 'a' == 'b' %}HIDDEN{% endif %}",
        "{% for test in tests %}{% if loop.index > 900 %}HIDDEN{% endif %}{% endfor %}",
    ],
)
def test_a_template_with_a_condition_that_no_sample_moves_is_not_merged(paragraph: str) -> None:
    converter = FaithfulConverter()

    version = checked(converter, template=compile_template(letter("{{ name }}", paragraph)))

    assert (version.merging, converter.conversions) == (Merging.UNFAITHFUL, [])


def test_varied_rows_are_the_same_every_time() -> None:
    fields = compile_template(letter("{{ name }}", *LOOP)).fields

    assert list(itertools.islice(varied_rows(fields), 9)) == list(itertools.islice(varied_rows(fields), 9))


@pytest.mark.parametrize("paragraphs", [("Dear {{ name }},",), ('{{ visit|date("d MMMM") }} {{ fee|number }}',), LOOP])
def test_every_sample_row_fills_the_template_that_it_was_made_for(paragraphs: tuple[str, ...]) -> None:
    template = compile_template(letter(*paragraphs, "{% if fee > 100 %}A lot.{% endif %}"))

    for row in [sample_values(template.fields), *sample_rows(template.fields)]:
        assert template.fill(row)


def test_sample_values_say_what_they_stand_for_and_suit_the_filters() -> None:
    template = compile_template(letter('{{ birth_place }} {{ visit|date("d MMMM") }} {{ fee|number }}', *LOOP))

    values = sample_values(template.fields)

    assert values == {
        "birth_place": "Birth place",
        "visit": date(2026, 1, 25),
        "fee": 1234.5,
        "tests": [{"value": 1234.5, "unit": "Unit"}] * 3,
    }


def test_sample_rows_differ_in_length() -> None:
    template = compile_template(letter("{{ name }}", *LOOP))

    rows = sample_rows(template.fields)

    assert len({len(str(row["name"])) for row in rows}) == len(rows)
    assert len({len(row["tests"]) for row in rows if isinstance(row["tests"], list)}) == len(rows)
