"""The press in LibreOffice's place."""

import pytest

from herald.results.composition import results
from herald.results.rendering.merge_check import MergeCheck
from tests.support.functions import function
from tests.support.results import PdfPress


def install_press(monkeypatch: pytest.MonkeyPatch, press: PdfPress) -> PdfPress:
    """Puts the press in LibreOffice's place in the render function; samples of one page come out the same both ways."""
    parts, worker = results(), function("workers/render")
    parts.converter = press
    parts.merge_check = MergeCheck(parts.version_store, press, lambda _one, _other: True, lambda _pdf: 1)
    monkeypatch.setattr(worker, "rendering", parts.rendering)
    monkeypatch.setattr(worker, "previews", parts.preview_rendering)
    return press
