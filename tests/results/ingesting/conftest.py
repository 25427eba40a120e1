"""What the tests of this package share."""

import pytest

from herald.results.batches.model import Batch
from tests.support.clock import FakeClock
from tests.support.results import NOW, add_batch
from tests.support.workbook_reading import upload


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """A batch whose workbook has arrived."""
    batch = add_batch()
    upload(batch, b"PK")
    return batch
