"""Turning a chunk of rows into PDFs: a bad row costs itself, and doing a chunk again makes nothing twice."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from herald.errors import NotFound, Unavailable
from herald.results.batches.model import Batch, BatchStatus, Chunk
from herald.results.batches.store import BatchStore
from herald.results.ingesting.matching import spelled
from herald.results.ports import FillableTemplate
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.model import Rendered
from herald.results.rendering.pictures import LoadedPictures, PicturedTemplate
from herald.results.rendering.printing import Printed, Printer, Printing, rows_at_once
from herald.results.rendering.recording import Recording
from herald.results.rendering.slimming_check import SlimmingCheck
from herald.results.reports.model import Report
from herald.results.reports.store import ReportStore
from herald.results.templates.model import Merging, Slimming, TemplateVersion

_STILL_WANTED = frozenset({BatchStatus.PROCESSING, BatchStatus.COMPLETED})
"""A completed batch has rows that are rendered again."""
_SECONDS_PER_SAMPLE = 10.0
_EXAMPLES = 2


class ChunkUnfinished(Unavailable):
    """Rendering a chunk has come some way; the batch machine knows it by this name, and lets it go on at once."""


class Rendering:
    def __init__(
        self,
        batches: BatchStore,
        reports: ReportStore,
        templates: CompiledTemplates,
        printer: Printer,
        slimming_check: SlimmingCheck,
        merge_check: MergeCheck,
        recording: Recording,
        pictures: LoadedPictures,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._templates = templates
        self._printer = printer
        self._slimming_check = slimming_check
        self._merge_check = merge_check
        self._recording = recording
        self._pictures = pictures

    def render(
        self, tenant_id: str, batch_id: str, chunk: Chunk, *, seconds_left: Callable[[], float] = lambda: 120.0
    ) -> list[Rendered]:
        """Renders the rows of a chunk that are still pending, and records what became of each, a few at a time.

        Returns:
            What was recorded; less than there was to do where the batch was deleted meanwhile.

        Raises:
            ChunkUnfinished: time ran out after some rows, or some need another round. What was recorded stays;
                rendering the chunk again goes on there.
            Unavailable: there was no time for any row.
        """
        batch = self._wanted(tenant_id, batch_id)
        if batch is None:
            return []
        pending = self._reports.pending(tenant_id, batch_id, chunk)
        if not pending:
            return []
        deadline = min(_SECONDS_PER_SAMPLE, seconds_left())
        version = self._checked_version(batch, deadline)
        compiled = self._templates.whole(batch.template_key) if version is None else self._templates.of(version)
        template = PicturedTemplate(compiled.in_notation(batch.notation), batch, self._pictures)
        pending = [replace(report, values=spelled(report.values, template.fields)) for report in pending]
        together = self._rows_together(version, template, pending, deadline)
        printing = Printing(template, self._printer, together=together, seconds_left=seconds_left)
        return self._record_behind(batch, pending, printing.portions(pending))

    def _wanted(self, tenant_id: str, batch_id: str) -> Batch | None:
        try:
            batch = self._batches.get(tenant_id, batch_id)
        except NotFound:
            return None
        return batch if batch.status in _STILL_WANTED else None

    def _checked_version(self, batch: Batch, deadline: float) -> TemplateVersion | None:
        place = batch.tenant_id, batch.template_id, batch.template_version
        try:
            return self._slimming_check.check(*place, deadline_seconds=deadline)
        except NotFound:
            return None

    def _rows_together(
        self, version: TemplateVersion | None, template: FillableTemplate, pending: Sequence[Report], deadline: float
    ) -> int:
        if version is None or version.slimming is Slimming.UNKNOWN:
            return 1
        checked = self._merge_check.check(
            version,
            template,
            deadline_seconds=deadline,
            examples=[report.values for report in pending if not report.office_failures][:_EXAMPLES],
        )
        return rows_at_once(checked.pages) if checked.merging is Merging.FAITHFUL else 1

    def _record_behind(
        self, batch: Batch, pending: Sequence[Report], portions: Iterator[list[Printed]]
    ) -> list[Rendered]:
        """Records each portion while the next one is printed."""
        printed_rows = postponed_rows = 0
        recorded: list[Rendered] = []
        with ThreadPoolExecutor(1, thread_name_prefix="recording") as background:
            before: Future[list[Rendered]] = background.submit(list)
            for portion in portions:
                newly = before.result()
                recorded += newly
                if printed_rows and not newly and self._wanted(batch.tenant_id, batch.batch_id) is None:
                    return recorded
                before = background.submit(self._recording.record, batch, portion)
                printed_rows += len(portion)
                postponed_rows += sum(printed.postponed for printed in portion)
            recorded += before.result()
        if printed_rows < len(pending):
            problem = ChunkUnfinished if printed_rows else Unavailable
            raise problem("There is no time left for the rest of this chunk.", code="chunk_unfinished")
        if postponed_rows:
            raise ChunkUnfinished("Some rows of this chunk are to be tried once more.", code="chunk_unfinished")
        return recorded
