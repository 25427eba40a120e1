"""The use cases of single reports over the real stores, and rows for them."""

import os
from dataclasses import replace

from herald.adapters.aws.queue import Queue
from herald.adapters.aws.workflow import Workflow
from herald.results.batches.model import BatchProblem
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.corrections.deleting import Deletions
from herald.results.corrections.model import Correction
from herald.results.corrections.service import Corrections
from herald.results.corrections.store import CorrectionStore
from herald.results.reports.model import Report
from herald.results.reports.service import Reports
from herald.results.templates.store import TemplateVersionStore
from tests.support.queues import RememberingQueue
from tests.support.results import (
    NOW,
    PASSWORDS,
    TENANT,
    add_batch,
    add_template,
    all_reports,
    documents,
    fill_batch,
    reports_store,
    row_of,
)

TOO_SLOW = BatchProblem("pdf_timed_out", "LibreOffice took too long.", 2)
NO_PHONE = BatchProblem("phone_invalid", "This is not a phone number.", 2, "Mobile")
NO_FEE = BatchProblem("excel_error", "The cell shows #DIV/0!.", 2, "Fee")
NO_PASSWORD = BatchProblem("password_missing", "This row has no password.", 2, "Password")


def reports() -> Reports:
    return Reports(BatchStore(), reports_store())


def use_case(corrections: CorrectionStore | None = None, workflow: Workflow | None = None) -> Corrections:
    return Corrections(
        reports(),
        BatchStore(),
        TemplateVersionStore(),
        corrections or CorrectionStore(),
        workflow or Workflow(os.environ["BATCH_MACHINE_ARN"]),
        PASSWORDS,
        clock=lambda: NOW,
    )


def deletions(queue: RememberingQueue | None = None) -> Deletions:
    return Deletions(
        reports(),
        BatchStore(),
        CorrectionStore(),
        documents(),
        queue or Queue(os.environ["ERASURES_QUEUE_URL"]),
        clock=lambda: NOW,
    )


def correct(report: Report, **corrections: object) -> Report:
    return use_case().update(TENANT, report.report_id, Correction(**corrections))  # type: ignore[arg-type]  # as the test wrote it


def bad_row(*problems: BatchProblem, protect_pdf: bool = False, phone: str = "") -> Report:
    """A row whose workbook was wrong about it."""
    batch = add_batch(add_template(placeholders=("name", "fee")))
    if protect_pdf:
        BatchRow(batches_partition(TENANT), batch.batch_id).update(actions=[BatchRow.protect_pdf.set(True)])
    first, *further = problems
    told = [{"code": other.code, "message": other.message, "column": other.column} for other in further]
    row = row_of(batch, 2, bad=True, password="")
    problem = replace(first, details={"further_problems": told} if told else {})
    recipient = replace(row.recipient, phone=phone)
    values = {"name": "Person 2", "mobile": None, "fee": None}
    fill_batch(batch, [replace(row, problem=problem, recipient=recipient, values=values), row_of(batch, 3)])
    return all_reports(batch)[0]
