"""A template is slimmed where samples have proved that its pages stay the same, and nowhere else."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from herald.errors import Invalid
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.slimming_check import SlimmingCheck
from herald.results.templates.model import Merging, Slimming, TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from herald.values.sheet import Value
from tests.support.rendering import CHUNK, FaithfulConverter, batch_of, rendering
from tests.support.results import TENANT, FakeConverter, Letter, TextField, all_reports, documents

VERSION = TemplateVersion(TENANT, "letter", 3, "letter/3.docx", ("name",), Merging.FAITHFUL, 2)


@dataclass
class LostStyle(Letter):
    """A template that came out of slimming in another look."""

    def fill(self, values: Mapping[str, Value]) -> bytes:
        return super().fill(values) + b" in another style"


@dataclass
class Refused(Letter):
    """A template that suits no sample."""

    fields: Mapping[str, TextField] = field(default_factory=dict)

    def fill(self, values: Mapping[str, Value]) -> bytes:  # noqa: ARG002 - none of them is any good
        raise Invalid("There is no value that would do.")


@pytest.fixture(autouse=True)
def versions(results_cloud: None) -> TemplateVersionStore:
    store = TemplateVersionStore()
    store.add(VERSION)
    documents().put(VERSION.object_key, b"docx", content_type="application/octet-stream")
    return store


def templates(slimmed: Letter, *, whole: Letter | None = None) -> CompiledTemplates:
    return CompiledTemplates(documents(), lambda _content: whole or Letter(), lambda _content: slimmed)


def checked(
    converter: FakeConverter,
    slimmed: Letter,
    *,
    whole: Letter | None = None,
    seconds: Callable[[], float] = lambda: 0.0,
) -> TemplateVersion:
    check = SlimmingCheck(
        TemplateVersionStore(),
        templates(slimmed, whole=whole),
        converter,
        lambda one, other: one == other,
        seconds=seconds,
    )
    found = check.check(TENANT, VERSION.template_id, VERSION.version, deadline_seconds=20)
    assert found.slimming is TemplateVersionStore().get(TENANT, VERSION.template_id, VERSION.version).slimming
    return found


def test_a_template_whose_samples_look_the_same_without_what_is_unseen_is_slimmed() -> None:
    slimmed = Letter()

    version = checked(FaithfulConverter(), slimmed)

    assert version.slimming is Slimming.FAITHFUL
    assert templates(slimmed).of(version) is slimmed


def test_a_template_that_looks_another_way_is_rendered_as_it_was_uploaded() -> None:
    whole = Letter()

    version = checked(FaithfulConverter(), LostStyle())

    assert version.slimming is Slimming.UNFAITHFUL
    assert templates(LostStyle(), whole=whole).of(version) is whole


def test_a_template_is_rendered_as_it_was_uploaded_until_there_is_a_proof() -> None:
    whole = Letter()

    assert templates(Letter(), whole=whole).of(VERSION) is whole


@pytest.mark.parametrize(("whole", "slimmed"), [(Refused(), Letter()), (Letter(), Refused())])
def test_where_no_sample_can_be_compared_nothing_is_proved(whole: Letter, slimmed: Letter) -> None:
    assert checked(FaithfulConverter(), slimmed, whole=whole).slimming is Slimming.UNFAITHFUL


def test_a_template_that_cannot_be_slimmed_is_rendered_as_it_was_uploaded() -> None:
    def refuse(_content: bytes) -> Letter:
        raise Invalid("Nothing is left of it.")

    broken = CompiledTemplates(documents(), lambda _content: Letter(), refuse)
    check = SlimmingCheck(TemplateVersionStore(), broken, FaithfulConverter(), lambda _one, _other: True)

    version = check.check(TENANT, VERSION.template_id, VERSION.version, deadline_seconds=20)

    assert version.slimming is Slimming.UNFAITHFUL


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("pdf_document_refused", Slimming.UNFAITHFUL),
        ("pdf_timed_out", Slimming.UNKNOWN),
        ("pdf_office_crashed", Slimming.UNKNOWN),
    ],
)
def test_a_crash_or_a_hang_says_nothing_and_a_refusal_refutes(code: str, found: Slimming) -> None:
    assert checked(FaithfulConverter(failures={b"Name": [code]}), Letter()).slimming is found


def test_samples_that_take_too_long_prove_nothing() -> None:
    converter = FaithfulConverter()

    moment = itertools.count(0, 39)
    version = checked(converter, Letter(), seconds=lambda: next(moment))

    assert (version.slimming, converter.conversions) == (Slimming.UNFAITHFUL, [1])


def test_what_was_found_about_merging_before_is_found_out_anew() -> None:
    version = checked(FaithfulConverter(), Letter())

    assert (version.merging, version.pages) == (Merging.UNKNOWN, 0)
    stored = TemplateVersionStore().get(TENANT, VERSION.template_id, VERSION.version)
    assert (stored.merging, stored.pages) == (Merging.UNKNOWN, 0)


def test_a_version_is_checked_once() -> None:
    checked(FaithfulConverter(), Letter())
    again = FaithfulConverter()

    assert checked(again, LostStyle()).slimming is Slimming.FAITHFUL
    assert again.conversions == []


def test_a_batch_is_rendered_from_what_was_proved(results_cloud: None) -> None:
    batch = batch_of(["Ana", "Ben"])
    converter = FakeConverter()

    rendering(converter, slimmed=LostStyle(), same_slimmed=lambda _one, _other: False).render(
        TENANT, batch.batch_id, CHUNK
    )

    assert sorted(converter.printed) == [b"Ana", b"Ben"]
    assert all(report.pdf_key for report in all_reports(batch))
