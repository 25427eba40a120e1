"""The converter in LibreOffice's place."""

from collections.abc import Iterator
from contextlib import contextmanager

from herald.results.composition import results
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.slimming_check import SlimmingCheck
from tests.support.functions import started_anew
from tests.support.results import FakeConverter


@contextmanager
def in_place_of_office(converter: FakeConverter) -> Iterator[FakeConverter]:
    """Has the render function convert with it; samples of one page come out the same both ways."""
    parts = results()
    parts.converter = converter
    parts.slimming_check = SlimmingCheck(
        parts.version_store, parts.compiled_templates, converter, lambda _one, _other: True
    )
    parts.merge_check = MergeCheck(
        parts.version_store, converter, lambda _one, _other: True, lambda _pdf: 1, lambda _pdf, _text: True
    )
    with started_anew("workers/render"):
        yield converter
