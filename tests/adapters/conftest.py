from collections.abc import Iterator
from pathlib import Path

import pytest

from herald.adapters.pdf.converter import OfficeConverter


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile that LibreOffice has been started with, from which it starts in half the time."""
    folder = tmp_path_factory.mktemp("seed")
    with OfficeConverter(folder) as first:
        first.start()
    return folder / "profile"


@pytest.fixture(scope="session")
def converter(tmp_path_factory: pytest.TempPathFactory, seed: Path) -> Iterator[OfficeConverter]:
    """One LibreOffice for all tests of a process; a test that attacks it starts its own."""
    with OfficeConverter(tmp_path_factory.mktemp("office"), seed=seed) as running:
        yield running
