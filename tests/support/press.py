"""The press in LibreOffice's place."""

import pytest

from tests.support.functions import function
from tests.support.results import PdfPress


def install_press(monkeypatch: pytest.MonkeyPatch, press: PdfPress) -> PdfPress:
    """Puts the press in LibreOffice's place in the render function."""
    worker = function("workers/render")
    for user in (worker.rendering, worker.qualifying, worker.previews):
        monkeypatch.setattr(user, "_converter", press)
    monkeypatch.setattr(worker.qualifying, "_same_pages", lambda _one, _other: True)
    monkeypatch.setattr(worker.qualifying, "_page_count", lambda _pdf: 1)
    return press
