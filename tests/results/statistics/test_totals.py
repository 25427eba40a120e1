"""What the sums of a tenant or a batch say."""

import pytest

from herald.results.batches.model import BatchStatus
from herald.results.reports.model import DeliveryStatus
from herald.results.statistics.changes import Image, Subject
from herald.results.statistics.model import Totals, counted


def row(status: str, delivery: str = "not_sent", **more: str) -> Image:
    return {"status": status, "delivery_status": delivery, **more}


def test_nothing_yet_is_nought_everywhere_and_no_rate() -> None:
    totals = Totals()

    assert set(totals.deliveries.values()) == {0}
    assert set(totals.reports.values()) == {0}
    assert BatchStatus.DELETED not in totals.batches
    assert (totals.attempted, totals.templates, totals.downloads, totals.opened) == (0, 0, 0, 0)
    assert totals.delivery_rate is None
    assert totals.updated_at is None


def test_the_rate_is_a_share_of_those_whose_delivery_has_ended() -> None:
    totals = Totals({"delivery.delivered": 2, "delivery.undelivered": 1, "delivery.sent": 5, "delivery.not_sent": 9})

    assert totals.delivery_rate == 0.6667


@pytest.mark.parametrize(("status", "attempted"), [("not_sent", 0), ("scheduled", 0), ("queued", 1), ("delivered", 1)])
def test_a_report_is_attempted_once_its_sending_has_begun(status: str, attempted: int) -> None:
    assert Totals({f"delivery.{status}": 1}).attempted == attempted


def test_the_most_frequent_errors_come_first_and_ten_at_most() -> None:
    counts = {f"error.{30000 + number}": number for number in range(12)}

    errors = Totals({**counts, "error.21610": 99}).errors

    assert errors[0] == ("21610", 99)
    assert len(errors) == 10
    assert ("30000", 0) not in errors


@pytest.mark.parametrize(
    ("image", "counts"),
    [
        ({}, {}),
        (row("pending"), {"report.pending": 1}),
        (row("ready"), {"report.ready": 1, "delivery.not_sent": 1}),
        (row("pending", "delivered"), {"report.pending": 1, "delivery.delivered": 1}),
        (row("ready", "sent", delivery_error="30003"), {"report.ready": 1, "delivery.sent": 1}),
        (
            row("ready", "failed", delivery_error="21610"),
            {"report.ready": 1, "delivery.failed": 1, "error.21610": 1},
        ),
        (
            row("ready", "delivered", downloads="3"),
            {"report.ready": 1, "delivery.delivered": 1, "download": 3, "opened": 1},
        ),
    ],
)
def test_a_row_counts_for_what_it_is(image: Image, counts: dict[str, int]) -> None:
    assert counted(Subject.REPORT, image) == counts


@pytest.mark.parametrize("status", DeliveryStatus)
def test_every_status_of_delivery_has_its_sum(status: DeliveryStatus) -> None:
    assert Totals(counted(Subject.REPORT, row("ready", status.value))).deliveries[status] == 1
