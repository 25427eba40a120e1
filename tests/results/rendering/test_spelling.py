"""A template may spell a column its own way, and is rendered with its values nevertheless."""

from collections.abc import Mapping

from herald.results.batches.model import Chunk
from herald.results.batches.store import BatchStore
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.pictures import LoadedPictures
from herald.results.rendering.service import Rendering
from herald.results.rendering.settling import Settling
from herald.results.templates.store import TemplateVersionStore
from herald.values.sheet import Value
from tests.support.results import (
    PASSWORDS,
    FakeConverter,
    Letter,
    TextField,
    add_batch,
    all_reports,
    documents,
    fill_batch,
    reports_store,
    row_of,
    settlements,
)


class Capitals(Letter):
    """A letter whose one tag is ``{{ Name }}``."""

    def fill(self, values: Mapping[str, Value]) -> bytes:
        return super().fill({"name": values["Name"]})


def test_a_row_is_printed_under_the_templates_spelling(results_cloud: None) -> None:
    converter, versions = FakeConverter(), TemplateVersionStore()
    template = Capitals(fields={"Name": TextField()})
    rendering = Rendering(
        BatchStore(),
        reports_store(),
        versions,
        CompiledTemplates(documents(), lambda _content: template),
        converter,
        MergeCheck(versions, FakeConverter(), lambda _one, _other: True, lambda _pdf: 1),
        Settling(reports_store(), settlements(), documents(), PASSWORDS, lambda pdf, _password: pdf),
        LoadedPictures(documents()),
    )
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2, name="Zoë")])

    rendering.render(batch.tenant_id, batch.batch_id, Chunk(2, 2))

    assert converter.printed == ["Zoë".encode()]
    assert all_reports(batch)[0].values == {"name": "Zoë"}
