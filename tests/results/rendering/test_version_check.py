"""A template that no PDF can be made of is found right after its upload, and not by the first batch."""

from collections.abc import Mapping

import pytest

from herald.errors import Invalid, Unprocessable
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.slimming_check import SlimmingCheck
from herald.results.rendering.version_check import VersionCheck
from herald.results.templates.model import Merging, Template, TemplateProblem, TemplateStatus, TemplateVersion
from herald.results.templates.store import TemplateStore, TemplateVersionStore
from herald.values.sheet import Value
from tests.support.results import NOW, TENANT, FakeConverter, Letter, add_batch, add_template, documents


@pytest.fixture
def template(results_cloud: None) -> Template:
    return add_template()


def checked(template: Template, converter: FakeConverter, letter: Letter | None = None) -> TemplateVersion:
    versions, letter = TemplateVersionStore(), letter or Letter()
    compiled = CompiledTemplates(documents(), lambda _content: letter, lambda _content: letter)
    slimming_check = SlimmingCheck(versions, compiled, FakeConverter(), lambda _one, _other: True)
    merge_check = MergeCheck(
        versions, FakeConverter(), lambda _one, _other: True, lambda _pdf: 1, lambda _pdf, _text: True
    )
    check = VersionCheck(TemplateStore(), versions, compiled, converter, slimming_check, merge_check, clock=lambda: NOW)
    return check.check(TENANT, template.template_id, 1)


@pytest.mark.parametrize("letter", [Letter(), Letter(mergeable=False)])
def test_a_template_that_libreoffice_refuses_has_failed_and_no_batch_begins_with_it(
    template: Template, letter: Letter
) -> None:
    version = checked(template, FakeConverter(failures={b"Name": ["pdf_document_refused"]}), letter)

    failed = TemplateStore().get(TENANT, template.template_id)
    assert version.merging is Merging.UNKNOWN
    assert failed.status is TemplateStatus.FAILED
    assert failed.problem is not None
    assert failed.problem.code == "template_not_convertible"
    with pytest.raises(Unprocessable):
        add_batch(failed)


def test_a_template_that_says_a_character_that_no_font_has_has_failed_and_says_which(template: Template) -> None:
    class Unprintable(Letter):
        def fill(self, values: Mapping[str, Value]) -> bytes:  # noqa: ARG002 - none of them is any good
            raise Invalid("No U+0378.", code="template_character_missing", fields={"paragraph": "Yours"})

    checked(template, FakeConverter(), Unprintable())

    failed = TemplateStore().get(TENANT, template.template_id)
    assert failed.status is TemplateStatus.FAILED
    assert failed.problem == TemplateProblem("template_character_missing", "No U+0378.", "Yours")


@pytest.mark.parametrize("code", ["pdf_timed_out", "pdf_office_crashed"])
def test_a_crash_or_a_hang_fails_no_template(template: Template, code: str) -> None:
    checked(template, FakeConverter(failures={b"Name": [code]}))

    assert TemplateStore().get(TENANT, template.template_id).status is TemplateStatus.READY


def test_a_template_that_made_up_values_do_not_suit_is_left_to_real_ones(template: Template) -> None:
    class Picky(Letter):
        def fill(self, values: Mapping[str, Value]) -> bytes:
            raise Invalid(f"No {values['name']}.")

    checked(template, FakeConverter(), Picky())

    assert TemplateStore().get(TENANT, template.template_id).status is TemplateStatus.READY


def test_a_newer_version_is_not_failed_by_what_is_found_of_an_older_one(template: Template) -> None:
    newer = TemplateVersion(TENANT, template.template_id, 2, template.object_key, ("name",))
    TemplateStore().publish(newer, upload="b", warnings=(), now=NOW)

    checked(template, FakeConverter(failures={b"Name": ["pdf_document_refused"]}))

    assert TemplateStore().get(TENANT, template.template_id).status is TemplateStatus.READY
