"""Of several who move a delivery on, one does."""

import pytest

from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report
from tests.support.rendering import batch_of
from tests.support.results import (
    NOW,
    all_reports,
    current,
)


@pytest.fixture
def report(results_cloud: None) -> Report:
    return all_reports(batch_of(["Person 2"]))[0]


def test_a_delivery_moves_on_only_from_where_it_may(report: Report) -> None:
    def queue(delivery_id: str) -> bool:
        return DeliveryStore().begin(
            report.place, now=NOW, delivery_id=delivery_id, from_statuses=[DeliveryStatus.NOT_SENT]
        )

    assert [queue("delivery-1"), queue("delivery-2")] == [True, False]
    assert current(report).delivery_id == "delivery-1"
