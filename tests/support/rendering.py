"""Rendering over the real stores, with a converter in LibreOffice's place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from herald.adapters.aws.client import aws_client
from herald.adapters.aws.objects import ObjectStore
from herald.results.batches.model import Batch, BatchStatus, Chunk
from herald.results.batches.store import BatchRow, BatchStore, batches_partition
from herald.results.ports import TemplateFile
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.pictures import LoadedPictures
from herald.results.rendering.printing import Printer, ShowsText
from herald.results.rendering.recording import Recording
from herald.results.rendering.service import Rendering
from herald.results.rendering.slimming_check import SlimmingCheck
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.store import row_at
from herald.results.templates.store import TemplateVersionStore
from tests.support.results import (
    NOW,
    PASSWORDS,
    TENANT,
    FakeConverter,
    Letter,
    add_batch,
    all_reports,
    documents,
    fill_batch,
    outcome_store,
    reports_store,
    row_of,
)

CHUNK = Chunk(2, 6)


@dataclass
class FaithfulConverter(FakeConverter):
    """A converter whose PDFs of equal documents are equal."""

    def _pressed(self, document: bytes) -> bytes:
        return b"%PDF-" + document


def batch_of(names: Sequence[str]) -> Batch:
    """A batch with a row for each name, from row 2 on."""
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row, name=name) for row, name in enumerate(names, start=2)])
    return batch


def rendering(
    converter: FakeConverter,
    *,
    letter: TemplateFile | None = None,
    outcomes: OutcomeStore | None = None,
    files: ObjectStore | None = None,
    pages: int = 1,
    shows_text: ShowsText = lambda _pdf, _text: True,
    slimmed: Letter | None = None,
    same_slimmed: Callable[[bytes, bytes], bool] = lambda _one, _other: True,
) -> Rendering:
    """Over the real stores; samples come out the same both ways, with so many pages."""
    template = letter or Letter()
    versions = TemplateVersionStore()
    templates = CompiledTemplates(documents(), lambda _content: template, lambda _content: slimmed or template)
    return Rendering(
        BatchStore(),
        reports_store(),
        templates,
        Printer(converter, shows_text),
        SlimmingCheck(versions, templates, FakeConverter(), same_slimmed),
        MergeCheck(versions, FakeConverter(), lambda _one, _other: True, lambda _pdf: pages, lambda _pdf, _text: True),
        Recording(
            reports_store(),
            outcomes or outcome_store(),
            files or documents(),
            PASSWORDS,
            lambda pdf, password: pdf + f" locked with {password}".encode(),
            clock=lambda: NOW,
        ),
        LoadedPictures(documents()),
    )


def statuses(batch: Batch) -> list[ReportStatus]:
    return [report.status for report in all_reports(batch)]


def counts(batch: Batch | Report) -> tuple[int, int, int]:
    """Total, successful and failed."""
    counted = BatchStore().get(TENANT, batch.batch_id)
    return counted.total, counted.successful, counted.failed


def stored_pdfs(batch: Batch) -> list[str]:
    found = aws_client("s3").list_objects_v2(Bucket="documents-bucket", Prefix=f"{TENANT}/{batch.batch_id}/pdf/")
    return [entry["Key"] for entry in found.get("Contents", [])]


def change(report: Report, *, revision: int) -> None:
    """What correcting a row does to it."""
    row = row_at(report.place)
    row.refresh()
    row.revision = revision
    row.save()


def mark_deleted(batch: Batch | Report) -> None:
    row = BatchRow(batches_partition(TENANT), batch.batch_id)
    row.update(actions=[BatchRow.status.set(BatchStatus.DELETED)])
