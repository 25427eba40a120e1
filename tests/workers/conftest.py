"""What the tests of this package share."""

import pytest

from tests.support.cloud import cloud, results_cloud
from tests.support.stream import TableStream

__all__ = ["cloud", "results_cloud"]


@pytest.fixture
def stream(results_cloud: None) -> TableStream:
    return TableStream()
