"""A report is removed; who may not reach it does not learn of it."""

from dataclasses import replace

import pytest

from herald.errors import NotFound
from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.corrections.store import CorrectionStore
from herald.results.reports.model import Report
from tests.support.corrections import correct, deletions, reports, use_case
from tests.support.rendering import counts, mark_deleted
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    documents,
)


def test_a_deleted_report_is_gone_with_its_pdf_and_counts_no_more(report: Report) -> None:
    deletions().delete(TENANT, report.report_id)

    assert counts(report) == (1, 1, 0)
    with pytest.raises(NotFound):
        documents().get(report.pdf_key)
    for ask in (reports().get, deletions().delete, use_case().retry):
        with pytest.raises(NotFound):
            ask(TENANT, report.report_id)


def test_a_report_that_waits_or_failed_can_be_deleted(failed: Report) -> None:
    deletions().delete(TENANT, failed.report_id)

    assert counts(failed) == (0, 0, 0)
    assert BatchStore().get(TENANT, failed.batch_id).status is BatchStatus.COMPLETED, "nothing is left to wait for"


def test_nothing_of_a_deleted_batch_is_there(report: Report) -> None:
    mark_deleted(report)

    with pytest.raises(NotFound):
        reports().get(TENANT, report.report_id)
    with pytest.raises(NotFound):
        CorrectionStore().change(report, replace(report, downloads=1), now=NOW)
    with pytest.raises(NotFound):
        correct(report, name="Amara")


def test_another_tenant_reaches_no_report(report: Report) -> None:
    for ask in (reports().get, deletions().delete, use_case().retry):
        with pytest.raises(NotFound):
            ask(OTHER_TENANT, report.report_id)
