"""A template may spell a column its own way, and is rendered with its values nevertheless."""

from collections.abc import Mapping

from herald.results.batches.model import Chunk
from herald.values.sheet import Value
from tests.support.rendering import batch_of, rendering
from tests.support.results import (
    FakeConverter,
    Letter,
    TextField,
    all_reports,
)


class Capitals(Letter):
    """A letter whose one tag is ``{{ Name }}``."""

    def fill(self, values: Mapping[str, Value]) -> bytes:
        return super().fill({"name": values["Name"]})


def test_a_row_is_printed_under_the_templates_spelling(results_cloud: None, converter: FakeConverter) -> None:
    template = Capitals(fields={"Name": TextField()})
    batch = batch_of(["Zoë"])

    rendering(converter, letter=template).render(batch.tenant_id, batch.batch_id, Chunk(2, 2))

    assert converter.printed == ["Zoë".encode()]
    assert all_reports(batch)[0].values == {"name": "Zoë"}
