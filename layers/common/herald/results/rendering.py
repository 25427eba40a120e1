"""Turning a chunk of rows into PDFs: a bad row costs itself, and doing a chunk again makes nothing twice."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from herald.errors import Invalid, Unavailable
from herald.results.model import Batch, BatchProblem, Chunk, Report, ReportStatus, Value
from herald.results.typed_json import encode
from herald.values.clock import Clock, utc_now

PDF_TYPE = "application/pdf"
_SECONDS_PER_DOCUMENT = 20.0
_SHORTEST_SECONDS_PER_DOCUMENT = 2.0
_SECONDS_TO_SETTLE = 10.0
_ROWS_SETTLED_AT_ONCE = 5
_TEMPLATES_KEPT = 4


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a pending row: a PDF's key, or the reason why there is none."""

    row: int
    pdf_key: str = ""
    problem: BatchProblem | None = None


class FillableTemplate(Protocol):
    """A compiled template."""

    def fill(self, values: Mapping[str, Value]) -> bytes:
        """One person's Word document, or Invalid."""
        ...


class ConversionFailure(Protocol):
    """Why a document did not become a PDF."""

    @property
    def code(self) -> str:
        """For programs."""
        ...

    @property
    def message(self) -> str:
        """For people."""
        ...


class Converter(Protocol):
    """Makes PDFs of Word documents."""

    def convert(self, documents: Sequence[bytes], *, deadline_seconds: float) -> Sequence[bytes | ConversionFailure]:
        """A PDF or a failure for each document, in order."""
        ...


class Objects(Protocol):
    """Where files are kept."""

    def get(self, key: str) -> bytes:
        """A file's content, or NotFound."""
        ...

    def put_once(self, key: str, content: bytes, *, content_type: str) -> bool:
        """Stores a file unless its key is taken; False where it was."""
        ...


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, as they are at this moment."""
        ...


class Settlements(Protocol):
    """Where it is recorded what became of rows."""

    def settle(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> None:
        """Records what became of pending rows and counts them, all or none."""
        ...


class Rendering:
    """Renders chunks; keeps the last few templates compiled while it is warm."""

    def __init__(
        self,
        batches: BatchRecords,
        reports: Reports,
        settlements: Settlements,
        objects: Objects,
        compile_template: Callable[[bytes], FillableTemplate],
        converter: Converter,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._settlements = settlements
        self._objects = objects
        self._compile = compile_template
        self._converter = converter
        self._clock = clock
        self._compiled: dict[str, FillableTemplate] = {}

    def render(
        self, tenant_id: str, batch_id: str, chunk: Chunk, *, seconds_left: Callable[[], float] = lambda: 120.0
    ) -> list[Rendered]:
        """Renders the rows of a chunk that are still pending, and records what became of each, a few at a time.

        Raises:
            Unavailable: time ran out. What was recorded stays; the chunk may be rendered again, and goes on there.
        """
        batch = self._batches.get(tenant_id, batch_id)
        pending = [
            report
            for report in self._reports.chunk(tenant_id, batch_id, chunk)
            if report.status is ReportStatus.PENDING
        ]
        template = self._template(batch.template_key)
        rendered: list[Rendered] = []
        for start in range(0, len(pending), _ROWS_SETTLED_AT_ONCE):
            reports = pending[start : start + _ROWS_SETTLED_AT_ONCE]
            deadline = _deadline_per_document(len(reports), seconds_left())
            outcomes, documents = self._fill_all(template, reports)
            outcomes += self._convert_all(batch, documents, deadline)
            self._settlements.settle(tenant_id, batch_id, outcomes, now=self._clock())
            rendered += outcomes
        return rendered

    def _template(self, key: str) -> FillableTemplate:
        if key not in self._compiled:
            while len(self._compiled) >= _TEMPLATES_KEPT:
                self._compiled.pop(next(iter(self._compiled)))
            self._compiled[key] = self._compile(self._objects.get(key))
        return self._compiled[key]

    def _fill_all(
        self, template: FillableTemplate, reports: Sequence[Report]
    ) -> tuple[list[Rendered], list[tuple[Report, bytes]]]:
        bad_rows: list[Rendered] = []
        documents: list[tuple[Report, bytes]] = []
        for report in reports:
            try:
                documents.append((report, template.fill(report.values)))
            except Invalid as error:
                bad_rows.append(Rendered(report.row, problem=BatchProblem(error.code, error.message, report.row)))
        return bad_rows, documents

    def _convert_all(
        self, batch: Batch, documents: Sequence[tuple[Report, bytes]], deadline_seconds: float
    ) -> list[Rendered]:
        converted = self._converter.convert([document for _, document in documents], deadline_seconds=deadline_seconds)
        outcomes = []
        for (report, _), pdf in zip(documents, converted, strict=True):
            if not isinstance(pdf, bytes):
                problem = BatchProblem(pdf.code, pdf.message, report.row)
                outcomes.append(Rendered(report.row, problem=problem))
                continue
            key = pdf_key(batch, report)
            self._objects.put_once(key, pdf, content_type=PDF_TYPE)
            outcomes.append(Rendered(report.row, pdf_key=key))
        return outcomes


def _deadline_per_document(documents: int, seconds_left: float) -> float:
    deadline = min(_SECONDS_PER_DOCUMENT, (seconds_left - _SECONDS_TO_SETTLE) / documents)
    if deadline < _SHORTEST_SECONDS_PER_DOCUMENT:
        raise Unavailable("There is no time left for the rest of this chunk.", code="chunk_unfinished")
    return deadline


def pdf_key(batch: Batch, report: Report) -> str:
    """Where a report's PDF is kept: by what it was made of, as the bytes of two conversions differ."""
    source = hashlib.sha256(f"{batch.template_key}\n{encode(report.values)}".encode()).hexdigest()[:12]
    return f"{batch.tenant_id}/{batch.batch_id}/pdf/{report.row:07d}-{source}.pdf"
