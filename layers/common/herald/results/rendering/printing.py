"""Making PDFs of rows, several per conversion; a row that cannot become one costs itself alone.

A row over which LibreOffice crashed or hung may be innocent: of what a row before it left behind, or of a machine short
of memory. It is tried again later, on a LibreOffice that nobody used before, and fails only if that ends alike.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from herald.errors import Invalid, TooLarge
from herald.results.batches.model import BatchProblem
from herald.results.ports import Converter, FillableTemplate
from herald.results.rendering.model import OFFICE_PROBLEMS
from herald.results.reports.model import Report
from herald.values.expected_text import ExpectedText

_log = logging.getLogger(__name__)
ShowsText = Callable[[bytes, ExpectedText], bool]
"""Whether a PDF says what is expected of it."""

_SECONDS_PER_GROUP = 10.0
"""Groups take a second or two; whoever needs longer is converted alone."""
_SECONDS_PER_ROW = 20.0
_TRIES = 2
"""The converter begins anew once, where LibreOffice crashed or hung: that need not be the document's fault."""
_ROUNDS = 2
_SHORTEST_SECONDS_PER_CONVERSION = 2.0
_SECONDS_TO_SETTLE = 10.0
_MOST_ROWS_AT_ONCE = 25
_PAGES_AT_ONCE = 30
"""Beyond, a page costs more the longer the document is that it stands in (measured with letters and reports)."""
_SINGLE_ROWS_PER_PORTION = 5
_TIMED_OUT = "pdf_timed_out"
_ABOUT_VALUES = ("placeholder", "value", "kind")


@dataclass(frozen=True, slots=True)
class Printed:
    """What became of a row: a PDF, the reason why there is none, or that another round is to find out.

    None of these where there was no time for it.
    """

    report: Report
    pdf: bytes = b""
    problem: BatchProblem | None = None
    postponed: bool = False

    @property
    def done(self) -> bool:
        """Whether this round is over for the row."""
        return bool(self.pdf) or self.problem is not None or self.postponed


def rows_at_once(pages: int) -> int:
    """How many rows of so many pages share a conversion: 25 letters, 10 reports of three pages."""
    return max(1, min(_MOST_ROWS_AT_ONCE, _PAGES_AT_ONCE // max(pages, 1)))


@dataclass(frozen=True, slots=True)
class Printer:
    """What makes PDFs, and what looks for a row's text in its share of one."""

    converter: Converter
    shows_text: ShowsText


class Printing:
    """Prints the rows of one chunk through one template."""

    def __init__(
        self, template: FillableTemplate, printer: Printer, *, together: int, seconds_left: Callable[[], float]
    ) -> None:
        """Prepare to print.

        Args:
            template: what the rows are filled into.
            printer: what makes the PDFs.
            together: how many rows share a conversion; 1 where they must not.
            seconds_left: until the invocation ends.
        """
        self._template = template
        self._converter = printer.converter
        self._shows_text = printer.shows_text
        self._together = together
        self._seconds_left = seconds_left

    def portions(self, reports: Sequence[Report]) -> Iterator[list[Printed]]:
        """What became of the rows, a few at a time; rows that there is no time for are in none of them.

        Those of a second round come last, each alone and on a new LibreOffice.
        """
        new = [report for report in reports if not report.office_failures]
        size = self._together if self._together > 1 else _SINGLE_ROWS_PER_PORTION
        for start in range(0, len(new), size):
            yield [printed for printed in self._print(new[start : start + size]) if printed.done]
        for report in reports:
            if report.office_failures:
                self._converter.close()
                yield [printed for printed in [self._print_alone(report)] if printed.done]

    def _print(self, reports: Sequence[Report]) -> list[Printed]:
        if self._together == 1 or len(reports) == 1:
            return [self._print_alone(report) for report in reports]
        try:
            document = self._template.merge([report.values for report in reports])
        except Invalid:
            return self._print_without_bad_rows(reports)
        except TooLarge:
            return self._print_halves(reports)
        return self._print_merged(document, reports)

    def _print_merged(self, document: bytes, reports: Sequence[Report]) -> list[Printed]:
        deadline = self._deadline(_SECONDS_PER_GROUP)
        if deadline is None:
            return []
        result = self._converter.convert_merged(document, len(reports), deadline_seconds=deadline)
        if isinstance(result, list):
            return [self._checked(report, pdf) for report, pdf in zip(reports, result, strict=True)]
        if result.code == _TIMED_OUT:
            # Halving would wait for the guilty row once per half it is in.
            return [self._print_alone(report) for report in reports]
        return self._print_halves(reports)

    def _checked(self, report: Report, pdf: bytes) -> Printed:
        """A row's share of a merged PDF, or one of its own where that does not say what the row says."""
        if self._shows_its_text(report, pdf):
            return Printed(report, pdf)
        _log.warning("A merged row did not show its own text: row %d of batch %s", report.row, report.batch_id)
        return self._print_alone(report)

    def _shows_its_text(self, report: Report, pdf: bytes) -> bool:
        try:
            return self._shows_text(pdf, self._template.expected_text(report.values))
        except ValueError:  # no PDF came of it, which costs this row its share and no other
            return False

    def _print_without_bad_rows(self, reports: Sequence[Report]) -> list[Printed]:
        bad = [printed for printed in map(self._refused, reports) if printed is not None]
        if not bad:
            return self._print_halves(reports)
        bad_rows = {printed.report.row for printed in bad}
        good = [report for report in reports if report.row not in bad_rows]
        return bad + (self._print(good) if good else [])

    def _print_halves(self, reports: Sequence[Report]) -> list[Printed]:
        middle = len(reports) // 2
        return self._print(reports[:middle]) + self._print(reports[middle:])

    def _refused(self, report: Report) -> Printed | None:
        try:
            self._template.fill(report.values)
        except Invalid as error:
            return _refused(report, error)
        return None

    def _print_alone(self, report: Report) -> Printed:
        deadline = self._deadline(_SECONDS_PER_ROW)
        if deadline is None:
            return Printed(report)
        try:
            document = self._template.fill(report.values)
        except Invalid as error:
            return _refused(report, error)
        [result] = self._converter.convert([document], deadline_seconds=deadline)
        if isinstance(result, bytes):
            return Printed(report, result)
        if result.code == _TIMED_OUT and deadline < _SECONDS_PER_ROW:
            return Printed(report)
        if result.code in OFFICE_PROBLEMS and report.office_failures + 1 < _ROUNDS:
            return Printed(report, postponed=True)
        return _failed(report, result.code, result.message)

    def _deadline(self, at_most: float) -> float | None:
        """How long the next conversion may take at each try; None where there is no time for another one."""
        seconds = min(at_most, (self._seconds_left() - _SECONDS_TO_SETTLE) / _TRIES)
        return seconds if seconds >= _SHORTEST_SECONDS_PER_CONVERSION else None


def _refused(report: Report, error: Invalid) -> Printed:
    """A row whose value does not suit the template; the column is named as placeholders name it."""
    about_value = {name: error.fields[name] for name in _ABOUT_VALUES if name in error.fields}
    column = str(about_value["placeholder"]) if "value" in about_value else None
    details = about_value if column else {}
    return Printed(report, problem=BatchProblem(error.code, error.message, report.row, column, details))


def _failed(report: Report, code: str, message: str) -> Printed:
    return Printed(report, problem=BatchProblem(code, message, report.row))
