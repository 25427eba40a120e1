from collections.abc import Iterator

import pytest

from herald.adapters.pdf.converter import OfficeConverter


@pytest.fixture(scope="session")
def converter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeConverter]:
    """One LibreOffice for all tests of a process; a test that attacks it starts its own."""
    with OfficeConverter(tmp_path_factory.mktemp("office")) as running:
        yield running
