"""`make bench`: measures every row side by side, prints it, and writes results.md.

A missed bound is said plainly, and is no failure of the run: what counts is that the table is true.
"""

import argparse
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import rows
from benchmarks.row import FEWEST_ROUNDS, Result, Row
from benchmarks.table import line, page, summary, these_versions, this_machine

RESULTS = Path(__file__).parent / "results.md"


def all_rows() -> Iterator[type[Row]]:
    """The ``ROWS`` of every file in ``benchmarks/rows``, file by file."""
    for module in pkgutil.iter_modules(rows.__path__):
        yield from importlib.import_module(f"benchmarks.rows.{module.name}").ROWS


def main() -> None:
    """Runs the rows that the command line asks for; where it is silent, all of them, and writes the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("words", nargs="*", help="measure only rows that contain one of these, and write nothing")
    parser.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help="the median counts")
    arguments = parser.parse_args()
    results = []
    for kind in all_rows():
        row = kind()
        if arguments.words and not any(word.lower() in row.what.lower() for word in arguments.words):
            continue
        results.append(Result(row, row.reach(arguments.rounds)))
        print(line(results[-1]), flush=True)
    print(summary(results))
    if not arguments.words:
        today = datetime.now(UTC).date().isoformat()
        text = page(results, machine=this_machine(), versions=these_versions(), date=today, rounds=arguments.rounds)
        RESULTS.write_text(text)


if __name__ == "__main__":
    main()
