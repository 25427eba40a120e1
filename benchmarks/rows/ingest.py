"""What reading the largest workbook takes."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from benchmarks.processes import resident_megabytes
from benchmarks.row import AtMost, Count

_ROWS = 100_000
_TITLES = ("Name", "Phone", "Email", "Language", "Password", "Fee", "Visit", "Notes")
_GLANCE_SECONDS = 0.02
_ROOT = Path(__file__).parents[2]


class MemoryOfIngest(Count):
    what = f"Memory of reading a workbook of {_ROWS:,} rows"
    against = "-"
    bound = AtMost(512, unit=" MB")
    how = (
        "The highest sum of the resident memory of the ingest function's process and of the process that reads the "
        "workbook, looked at every 20 ms, over a canned AWS that keeps none of the rows."
    )

    def count(self) -> int:
        with tempfile.TemporaryDirectory(prefix="herald-ingest-") as folder:
            workbook = Path(folder) / "workbook.xlsx"
            _write(workbook)
            return _peak_of(workbook)


def _peak_of(workbook: Path) -> int:
    command = [sys.executable, "-m", "benchmarks.one_ingest", str(workbook)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as running:
        peak = 0.0
        while running.poll() is None:
            peak = max(peak, resident_megabytes(running.pid))
            time.sleep(_GLANCE_SECONDS)
        output = running.stdout.read() if running.stdout else ""
    if running.returncode or int(output.split()[-1]) < _ROWS:
        raise RuntimeError(f"The workbook was not read: {output[-500:]}")
    return round(peak)


def _write(path: Path) -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("People")
    sheet.append(_TITLES)
    for number in range(_ROWS):
        person = f"person-{number}"
        phone = f"+1202555{number % 10_000:04}"
        note = f"Sample {number} was taken at the morning clinic; bring this letter to your next visit."
        sheet.append((f"Amara Okafor {number}", phone, f"{person}@example.org", "en", person, number / 4, "2026", note))
    workbook.save(path)


ROWS = (MemoryOfIngest,)
