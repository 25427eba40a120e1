"""The converter in LibreOffice's place."""

import pytest

from herald.results.composition import results
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.slimming_check import SlimmingCheck
from tests.support.functions import function
from tests.support.results import FakeConverter


def install_converter(monkeypatch: pytest.MonkeyPatch, converter: FakeConverter) -> FakeConverter:
    """Has the render function convert with it; samples of one page come out the same both ways."""
    parts, worker = results(), function("workers/render")
    parts.converter = converter
    parts.slimming_check = SlimmingCheck(
        parts.version_store, parts.compiled_templates, converter, lambda _one, _other: True
    )
    parts.merge_check = MergeCheck(
        parts.version_store, converter, lambda _one, _other: True, lambda _pdf: 1, lambda _pdf, _text: True
    )
    monkeypatch.setattr(worker, "rendering", parts.rendering)
    monkeypatch.setattr(worker, "previews", parts.preview_rendering)
    monkeypatch.setattr(worker, "versions", parts.version_check)
    return converter
