"""Finding out whether rows of a template may share a conversion: samples are rendered both ways and compared."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from herald.errors import Invalid, TooLarge
from herald.results.ports import ConversionFailure, Converter, FillableTemplate
from herald.results.rendering.model import OFFICE_PROBLEMS
from herald.results.rendering.samples import sample_rows, varied_rows
from herald.results.templates.model import Merging, TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from herald.values.sheet import Value

_FEWEST_ROWS = 2
_MOST_ROWS = 20
_VARIED_ROWS = 200
"""Tried, one after another, until each condition has gone both ways; filling one takes a few milliseconds."""
_SECONDS_IN_ALL = 40.0
"""A template whose samples take longer has slow rows anyway: nothing is won by putting them together."""

SamePages = Callable[[bytes, bytes], bool]
"""Whether two PDFs show the same."""
PageCount = Callable[[bytes], int]


class MergeCheck:
    """Checks versions of templates; doing it twice at once costs time and nothing else."""

    def __init__(
        self,
        versions: TemplateVersionStore,
        converter: Converter,
        same_pages: SamePages,
        page_count: PageCount,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._converter = converter
        self._same_pages = same_pages
        self._page_count = page_count
        self._seconds = seconds

    def check(
        self,
        version: TemplateVersion,
        template: FillableTemplate,
        *,
        deadline_seconds: float,
        examples: Sequence[Mapping[str, Value]] = (),
    ) -> TemplateVersion:
        """Renders samples, and a few rows of a real workbook where there are any, and records what they show.

        Args:
            version: what is to be checked; one that is already comes back as it is.
            template: its file, compiled.
            deadline_seconds: how long one conversion may take at each try.
            examples: real rows; the first one tells how many pages a row has.

        Returns:
            The version with ``merging`` and ``pages`` found; or as it was, where LibreOffice crashed or hung on a
            sample, for another to find out.
        """
        if version.merging is not Merging.UNKNOWN:
            return version
        merging, pages = Merging.UNFAITHFUL, 0
        rows = _rows_of_every_kind(template, examples) if template.mergeable else []
        if len(rows) >= _FEWEST_ROWS:
            merging, pages = self._compare(template, rows, _Budget(deadline_seconds, self._seconds))
        if merging is not Merging.UNKNOWN:
            self._versions.record_merge_check(version, merging, pages=pages)
        return replace(version, merging=merging, pages=pages)

    def _compare(
        self, template: FillableTemplate, rows: Sequence[Mapping[str, Value]], budget: "_Budget"
    ) -> tuple[Merging, int]:
        alone: list[bytes] = []
        for row in rows:
            if budget.is_used_up:
                return Merging.UNFAITHFUL, 0
            [result] = self._converter.convert([template.fill(row)], deadline_seconds=budget.per_conversion)
            if not isinstance(result, bytes):
                return budget.verdict_of(result), 0
            alone.append(result)
        together = self._together(template, rows, budget)
        if not isinstance(together, list):
            return together, 0
        is_faithful = len(together) == len(alone) and all(map(self._same_pages, alone, together))
        return (Merging.FAITHFUL if is_faithful else Merging.UNFAITHFUL), self._page_count(alone[0])

    def _together(
        self, template: FillableTemplate, rows: Sequence[Mapping[str, Value]], budget: "_Budget"
    ) -> list[bytes] | Merging:
        try:
            document = template.merge(rows)
        except (Invalid, TooLarge):
            return Merging.UNFAITHFUL
        if budget.is_used_up:
            return Merging.UNFAITHFUL
        result = self._converter.convert_merged(document, len(rows), deadline_seconds=budget.per_conversion)
        return result if isinstance(result, list) else budget.verdict_of(result)


class _Budget:
    """How long finding out may take: each conversion, and all of them."""

    def __init__(self, per_conversion: float, seconds: Callable[[], float]) -> None:
        self.per_conversion = per_conversion
        self._seconds = seconds
        self._ends = seconds() + _SECONDS_IN_ALL

    @property
    def is_used_up(self) -> bool:
        """Whether no more is to be tried."""
        return self._seconds() >= self._ends

    def verdict_of(self, failure: ConversionFailure) -> Merging:
        """What a failed conversion says of the template: nothing where it was LibreOffice's, and early."""
        return Merging.UNKNOWN if failure.code in OFFICE_PROBLEMS and not self.is_used_up else Merging.UNFAITHFUL


def _rows_of_every_kind(
    template: FillableTemplate, examples: Sequence[Mapping[str, Value]]
) -> list[Mapping[str, Value]]:
    """Samples and examples by which every condition goes both ways, and every loop over none, one and many records.

    Returns:
        None at all where a condition or a loop is left that no sample moves: what it hides cannot be compared.
    """
    rows = list(_fillable(template, [*examples, *sample_rows(template.fields)]))
    missing = set(template.branches).difference(*map(template.branches_taken, rows))
    tries = islice(varied_rows(template.fields), _VARIED_ROWS)
    while missing and len(rows) < _MOST_ROWS and (tried := next(tries, None)) is not None:
        for row in _fillable(template, [tried]):
            taken = template.branches_taken(row)
            if not missing.isdisjoint(taken):
                missing -= taken
                rows.append(row)
    return [] if missing else rows


def _fillable(template: FillableTemplate, rows: Sequence[Mapping[str, Value]]) -> Iterator[Mapping[str, Value]]:
    """The rows that suit the template: not every sample does."""
    for row in rows:
        try:
            template.fill(row)
        except Invalid:
            continue
        yield row
