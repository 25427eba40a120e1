"""Finding out whether rows of a template may share a conversion: samples are rendered both ways and compared."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from herald.errors import Invalid, TooLarge
from herald.results.ports import ConversionFailure, Converter, FillableTemplate
from herald.results.rendering.budget import Budget
from herald.results.rendering.printing import ShowsText
from herald.results.rendering.samples import rows_of_every_kind
from herald.results.templates.model import Merging, TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from herald.values.sheet import Value

_FEWEST_ROWS = 2

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
        shows_text: ShowsText,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._converter = converter
        self._same_pages = same_pages
        self._page_count = page_count
        self._shows_text = shows_text
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
        rows = rows_of_every_kind(template, examples) if template.mergeable else []
        if len(rows) >= _FEWEST_ROWS:
            merging, pages = self._compare(template, rows, Budget(deadline_seconds, self._seconds))
        if merging is not Merging.UNKNOWN:
            self._versions.record_merge_check(version, merging, pages=pages)
        return replace(version, merging=merging, pages=pages)

    def _compare(
        self, template: FillableTemplate, rows: Sequence[Mapping[str, Value]], budget: Budget
    ) -> tuple[Merging, int]:
        alone: list[bytes] = []
        for row in rows:
            if budget.is_used_up:
                return Merging.UNFAITHFUL, 0
            [result] = self._converter.convert([template.fill(row)], deadline_seconds=budget.per_conversion)
            if not isinstance(result, bytes):
                return _verdict_of(result, budget), 0
            if not self._shows_text(result, template.expected_text(row)):
                # Nobody could tell of a merged row whether it says what it should.
                return Merging.UNFAITHFUL, 0
            alone.append(result)
        together = self._together(template, rows, budget)
        if not isinstance(together, list):
            return together, 0
        is_faithful = len(together) == len(alone) and all(map(self._same_pages, alone, together))
        return (Merging.FAITHFUL if is_faithful else Merging.UNFAITHFUL), self._page_count(alone[0])

    def _together(
        self, template: FillableTemplate, rows: Sequence[Mapping[str, Value]], budget: Budget
    ) -> list[bytes] | Merging:
        try:
            document = template.merge(rows)
        except (Invalid, TooLarge):
            return Merging.UNFAITHFUL
        if budget.is_used_up:
            return Merging.UNFAITHFUL
        result = self._converter.convert_merged(document, len(rows), deadline_seconds=budget.per_conversion)
        return result if isinstance(result, list) else _verdict_of(result, budget)


def _verdict_of(failure: ConversionFailure, budget: Budget) -> Merging:
    """What a failed conversion says of the template."""
    return Merging.UNKNOWN if budget.says_nothing(failure) else Merging.UNFAITHFUL
