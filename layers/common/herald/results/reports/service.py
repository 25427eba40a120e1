"""Reports one by one: looked at, corrected, rendered again, removed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from herald.errors import Conflict, NotFound, Unprocessable
from herald.results.batches.executions import execution_of_row, rendering_input
from herald.results.batches.model import Batch, BatchStatus, Chunk
from herald.results.reports.correcting import Correcting, Correction, Passwords, Seals
from herald.results.reports.model import Report, ReportStatus
from herald.results.templates.model import TemplateVersion
from herald.values.clock import Clock, utc_now
from herald.values.search import folded

_TRIES = 3
_LONGEST_FILE_NAME = 60


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...

    def complete(self, batch: Batch, *, now: datetime) -> None:
        """Ends a batch whose rows are all settled; harmless where it has ended."""
        ...


class TemplateVersions(Protocol):
    """Where the versions of templates are recorded."""

    def get(self, tenant_id: str, template_id: str, version: int) -> TemplateVersion:
        """A version, or NotFound."""
        ...


class ReportRecords(Protocol):
    """Where reports are recorded."""

    def get(self, tenant_id: str, report_id: str) -> Report:
        """A report, or NotFound."""
        ...


class Corrections(Protocol):
    """Where reports are changed; each False means that the report has changed since it was read."""

    def change(self, before: Report, after: Report, *, now: datetime) -> bool:
        """Stores what differs, and counts it on the batch."""
        ...

    def delete(self, report: Report, *, now: datetime) -> bool:
        """Removes a report, and counts it out of its batch."""
        ...


class Objects(Protocol):
    """Where PDFs are kept."""

    def delete(self, key: str) -> None:
        """Removes a file; harmless where there is none."""
        ...


class Workflow(Protocol):
    """What renders rows."""

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:
        """Starts the work; False where it was started before under this name."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where everything about reports is kept."""

    batches: BatchRecords
    versions: TemplateVersions
    reports: ReportRecords
    corrections: Corrections
    documents: Objects


@dataclass(frozen=True, slots=True)
class Document:
    """Where a PDF is kept, and what it is called when it is saved."""

    key: str
    file_name: str


class Reports:
    """The use cases of one report."""

    def __init__(
        self, shelf: Shelf, workflow: Workflow, passwords: Passwords, seals: Seals, *, clock: Clock = utc_now
    ) -> None:
        self._shelf = shelf
        self._workflow = workflow
        self._passwords = passwords
        self._seals = seals
        self._clock = clock

    def get(self, tenant_id: str, report_id: str) -> Report:
        """A report, or NotFound."""
        return self._find(tenant_id, report_id)[0]

    def document(self, tenant_id: str, report_id: str) -> Document:
        """A report's PDF.

        Raises:
            NotFound: there is no such report.
            Unprocessable: it has no PDF (``report_not_ready``).
        """
        report, batch = self._find(tenant_id, report_id)
        return Document(report.require_pdf(), f"{_plain(batch.name)}-{report.row}.pdf")

    def update(self, tenant_id: str, report_id: str, correction: Correction) -> Report:
        """Corrects a row; where its document changes by it, or was not made yet, the row is rendered anew.

        Raises:
            NotFound: there is no such report.
            Invalid: the phone number is none.
            Unprocessable: a value has no placeholder, or the row would be too large.
            Conflict: somebody else keeps changing it.
        """
        for _ in range(_TRIES):
            report, batch = self._find(tenant_id, report_id)
            corrected = self._correcting(batch).correct(report, correction)
            changed = replace(corrected.report, updated_at=self._clock())
            if corrected.rendered_anew:
                if self._render_anew(batch, report, changed):
                    return self.get(tenant_id, report_id)
            elif self._shelf.corrections.change(report, changed, now=changed.updated_at):
                return self.get(tenant_id, report_id)
        raise _busy()

    def retry(self, tenant_id: str, report_id: str) -> Report:
        """Renders a failed report again; harmless where that was asked for before.

        Raises:
            NotFound: there is no such report.
            Unprocessable: it has not failed (``report_not_failed``), or would fail again as it is
                (``report_needs_correction``).
            Conflict: somebody else is changing it.
        """
        report, batch = self._find(tenant_id, report_id)
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
                f"As it is, this row would fail again: {report.problem.message} Correct it with a PUT.",
                code="report_needs_correction",
                fields={"problem": report.problem.code, "column": report.problem.column},
            )
        if not self._render_anew(batch, report, report):
            raise _busy()
        return self.get(tenant_id, report_id)

    def delete(self, tenant_id: str, report_id: str) -> None:
        """Removes a report and its PDF.

        Raises:
            NotFound: there is no such report, or no longer.
            Conflict: somebody else keeps changing it.
        """
        for _ in range(_TRIES):
            report, _batch = self._find(tenant_id, report_id)
            # The PDF goes first: whoever was interrupted in between can delete the report again, but not a lost PDF.
            if report.pdf_key:
                self._shelf.documents.delete(report.pdf_key)
            if self._shelf.corrections.delete(report, now=self._clock()):
                self._end(tenant_id, report.batch_id)
                return
        raise _busy()

    def _end(self, tenant_id: str, batch_id: str) -> None:
        """Ends the batch where its last pending row was deleted: the work that would end it may not be under way."""
        batch = self._shelf.batches.get(tenant_id, batch_id)
        if batch.status is BatchStatus.PROCESSING and batch.processed >= batch.total:
            self._shelf.batches.complete(batch, now=self._clock())

    def _find(self, tenant_id: str, report_id: str) -> tuple[Report, Batch]:
        report = self._shelf.reports.get(tenant_id, report_id)
        batch = self._shelf.batches.get(tenant_id, report.batch_id)
        if batch.status not in (BatchStatus.PROCESSING, BatchStatus.COMPLETED):
            raise NotFound("There is no such report.", fields={"report_id": report_id})
        return report, batch

    def _correcting(self, batch: Batch) -> Correcting:
        version = self._shelf.versions.get(batch.tenant_id, batch.template_id, batch.template_version)
        return Correcting(batch, version.placeholders, self._passwords, self._seals)

    def _render_anew(self, batch: Batch, report: Report, changed: Report) -> bool:
        now = self._clock()
        execution = execution_of_row(report.batch_id, report.row, revision=report.revision + 1)
        renewed = changed.to_be_rendered(execution=execution, now=now)
        if not self._shelf.corrections.change(report, renewed, now=now):
            return False
        self._start(batch, renewed)
        return True

    def _start(self, batch: Batch, report: Report) -> None:
        self._workflow.start_once(report.execution, rendering_input(batch, [Chunk(report.row, report.row)]))


def _plain(name: str) -> str:
    """A batch's name as the beginning of a file's, in letters that every header and disk takes."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:_LONGEST_FILE_NAME].rstrip("-") or "report"


def _busy() -> Conflict:
    return Conflict("This report was changed by somebody else just now; try again.", code="report_changed")
