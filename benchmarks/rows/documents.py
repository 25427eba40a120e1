"""What a PDF per person costs, from the row's values to the file, and what it costs out of the box."""

import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import ClassVar

from benchmarks.meter import cpu_seconds_of_calls
from benchmarks.row import AtLeast, AtMost, SpeedUp
from benchmarks.sample_documents import letter_template, report_template, values_of_rows
from herald.adapters.pdf.comparison import page_count
from herald.adapters.pdf.converter import ConversionFailed, OfficeConverter
from herald.adapters.word.template import CompiledTemplate, TemplateValue, compile_slimmed

_PROCESSES = 2
_DEADLINE_SECONDS = 60.0
_FILLINGS = 50
_OFFICE = shutil.which("soffice") or "soffice"


class _Documents(SpeedUp):
    against = "docxtpl and a soffice command line for each document, two at a time"
    template: ClassVar[Callable[[], bytes]]
    pages: ClassVar[int]
    rows_per_group: ClassVar[int]
    groups: ClassVar[int]

    def cost(self) -> float:
        """Seconds per document."""
        begin = time.perf_counter()
        work = [self._begin(worker) for worker in _workers()]
        if any(pages != self.pages for rendered in work for pages in rendered.result()):
            raise RuntimeError("A document has another number of pages than it should have.")
        return (time.perf_counter() - begin) / (_PROCESSES * self.groups * self.rows_per_group)

    def reference_cost(self) -> float:
        """Seconds per document."""
        template = type(self).template()
        begin = time.perf_counter()
        with ThreadPoolExecutor(_PROCESSES) as pool:
            for pdf in pool.map(_one_by_command, [template] * _PROCESSES, range(_PROCESSES)):
                if page_count(pdf) != self.pages:
                    raise RuntimeError("A document has another number of pages than it should have.")
        return (time.perf_counter() - begin) / _PROCESSES

    def _begin(self, worker: ProcessPoolExecutor) -> "Future[list[int]]":
        return worker.submit(_groups_in_worker, type(self).template, self.groups, self.rows_per_group)


class ReportsPerSecond(_Documents):
    what = "Reports of three pages, from values to one PDF each"
    bound: ClassVar[AtLeast | AtMost] = AtLeast(20)
    how = (
        "Time per report of two processes, each with a warm LibreOffice of its own: 2 groups of 10 rows are filled, "
        "merged, converted at once and split; against a document each by two command lines at a time. Logo, "
        "header, “page X of Y”, a table of facts and one of 24 rows."
    )
    template = staticmethod(report_template)
    pages = 3
    rows_per_group = 10
    groups = 2


class LettersPerSecond(_Documents):
    what = "Letters of one page, from values to one PDF each"
    bound: ClassVar[AtLeast | AtMost] = AtLeast(60)
    how = "The same with 4 groups of 25 letters in each process: letterhead, four paragraphs, “page X of Y”."
    template = staticmethod(letter_template)
    pages = 1
    rows_per_group = 25
    groups = 4


class Filling(SpeedUp):
    what = "Filling a report's template"
    against = "docxtpl, one render per row"
    bound = AtLeast(50)
    how = "CPU time of 50 rows through the compiled template of the report above, against 5 rows through docxtpl."

    def cost(self) -> float:
        rows = values_of_rows(_FILLINGS)
        template = _compiled(report_template)
        return cpu_seconds_of_calls(lambda: template.fill(next(rows)), calls=_FILLINGS) / _FILLINGS

    def reference_cost(self) -> float:
        calls = _FILLINGS // 10
        rows = values_of_rows(calls)
        template = report_template()
        return cpu_seconds_of_calls(lambda: _filled_by_docxtpl(template, next(rows)), calls=calls) / calls


@cache
def _workers() -> list[ProcessPoolExecutor]:
    """Processes of their own, as render functions are; their offices stay warm from round to round."""
    return [ProcessPoolExecutor(1, mp_context=get_context("spawn")) for _ in range(_PROCESSES)]


def _groups_in_worker(template: Callable[[], bytes], groups: int, rows_per_group: int) -> list[int]:
    compiled = _compiled(template)
    pages = []
    for _ in range(groups):
        merged = compiled.merge(list(values_of_rows(rows_per_group)))
        pdfs = _converter().convert_merged(merged, rows_per_group, deadline_seconds=_DEADLINE_SECONDS)
        if isinstance(pdfs, ConversionFailed):
            raise RuntimeError(pdfs.message)  # noqa: TRY004 - what failed is the conversion
        pages += [page_count(pdf) for pdf in pdfs]
    return pages


@cache
def _converter() -> OfficeConverter:
    return OfficeConverter(_folder(f"office-{os.getpid()}"))


@cache
def _compiled(template: Callable[[], bytes]) -> CompiledTemplate:
    return compile_slimmed(template())


@cache
def _folder(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"herald-benchmark-{name}"


def _one_by_command(template: bytes, number: int) -> bytes:
    """What a script would do: fill the template, write the file, have it converted by a command."""
    folder = _folder(f"command-{number}")
    folder.mkdir(exist_ok=True)
    source = folder / "document.docx"
    source.write_bytes(_filled_by_docxtpl(template, next(values_of_rows(1))))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [_OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return source.with_suffix(".pdf").read_bytes()


def _filled_by_docxtpl(template: bytes, values: dict[str, TemplateValue]) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import Environment

    environment = Environment(autoescape=True)
    environment.filters |= {
        "date": lambda day, _: f"{day.day} {day:%B %Y}",
        "number": lambda number, picture: f"{number:,.2f}" if "," in picture else f"{number:.1f}",
    }
    document = DocxTemplate(io.BytesIO(template))
    document.render(values, environment)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


ROWS = (ReportsPerSecond, LettersPerSecond, Filling)
