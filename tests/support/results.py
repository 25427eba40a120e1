"""Templates, batches, rows and links as the tests around results need them, over the real stores."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from herald.adapters.aws.objects import ObjectStore
from herald.adapters.aws.queue import Queue
from herald.adapters.aws.workflow import Workflow
from herald.adapters.spreadsheet.workbook import recognise_bytes
from herald.errors import Invalid
from herald.results.batches.model import Batch, BatchStatus, Duplicates, Reading
from herald.results.batches.service import USUAL_OPTIONS, Batches, BatchOptions
from herald.results.batches.store import BatchDefaultsStore, BatchStore
from herald.results.corrections.store import CorrectionStore
from herald.results.duplicates.model import entries_of
from herald.results.duplicates.service import FindingDuplicates
from herald.results.duplicates.store import PhoneIndex
from herald.results.links.service import new_link
from herald.results.links.store import LinkStore
from herald.results.passwords import ReportPasswords
from herald.results.rendering.model import Rendered
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.model import RecipientDetails, Report, ReportStatus
from herald.results.reports.store import ReportStore
from herald.results.templates.model import Template, TemplateVersion
from herald.results.templates.store import TemplateStore, TemplateVersionStore
from herald.values.clock import Clock
from herald.values.expected_text import ExpectedText, expected_text
from herald.values.ids import derived_id, new_id
from herald.values.notation import Notation
from herald.values.sheet import CellValue, SheetRow, Value
from tests.support.cloud import REPORT_PASSWORD_KEY

PAGE_BREAK = b"\f"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TENANT = "0192f3a4-5b6c-7d8e-9f00-112233445566"
OTHER_TENANT = "0192f3a4-5b6c-7d8e-9f00-aabbccddeeff"
PASSWORD = "river-4821"
PASSWORDS = ReportPasswords(lambda: REPORT_PASSWORD_KEY)


@dataclass
class TextField:
    """A placeholder that is printed as it is."""

    kind: str = "text"
    repeated: bool = False
    fields: Mapping[str, "TextField"] = field(default_factory=dict)
    compared: Sequence[str | int | float] = ()


@dataclass
class Letter:
    """A template that writes what it is given, and refuses a row named ``refuse``."""

    placeholders: frozenset[str] = frozenset({"name"})
    mergeable: bool = True
    fields: Mapping[str, TextField] = field(default_factory=lambda: {"name": TextField()})
    fonts: frozenset[str] = frozenset({"Aptos", "Arial"})
    embedded_fonts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    branches: frozenset[str] = frozenset()

    def branches_taken(self, values: Mapping[str, Value]) -> frozenset[str]:  # noqa: ARG002 - it has no condition
        return frozenset()

    def expected_text(self, values: Mapping[str, Value]) -> ExpectedText:
        return expected_text(str(values.get("name", "")), "", is_whole=True)

    def in_notation(self, notation: Notation) -> Self:  # noqa: ARG002 - it prints texts alone
        return self

    def fill(self, values: Mapping[str, Value]) -> bytes:
        if values["name"] == "refuse":
            raise Invalid("The value of `fee` is not a number.", code="template_value")
        return str(values["name"]).encode()

    def merge(self, rows: Sequence[Mapping[str, Value]]) -> bytes:
        return PAGE_BREAK.join(map(self.fill, rows))


@dataclass(frozen=True)
class Unconvertible:
    """Why a document did not become a PDF."""

    code: str = "pdf_document_refused"
    message: str = "LibreOffice refused this document."


@dataclass
class FakeConverter:
    """Makes a PDF of each document but those that say ``jam``; no two of its PDFs are alike.

    A document in ``failures`` fails once with each code it names there, whoever shares its conversion.
    """

    printed: list[bytes] = field(default_factory=list)
    conversions: list[int] = field(default_factory=list)
    closed: int = 0
    failures: dict[bytes, list[str]] = field(default_factory=dict)

    def convert(self, documents: Sequence[bytes], *, deadline_seconds: float) -> list[bytes | Unconvertible]:  # noqa: ARG002 - it is quick
        self.conversions += [1] * len(documents)
        return [self._failure(document) or self._pressed(document) for document in documents]

    def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | Unconvertible:  # noqa: ARG002 - as above
        parts = document.split(PAGE_BREAK)
        documents = parts if len(parts) == rows else [document] * rows
        self.conversions.append(rows)
        failure = next(filter(None, map(self._failure, documents)), None)
        return failure or [self._pressed(each) for each in documents]

    def close(self) -> None:
        self.closed += 1

    def _failure(self, document: bytes) -> Unconvertible | None:
        if self.failures.get(document):
            return Unconvertible(self.failures[document].pop(0), "LibreOffice was not well.")
        return Unconvertible() if document == b"jam" else None

    def _pressed(self, document: bytes) -> bytes:
        self.printed.append(document)
        return b"%PDF-" + document + f" #{len(self.printed)}".encode()


@dataclass
class TypedSheet:
    """A workbook as the reader gives it, without a file."""

    header: tuple[str, ...]
    cells: Sequence[Sequence[CellValue]]

    @property
    def rows(self) -> Iterator[SheetRow]:
        for number, cells in enumerate(self.cells, start=2):
            yield SheetRow(number, tuple(cells))

    @contextmanager
    def open(self, path: Path, *, sheet: str) -> Iterator["TypedSheet"]:  # noqa: ARG002 - there is no file
        yield self


def reports_store() -> ReportStore:
    return ReportStore()


def outcome_store() -> OutcomeStore:
    return OutcomeStore()


def documents() -> ObjectStore:
    return ObjectStore(os.environ["DOCUMENTS_BUCKET"])


def uploads() -> ObjectStore:
    return ObjectStore(os.environ["UPLOADS_BUCKET"])


def add_template(
    tenant_id: str = TENANT,
    *,
    placeholders: Sequence[str] = ("name",),
    content: bytes = b"docx",
    identifier: str = "",
    date_format: str = "",
) -> Template:
    """A template in the table and its file in the bucket."""
    template_id = identifier or new_id()
    key = f"{tenant_id}/templates/{template_id}/1.docx"
    template = Template(
        tenant_id, template_id, "Letter", "", 1, tuple(placeholders), key, NOW, NOW, date_format=date_format
    )
    assert TemplateStore().add(template)
    assert TemplateVersionStore().add(TemplateVersion(tenant_id, template_id, 1, key, tuple(placeholders)))
    documents().put(key, content, content_type="application/octet-stream")
    return template


def add_batch(
    template: Template | None = None,
    *,
    tenant_id: str = TENANT,
    identifier: str = "",
    options: BatchOptions = USUAL_OPTIONS,
    sender_name: str = "",
) -> Batch:
    """A batch that waits for its workbook."""
    template = template or add_template(tenant_id)
    new = batches().create(
        tenant_id,
        identifier or new_id(),
        name="November",
        description="",
        template_id=template.template_id,
        options=options,
        sender_name=sender_name,
    )
    return new.batch


def batches(clock: Clock = lambda: NOW) -> Batches:
    """The use cases of batches over everything that is really there."""
    return Batches(
        BatchStore(),
        TemplateStore(),
        BatchDefaultsStore(),
        uploads(),
        machine(),
        Queue(os.environ["ERASURES_QUEUE_URL"]),
        check_workbook=recognise_bytes,
        clock=clock,
    )


def machine() -> Workflow:
    """The batch machine."""
    return Workflow(os.environ["BATCH_MACHINE_ARN"])


def new_batch() -> Batch:
    """A batch that is stored nowhere."""
    return Batch(TENANT, new_id(), "November", "", "template", "template.docx", BatchStatus.PENDING, NOW, NOW)


def row_of(
    batch: Batch, row: int, *, name: str = "", phone: str = "", password: str = PASSWORD, bad: bool = False
) -> Report:
    """One row of a batch's workbook, as it is read."""
    report_id = derived_id(batch.batch_id, str(row))
    name = name or f"Person {row}"
    return Report(
        tenant_id=batch.tenant_id,
        batch_id=batch.batch_id,
        row=row,
        report_id=report_id,
        recipient=RecipientDetails(
            name=name,
            phone=phone or f"+1202555{row:04}",
            password_hash=PASSWORDS.hash(report_id, password) if password else "",
        ),
        status=ReportStatus.FAILED if bad else ReportStatus.PENDING,
        created_at=NOW,
        updated_at=NOW,
        values={"name": name},
    )


def fill_batch(batch: Batch, rows: Sequence[Report]) -> None:
    """Stores a batch's rows, as if its workbook had been read."""
    store, good = BatchStore(), [row for row in rows if row.status is ReportStatus.PENDING]
    assert store.begin_reading(batch, upload="etag", reader="reader", now=NOW)
    reports_store().put_many(rows)
    unprotected = sum(1 for row in good if not row.recipient.password_hash)
    entries = [entry for row in rows for entry in entries_of(row)]
    PhoneIndex().put_many(batch, entries)
    duplicates = FindingDuplicates(store, reports_store(), PhoneIndex()).among(batch, entries)
    reading = Reading(len(rows), len(rows) - len(good), rows[-1].row, unprotected, duplicates)
    assert store.finish_reading(batch, reading, reader="reader", now=NOW)


def rendered_batch(
    rows: int = 3,
    *,
    tenant_id: str = TENANT,
    password: str = PASSWORD,
    batch: Batch | None = None,
    phones: Sequence[str] = (),
) -> tuple[Batch, list[Report]]:
    """A completed batch with a PDF for each row, for these phones, or for one of each row's own."""
    batch = batch or add_batch(tenant_id=tenant_id)
    shared = dict(enumerate(phones, start=2))
    rows_read = range(2, rows + 2)
    fill_batch(batch, [row_of(batch, row, phone=shared.get(row, ""), password=password) for row in rows_read])
    outcomes = [Rendered(row, pdf_key=f"{tenant_id}/{batch.batch_id}/pdf/{row}.pdf") for row in range(2, rows + 2)]
    for start in range(0, rows, 25):
        outcome_store().record(tenant_id, batch.batch_id, outcomes[start : start + 25], now=NOW)
    for outcome in outcomes:
        documents().put(outcome.pdf_key, b"%PDF-1.7", content_type="application/pdf")
    BatchStore().complete(BatchStore().get(tenant_id, batch.batch_id), now=NOW)
    finished = BatchStore().get(tenant_id, batch.batch_id)
    assert finished.status is BatchStatus.COMPLETED
    return finished, all_reports(finished)


def all_reports(batch: Batch) -> list[Report]:
    """Every row of a batch, as it is now."""
    return list(reports_store().page(batch.tenant_id, batch.batch_id, size=1000, cursor=None).items)


def found_duplicates(batch: Batch) -> Duplicates:
    """What is told of a batch whose rows are read, as it is now."""
    finding = FindingDuplicates(BatchStore(), reports_store(), PhoneIndex())
    found = finding.batch(batch.tenant_id, batch.batch_id).duplicates
    assert found is not None
    return found


def current(report: Report) -> Report:
    """A report as it is now."""
    return reports_store().at_row(report.tenant_id, report.batch_id, report.row)


def give_link(report: Report, *, now: datetime = NOW) -> str:
    """A link to a report, as a text would carry it: its token."""
    link, token = new_link(report, now=now)
    LinkStore().put(link)
    return token


def reset_for_rendering(report: Report, *, execution: str) -> bool:
    """Makes a row pending once more; False where it has changed since it was read."""
    return CorrectionStore().change(report, report.to_be_rendered(execution=execution, now=NOW), now=NOW)


def as_pending(report: Report) -> Report:
    """The row as it was before it was rendered."""
    return replace(report, status=ReportStatus.PENDING, pdf_key="", problem=None)
