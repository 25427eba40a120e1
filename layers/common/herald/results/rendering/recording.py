"""Storing the PDFs of rows and recording what became of them.

Rows that were changed or removed while they were rendered are left alone, and no PDF stays that nothing leads to.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from herald.errors import Unavailable
from herald.results.batches.model import RETENTION_DAYS, Batch, BatchProblem, Chunk
from herald.results.files import PDF_TYPE
from herald.results.passwords import ReportPasswords
from herald.results.ports import ObjectStore
from herald.results.rendering.model import Rendered
from herald.results.rendering.printing import Printed
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.model import Place, Report
from herald.results.reports.row_values import encode
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock, utc_now

_UNPROTECTED = "pdf_protection_failed"
_UPLOADS_AT_ONCE = 8
"""S3 answers in some twenty milliseconds, so that eight at once keep up with one LibreOffice."""


_log = logging.getLogger(__name__)


class Recording:
    """Several rows at a time: their PDFs at once, their outcomes in one transaction."""

    def __init__(
        self,
        reports: ReportStore,
        outcome_store: OutcomeStore,
        objects: ObjectStore,
        passwords: ReportPasswords,
        protect_pdf: Callable[[bytes, str], bytes],
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._reports = reports
        self._outcome_store = outcome_store
        self._objects = objects
        self._passwords = passwords
        self._protect_pdf = protect_pdf
        self._clock = clock
        self._uploads = ThreadPoolExecutor(_UPLOADS_AT_ONCE, thread_name_prefix="uploads")

    def record(self, batch: Batch, printed: Sequence[Printed]) -> list[Rendered]:
        """Stores what was printed; gives what was recorded: nothing where the batch is gone."""
        self._outcome_store.postpone([row.report for row in printed if row.postponed])
        printed = [row for row in printed if not row.postponed]
        outcomes = list(self._uploads.map(partial(self._store, batch), printed))
        recorded = self._outcome_store.record(batch.tenant_id, batch.batch_id, outcomes, now=self._clock())
        kept = {outcome.row for outcome in recorded}
        for row, outcome in zip(printed, outcomes, strict=True):
            if outcome.row in kept:
                self._forget_old_pdf(row.report, outcome)
            else:
                self._forget_stale_pdf(batch, outcome)
        return recorded

    def _store(self, batch: Batch, printed: Printed) -> Rendered:
        report, problem = printed.report, printed.problem
        if problem is None and batch.protect_pdf and not report.recipient.sealed_password:
            problem = BatchProblem("password_missing", "This row has no password to protect its PDF with.", report.row)
        if problem is not None:
            return Rendered(report.row, problem=problem, revision=report.revision)
        key = pdf_key(batch, report)
        content = self._protected(batch, printed)
        if isinstance(content, BatchProblem):
            return Rendered(report.row, problem=content, revision=report.revision)
        tags = {"retention": str(lifecycle_days(batch, now=self._clock()))}
        self._objects.put_once(key, content, content_type=PDF_TYPE, tags=tags)
        return Rendered(report.row, pdf_key=key, revision=report.revision)

    def _protected(self, batch: Batch, printed: Printed) -> bytes | BatchProblem:
        if not batch.protect_pdf:
            return printed.pdf
        report = printed.report
        try:
            password = self._passwords.unseal(report.report_id, report.recipient.sealed_password)
        except Unavailable as error:
            if error.code != "password_unreadable":
                raise
            return BatchProblem(_UNPROTECTED, error.message, report.row)
        try:
            return self._protect_pdf(printed.pdf, password)
        except Exception:  # noqa: BLE001 - whatever is wrong with one document, the others of its portion are well
            _log.exception("a PDF could not be protected")
            return BatchProblem(_UNPROTECTED, "This row's PDF could not be protected.", report.row)

    def _forget_old_pdf(self, report: Report, outcome: Rendered) -> None:
        if report.pdf_key and report.pdf_key != outcome.pdf_key:
            self._objects.delete(report.pdf_key)

    def _forget_stale_pdf(self, batch: Batch, outcome: Rendered) -> None:
        if not outcome.pdf_key:
            return
        now_there = self._reports.chunk(batch.tenant_id, batch.batch_id, Chunk(outcome.row, outcome.row))
        # Another invocation may have recorded the very same rendering a moment earlier.
        if all(report.pdf_key != outcome.pdf_key for report in now_there):
            self._objects.delete(outcome.pdf_key)


def lifecycle_days(batch: Batch, *, now: datetime) -> int:
    """The shortest of S3's rules that keeps what is stored now for as long as its batch: they count from the storing.

    Where a rule is longer than what is left, the PDF goes with its report (`herald.results.erasure.expired_pdfs`).
    """
    left = batch.retained_until - now
    return next((days for days in RETENTION_DAYS if timedelta(days=days) >= left), RETENTION_DAYS[-1])


def pdf_key(batch: Batch, report: Report) -> str:
    """Where a report's PDF is kept: by what it was made of, as the bytes of two conversions differ."""
    source = f"{batch.template_key}\n{report.revision}\n{batch.protect_pdf}\n{encode(report.values)}"
    return f"{pdf_keys_of(report.place)}{hashlib.sha256(source.encode()).hexdigest()[:12]}.pdf"


def pdf_keys_of(place: Place) -> str:
    """How the keys of a row's PDFs begin, those of all its revisions."""
    return f"{place.tenant_id}/{place.batch_id}/pdf/{place.row:07d}-"
