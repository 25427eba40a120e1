"""Reports one by one: corrected, their links withdrawn, rendered again."""

from dataclasses import replace

from herald.errors import Conflict, Unprocessable
from herald.results.batches.executions import (
    execution_of_row,
    rendering_input,
)
from herald.results.batches.model import Batch, Chunk
from herald.results.batches.store import BatchStore
from herald.results.corrections.model import Correction, Corrector
from herald.results.corrections.store import CorrectionStore
from herald.results.passwords import ReportPasswords
from herald.results.ports import Workflow
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.service import Reports
from herald.results.templates.store import TemplateVersionStore
from herald.values.clock import Clock, utc_now

_TRIES = 3


class Corrections:
    def __init__(
        self,
        reports: Reports,
        batches: BatchStore,
        versions: TemplateVersionStore,
        corrections: CorrectionStore,
        workflow: Workflow,
        passwords: ReportPasswords,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._reports = reports
        self._batches = batches
        self._versions = versions
        self._corrections = corrections
        self._workflow = workflow
        self._passwords = passwords
        self._clock = clock

    def update(self, tenant_id: str, report_id: str, correction: Correction) -> Report:
        """Corrects a row; where its document changes by it, or was not made yet, the row is rendered anew.

        Raises:
            NotFound: there is no such report.
            Invalid: the phone number is none.
            Unprocessable: a value has no placeholder, or the row would be too large.
            Conflict: somebody else keeps changing it.
        """
        for _ in range(_TRIES):
            report, batch = self._reports.with_batch(tenant_id, report_id)
            corrected = self._corrector(batch).correct(report, correction)
            changed = replace(corrected.report, updated_at=self._clock())
            if corrected.rendered_anew:
                if self._render_anew(batch, report, changed):
                    return self._reports.get(tenant_id, report_id)
            elif self._corrections.change(report, changed, now=changed.updated_at):
                return self._reports.get(tenant_id, report_id)
        raise report_busy()

    def withdraw_links(self, tenant_id: str, report_id: str) -> Report:
        """Makes every link that was sent lead nowhere, and with them what was opened by them.

        Raises:
            NotFound: there is no such report.
            Conflict: somebody else keeps changing it.
        """
        for _ in range(_TRIES):
            report = self._reports.get(tenant_id, report_id)
            withdrawn = replace(report.with_links_withdrawn(), updated_at=self._clock())
            if self._corrections.change(report, withdrawn, now=withdrawn.updated_at):
                return self._reports.get(tenant_id, report_id)
        raise report_busy()

    def retry(self, tenant_id: str, report_id: str) -> Report:
        """Renders a failed report again; harmless where that was asked for before.

        Raises:
            NotFound: there is no such report.
            Unprocessable: it has not failed (``report_not_failed``), or would fail again as it is
                (``report_needs_correction``).
            Conflict: somebody else is changing it.
        """
        report, batch = self._reports.with_batch(tenant_id, report_id)
        if report.status is ReportStatus.PENDING and report.execution == execution_of_row(
            report.batch_id, report.row, revision=report.revision
        ):
            # This was asked for before, and its start perhaps not reached: starting is harmless twice.
            self._start(batch, report)
            return report
        if report.status is not ReportStatus.FAILED:
            raise Unprocessable("This report has not failed.", code="report_not_failed")
        if report.problem is not None and not report.problem.may_pass:
            raise Unprocessable(
                f"As it is, this row would fail again: {report.problem.message} Correct it first.",
                code="report_needs_correction",
                fields={"problem": report.problem.code, "column": report.problem.column},
            )
        if not self._render_anew(batch, report, report):
            raise report_busy()
        return self._reports.get(tenant_id, report_id)

    def _corrector(self, batch: Batch) -> Corrector:
        version = self._versions.get(batch.tenant_id, batch.template_id, batch.template_version)
        return Corrector(batch, version.placeholders, self._passwords)

    def _render_anew(self, batch: Batch, report: Report, changed: Report) -> bool:
        now = self._clock()
        execution = execution_of_row(report.batch_id, report.row, revision=report.revision + 1)
        renewed = changed.to_be_rendered(execution=execution, now=now)
        if not self._corrections.change(report, renewed, now=now):
            return False
        self._start(batch, renewed)
        return True

    def _start(self, batch: Batch, report: Report) -> None:
        self._workflow.start_once(report.execution, rendering_input(batch, [Chunk(report.row, report.row)]))


def report_busy() -> Conflict:
    """Somebody else was faster, however often it was tried."""
    return Conflict("This report was changed by somebody else just now; try again.", code="report_changed")
