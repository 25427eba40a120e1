"""The table that a run writes, and the line that it prints of each row."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.row import NoBound, Result

_PACKAGES = ("pydantic", "botocore", "pynamodb", "aws-lambda-powertools", "orjson", "fastapi", "mangum")
_CPU_INFORMATION = Path("/proc/cpuinfo")


def line(result: Result) -> str:
    """One row for the terminal."""
    return f"{result.verdict:8}  {result.reached_text:>7} ({result.row.bound})  {result.row.what}"


def summary(results: Sequence[Result]) -> str:
    """How many bounds are met, and which are not."""
    bounded = [result for result in results if not isinstance(result.row.bound, NoBound)]
    missed = [result.row.what for result in bounded if not result.met]
    if not missed:
        return f"All {len(bounded)} bounds are met."
    return f"{len(missed)} of {len(bounded)} bounds are MISSED: {'; '.join(missed)}."


def page(results: Sequence[Result], *, machine: str, versions: str, date: str, rounds: int) -> str:
    """The whole of results.md."""
    rows = [
        f"| {result.row.what} | {result.row.against} | {result.row.bound} | {result.reached_text} | {result.verdict} "
        f"| {result.row.how} |"
        for result in results
    ]
    head = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Each ratio compares two things that were measured side by side in one run,",
        f"turn by turn: medians of {rounds} rounds, in CPU time unless a row says otherwise.",
        "",
        f"- Date: {date}",
        f"- Machine: {machine}",
        f"- Versions: {versions}",
        "",
        summary(results),
        "",
        "| What | Against | Bound | Reached | Verdict | How it is measured |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


def this_machine() -> str:
    """Processor, cores and system."""
    models = [text for text in _cpu_lines() if text.startswith("model name")]
    name = models[0].partition(":")[2].strip() if models else platform.processor()
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def these_versions() -> str:
    """Python and the packages that the rows are about."""
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return f"Python {platform.python_version()}, {packages}"


def _cpu_lines() -> list[str]:
    return _CPU_INFORMATION.read_text().splitlines() if _CPU_INFORMATION.exists() else []
