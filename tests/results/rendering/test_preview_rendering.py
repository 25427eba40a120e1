"""A preview is one row through a template's version, or the reason why there is none."""

import pytest

from herald.adapters.aws.client import aws_client
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.previewing import PreviewProblem, PreviewRendering
from herald.results.templates.store import TemplateVersionStore
from tests.support.results import OTHER_TENANT, TENANT, FakeConverter, Letter, add_template, documents


@pytest.fixture
def template_id(results_cloud: None) -> str:
    return add_template().template_id


def previews(converter: FakeConverter | None = None) -> PreviewRendering:
    templates = CompiledTemplates(documents(), lambda _content: Letter(), lambda _content: Letter())
    return PreviewRendering(TemplateVersionStore(), templates, documents(), converter or FakeConverter())


def test_given_values_are_filled_in_and_the_pdf_is_kept_for_a_week(template_id: str) -> None:
    key = previews().render(TENANT, template_id, 1, {"name": "Zoë"})

    assert isinstance(key, str)
    assert key.startswith(f"{TENANT}/templates/{template_id}/preview/")
    assert documents().get(key).startswith("%PDF-Zoë".encode())
    tags = aws_client("s3").get_object_tagging(Bucket="documents-bucket", Key=key)["TagSet"]
    assert tags == [{"Key": "retention", "Value": "7"}]


def test_without_values_samples_stand_for_them(template_id: str) -> None:
    key = previews().render(TENANT, template_id, 1, None)

    assert isinstance(key, str)
    assert documents().get(key).startswith(b"%PDF-Name")


def test_the_same_preview_again_is_the_same_file(template_id: str) -> None:
    again = [previews().render(TENANT, template_id, 1, {"name": "Zoë"}) for _ in range(2)]
    other = previews().render(TENANT, template_id, 1, {"name": "Ana"})

    assert again[0] == again[1] != other


def test_values_that_do_not_fit_say_why(template_id: str) -> None:
    problem = previews().render(TENANT, template_id, 1, {"name": "refuse"})

    assert isinstance(problem, PreviewProblem)
    assert problem.code == "template_value"


def test_a_document_that_libreoffice_refuses_says_so(template_id: str) -> None:
    problem = previews().render(TENANT, template_id, 1, {"name": "jam"})

    assert isinstance(problem, PreviewProblem)
    assert problem.code == "pdf_document_refused"


@pytest.mark.parametrize(("tenant_id", "version"), [(TENANT, 2), (OTHER_TENANT, 1)])
def test_there_is_no_preview_of_a_version_that_is_not_there_or_another_tenants(
    template_id: str, tenant_id: str, version: int
) -> None:
    problem = previews().render(tenant_id, template_id, version, None)

    assert isinstance(problem, PreviewProblem)
    assert problem.code == "not_found"
