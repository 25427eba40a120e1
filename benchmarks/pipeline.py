"""Rendering with nothing around it: two processes, each with a LibreOffice, fill, merge, convert and divide."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path

from herald.adapters.pdf.converter import OfficeConverter
from herald.adapters.word.template import CompiledTemplate, TemplateValue, compile_slimmed

_PROCESSES = 2
_ROWS_AT_ONCE = 25
_DEADLINE_SECONDS = 60.0
_kept: list[tuple[CompiledTemplate, OfficeConverter]] = []


@dataclass(frozen=True)
class Pipeline:
    """Two warm processes."""

    _pool: Pool

    def seconds_for(self, rows: Sequence[Mapping[str, TemplateValue]]) -> float:
        """How long all rows take to become PDFs."""
        groups = [rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE)]
        began = time.perf_counter()
        made = sum(self._pool.imap_unordered(_print, groups))
        seconds = time.perf_counter() - began
        if made != len(rows):
            raise RuntimeError(f"Of {len(rows)} rows, {made} became PDFs.")
        return seconds


@contextmanager
def pipeline(template: bytes) -> Iterator[Pipeline]:
    """The processes, as long as they are needed."""
    with (
        tempfile.TemporaryDirectory(prefix="herald-pipeline-") as folder,
        multiprocessing.get_context("spawn").Pool(_PROCESSES, _prepare, (template, folder)) as pool,
    ):
        yield Pipeline(pool)
        pool.close()
        pool.join()


def _prepare(template: bytes, folder: str) -> None:
    name = multiprocessing.current_process().name
    _kept.append((compile_slimmed(template), OfficeConverter(Path(folder) / name)))


def _print(rows: Sequence[Mapping[str, TemplateValue]]) -> int:
    template, converter = _kept[0]
    pdfs = converter.convert_merged(template.merge(rows), len(rows), deadline_seconds=_DEADLINE_SECONDS)
    return len(pdfs) if isinstance(pdfs, list) else 0
