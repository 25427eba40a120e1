"""Where a report's PDF is fetched, and what it is called when it is saved."""

from urllib.parse import parse_qs, urlsplit

import pytest

from herald.errors import NotFound, Unprocessable
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.reports.model import Report
from herald.results.reports.pdf_addresses import PdfAddresses
from herald.results.reports.service import Reports
from tests.support.results import (
    OTHER_TENANT,
    TENANT,
    add_batch,
    documents,
    fill_batch,
    rendered_batch,
    reports_store,
    row_of,
)


@pytest.fixture
def report(results_cloud: None) -> Report:
    return rendered_batch(1)[1][0]


def addresses() -> PdfAddresses:
    return PdfAddresses(Reports(BatchStore(), reports_store()), documents())


def disposition_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["response-content-disposition"][0]


def test_staff_save_a_pdf_under_the_name_of_its_batch_and_its_row(report: Report) -> None:
    row = BatchRow(batches_partition(TENANT), report.batch_id)
    row.update(actions=[BatchRow.name.set('Résultats\r\n"novembre" / 2026')])

    address = addresses().for_staff(TENANT, report.report_id, disposition="attachment")

    assert report.pdf_key in address
    assert disposition_of(address) == 'attachment; filename="resultats-novembre-2026-2.pdf"'


def test_a_recipient_saves_a_pdf_under_a_name_that_tells_nothing(report: Report) -> None:
    address = addresses().for_recipient(report, disposition="inline")

    assert report.pdf_key in address
    assert disposition_of(address) == 'inline; filename="report.pdf"'


def test_a_report_of_another_tenant_has_no_address(report: Report) -> None:
    with pytest.raises(NotFound):
        addresses().for_staff(OTHER_TENANT, report.report_id, disposition="inline")


def test_a_report_without_a_pdf_has_no_address(results_cloud: None) -> None:
    batch = add_batch()
    report = row_of(batch, 2)
    fill_batch(batch, [report])

    with pytest.raises(Unprocessable):
        addresses().for_staff(TENANT, report.report_id, disposition="inline")
    with pytest.raises(Unprocessable):
        addresses().for_recipient(report, disposition="inline")
