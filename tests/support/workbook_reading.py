"""Reading workbooks as the ingest worker does, over the real stores."""

import os
from pathlib import Path

from herald.adapters.aws.workflow import Workflow
from herald.results.batches.model import Batch
from herald.results.batches.service import workbook_key
from herald.results.batches.store import BatchStore
from herald.results.duplicates.store import PhoneIndex
from herald.results.ingesting.service import Buckets, Ingesting, Upload
from herald.results.ports import WorkbookReader
from herald.results.reports.store import ReportStore
from herald.results.templates.store import TemplateVersionStore
from tests.support.clock import FakeClock
from tests.support.objects import etag_of
from tests.support.results import PASSWORDS, documents, machine, uploads


def upload(batch: Batch, content: bytes) -> None:
    """Puts a workbook where its batch expects it."""
    uploads().put(workbook_key(batch.tenant_id, batch.batch_id), content, content_type="application/zip")


def ingesting(
    open_workbook: WorkbookReader,
    clock: FakeClock,
    *,
    workflow: Workflow | None = None,
    reports: ReportStore | None = None,
) -> Ingesting:
    """The use case over everything that is really there but the reader of workbooks."""
    return Ingesting(
        BatchStore(),
        TemplateVersionStore(),
        reports or ReportStore(),
        PhoneIndex(),
        Buckets(uploads(), documents()),
        open_workbook,
        PASSWORDS,
        workflow or machine(),
        clock=clock,
    )


def arrived(batch: Batch) -> Upload:
    """What an event says about the workbook that is there now."""
    key = workbook_key(batch.tenant_id, batch.batch_id)
    return Upload(key, etag_of(os.environ["UPLOADS_BUCKET"], key))


def ingest(
    use_case: Ingesting, batch: Batch, folder: Path, *, reader: str = "reader-1", about: Upload | None = None
) -> Batch:
    """What becomes of a batch at the event about its upload."""
    read = use_case.ingest(batch.tenant_id, batch.batch_id, about or arrived(batch), reader=reader, folder=folder)
    assert read is not None
    return read
