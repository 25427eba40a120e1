"""What the tests of this package share."""

import pytest

from herald.results.reports.model import Report
from tests.support.events import BATCH, keep_sample_link
from tests.support.results import add_batch, rendered_batch


@pytest.fixture
def report(results_cloud: None) -> Report:
    """A report whose link was sent."""
    _, reports = rendered_batch(2, batch=add_batch(identifier=BATCH))
    keep_sample_link(reports[0])
    return reports[0]
