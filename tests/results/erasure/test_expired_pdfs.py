"""No PDF outlives its report: what DynamoDB removes because its time is over takes its PDF with it."""

from typing import Any

import pytest

from herald.results.reports.model import Report
from tests.support.cloud import stored_items
from tests.support.objects import keys_in
from tests.support.results import rendered_batch
from tests.support.stream import TableStream, tell

BY_EXPIRY = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}


@pytest.fixture
def reports(results_cloud: None) -> list[Report]:
    """Two reports with their PDFs."""
    return rendered_batch(2)[1]


def stored_pdfs() -> list[str]:
    return [key for key in keys_in("documents-bucket") if key.endswith(".pdf")]


def removal_of(report: Report) -> dict[str, Any]:
    (row,) = [item for item in stored_items("RESULTS_TABLE") if item.get("report_id") == {"S": report.report_id}]
    return TableStream().record(dict(row), None)


def test_an_expired_report_takes_its_pdf_with_it_and_no_other(reports: list[Report]) -> None:
    for _ in range(2):
        tell([removal_of(reports[0]) | BY_EXPIRY])

    assert stored_pdfs() == [reports[1].pdf_key]


def test_a_report_that_somebody_removed_or_changed_is_left_to_whoever_did(reports: list[Report]) -> None:
    removal = removal_of(reports[0])
    change = removal["dynamodb"]

    tell([removal, {**removal, "eventName": "MODIFY", "dynamodb": {**change, "NewImage": change["OldImage"]}}])

    assert len(stored_pdfs()) == 2


def test_an_expired_report_without_a_pdf_is_no_fault(reports: list[Report]) -> None:
    removal = removal_of(reports[0])
    del removal["dynamodb"]["OldImage"]["pdf_key"]

    tell([removal | BY_EXPIRY])

    assert len(stored_pdfs()) == 2
