"""What the tests of this package share."""

import pytest

from tests.support.results import FakeConverter


@pytest.fixture
def converter() -> FakeConverter:
    return FakeConverter()
