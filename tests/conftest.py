"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from local.stack.addresses import free_ports
from local.stack.running import RunningStack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole product from template.yaml on the local engine, started once per run on ports of its own."""
    with running_stack(tmp_path_factory.mktemp("stack"), free_ports()) as running:
        yield running
