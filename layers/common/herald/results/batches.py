"""Creating batches, and ending them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from herald.results.model import Batch, BatchProblem, BatchStatus, Report, ReportStatus, Template
from herald.results.rendering import Rendered
from herald.values.clock import Clock, utc_now
from herald.values.page import Page

UPLOAD_URL_SECONDS = 3600
_ROWS_PER_SWEEP = 100
_ROWS_PER_TRANSACTION = 50
_NEVER_RENDERED = BatchProblem("not_rendered", "This row could not be rendered, also after several tries.")


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def add(self, batch: Batch) -> bool:
        """Stores a new batch; False where this id exists already."""
        ...

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Batch]:
        """Batches, newest first."""
        ...

    def complete(self, batch: Batch, *, now: datetime) -> None:
        """Ends a batch whose rows are all settled; harmless where it has ended."""
        ...


class TemplateRecords(Protocol):
    """Where templates are recorded."""

    def get(self, tenant_id: str, template_id: str) -> Template:
        """A template, or NotFound."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        ...


class Settlements(Protocol):
    """Where it is recorded what became of rows."""

    def settle(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> None:
        """Records what became of pending rows and counts them, all or none."""
        ...


class Uploads(Protocol):
    """Where workbooks arrive."""

    def upload_url(self, key: str, *, seconds: int) -> str:
        """A URL that takes the workbook."""
        ...


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch that waits for its workbook at ``upload_url``."""

    batch: Batch
    upload_url: str


class Batches:
    """The use cases of batches."""

    def __init__(
        self,
        records: BatchRecords,
        templates: TemplateRecords,
        reports: Reports,
        settlements: Settlements,
        uploads: Uploads,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._records = records
        self._templates = templates
        self._reports = reports
        self._settlements = settlements
        self._uploads = uploads
        self._clock = clock

    def create(self, tenant_id: str, batch_id: str, *, name: str, description: str, template_id: str) -> NewBatch:
        """A batch on the template's present version, and where to upload its workbook.

        Raises:
            NotFound: there is no such template.
        """
        template = self._templates.get(tenant_id, template_id)
        now = self._clock()
        batch = Batch(
            tenant_id=tenant_id,
            batch_id=batch_id,
            name=name,
            description=description,
            template_id=template_id,
            template_key=template.object_key,
            template_version=template.version,
            status=BatchStatus.PENDING,
            created_at=now,
            updated_at=now,
        )
        if not self._records.add(batch):
            batch = self._records.get(tenant_id, batch_id)
        url = self._uploads.upload_url(workbook_key(tenant_id, batch_id), seconds=UPLOAD_URL_SECONDS)
        return NewBatch(batch, url)

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        return self._records.get(tenant_id, batch_id)

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Batch]:
        """Batches, newest first."""
        return self._records.page(tenant_id, size=size, cursor=cursor)

    def finish(self, tenant_id: str, batch_id: str) -> Batch:
        """Ends a batch: rows that no try could render are failed, so that every row is accounted for."""
        batch = self._records.get(tenant_id, batch_id)
        if batch.processed < batch.total:
            self._fail_leftovers(batch)
        self._records.complete(batch, now=self._clock())
        return self._records.get(tenant_id, batch_id)

    def _fail_leftovers(self, batch: Batch) -> None:
        cursor: str | None = None
        while True:
            page = self._reports.page(batch.tenant_id, batch.batch_id, size=_ROWS_PER_SWEEP, cursor=cursor)
            pending = [report.row for report in page.items if report.status is ReportStatus.PENDING]
            for start in range(0, len(pending), _ROWS_PER_TRANSACTION):
                outcomes = [
                    Rendered(row, problem=_NEVER_RENDERED) for row in pending[start : start + _ROWS_PER_TRANSACTION]
                ]
                self._settlements.settle(batch.tenant_id, batch.batch_id, outcomes, now=self._clock())
            cursor = page.next_cursor
            if cursor is None:
                return


def workbook_key(tenant_id: str, batch_id: str) -> str:
    """Where a batch's workbook is uploaded."""
    return f"{tenant_id}/{batch_id}/workbook.xlsx"


def batch_of_workbook(key: str) -> tuple[str, str]:
    """The tenant and the batch that a workbook's key names: the inverse of `workbook_key`."""
    tenant_id, batch_id, _ = key.split("/")
    return tenant_id, batch_id
