"""The render function's three kinds of work, as they reach it."""

from collections.abc import Iterator

import pytest

from herald.results.batches.model import Batch
from herald.results.templates.model import Merging
from herald.results.templates.store import TemplateVersionStore
from tests.adapters.letters import letter
from tests.support.converter import in_place_of_office
from tests.support.events import BATCH, TEMPLATE, sample_event
from tests.support.functions import invoke
from tests.support.results import TENANT, FakeConverter, add_batch, add_template, documents, fill_batch, row_of


@pytest.fixture
def batch(results_cloud: None) -> Iterator[Batch]:
    """A batch of two rows, with the converter in LibreOffice's place."""
    content = letter('Dear {{ name }}, {{ fee|default("nothing") }}')
    batch = add_batch(add_template(identifier=TEMPLATE, content=content), identifier=BATCH)
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3)])
    with in_place_of_office(FakeConverter()):
        yield batch


def test_a_chunk_is_rendered_and_its_template_qualified_on_the_way(batch: Batch) -> None:
    assert invoke("workers/render", sample_event("workers/render/chunk")) == {"rendered": 2, "failed": 0}

    assert TemplateVersionStore().get(TENANT, TEMPLATE, 1).merging is Merging.FAITHFUL


def test_a_template_is_qualified_before_any_batch_needs_it(batch: Batch) -> None:
    answer = invoke("workers/render", sample_event("workers/render/merge_check"))

    assert answer == {"merging": "faithful", "pages": 1}
    assert TemplateVersionStore().get(TENANT, TEMPLATE, 1).merging is Merging.FAITHFUL


def test_a_preview_answers_with_the_key_of_its_pdf(batch: Batch) -> None:
    answer = invoke("workers/render", sample_event("workers/render/preview"))

    assert documents().get(answer["pdf_key"]).startswith(b"%PDF-")


def test_a_preview_of_values_that_do_not_fit_answers_with_the_problem(batch: Batch) -> None:
    event = sample_event("workers/render/preview")
    event["preview"]["values"] = {}

    problem = invoke("workers/render", event)["problem"]

    assert problem["code"] == "template_value_missing"
    assert problem["fields"]["placeholder"] == "name"
