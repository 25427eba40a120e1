"""What the tests of this package share."""

import pytest

from herald.results.rendering.model import Rendered
from herald.results.reports.model import Report
from tests.support.corrections import TOO_SLOW
from tests.support.results import (
    NOW,
    TENANT,
    add_batch,
    all_reports,
    fill_batch,
    outcome_store,
    rendered_batch,
    row_of,
)


@pytest.fixture
def report(results_cloud: None) -> Report:
    """The first of two rendered ones; the template shows the name alone."""
    return rendered_batch(2)[1][0]


@pytest.fixture
def failed(results_cloud: None) -> Report:
    """It failed in rendering."""
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, problem=TOO_SLOW)], now=NOW)
    return all_reports(batch)[0]
