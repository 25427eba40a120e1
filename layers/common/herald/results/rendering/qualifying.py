"""Finding out whether rows of a template may share a conversion: samples are rendered both ways and compared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from herald.errors import Invalid, TooLarge
from herald.results.model import Merging, TemplateVersion, Value
from herald.results.rendering.compiled import Template
from herald.results.rendering.printing import Converter
from herald.results.rendering.samples import sample_rows

_FEWEST_ROWS = 2

SamePages = Callable[[bytes, bytes], bool]
"""Whether two PDFs show the same."""
PageCount = Callable[[bytes], int]


class Versions(Protocol):
    """Where versions of templates are recorded."""

    def settle_merging(self, version: TemplateVersion, merging: Merging, *, pages: int) -> None:
        """Records what rendering samples has shown; harmless where the version is gone."""
        ...


class Qualifying:
    """Qualifies versions of templates; doing it twice at once costs time and nothing else."""

    def __init__(self, versions: Versions, converter: Converter, same_pages: SamePages, page_count: PageCount) -> None:
        self._versions = versions
        self._converter = converter
        self._same_pages = same_pages
        self._page_count = page_count

    def qualify(
        self,
        version: TemplateVersion,
        template: Template,
        *,
        deadline_seconds: float,
        examples: Sequence[Mapping[str, Value]] = (),
    ) -> TemplateVersion:
        """Renders samples, and a few rows of a real workbook where there are any, and records what they show.

        Args:
            version: what is to be qualified; one that is already comes back as it is.
            template: its file, compiled.
            deadline_seconds: how long one conversion may take at each try.
            examples: real rows; the first one tells how many pages a row has.

        Returns:
            The version with ``merging`` and ``pages`` settled.
        """
        if version.merging is not Merging.UNKNOWN:
            return version
        merging, pages = Merging.UNFAITHFUL, 0
        rows = list(_fillable(template, [*examples, *sample_rows(template.fields)])) if template.mergeable else []
        if len(rows) >= _FEWEST_ROWS:
            merging, pages = self._compare(template, rows, deadline_seconds)
        self._versions.settle_merging(version, merging, pages=pages)
        return replace(version, merging=merging, pages=pages)

    def _compare(
        self, template: Template, rows: Sequence[Mapping[str, Value]], deadline_seconds: float
    ) -> tuple[Merging, int]:
        alone: list[bytes] = []
        for row in rows:
            [result] = self._converter.convert([template.fill(row)], deadline_seconds=deadline_seconds)
            if not isinstance(result, bytes):
                return Merging.UNFAITHFUL, 0
            alone.append(result)
        together = self._together(template, rows, deadline_seconds)
        is_faithful = len(together) == len(alone) and all(map(self._same_pages, alone, together))
        return (Merging.FAITHFUL if is_faithful else Merging.UNFAITHFUL), self._page_count(alone[0])

    def _together(
        self, template: Template, rows: Sequence[Mapping[str, Value]], deadline_seconds: float
    ) -> list[bytes]:
        try:
            document = template.merge(rows)
        except (Invalid, TooLarge):
            return []
        result = self._converter.convert_merged(document, len(rows), deadline_seconds=deadline_seconds)
        return result if isinstance(result, list) else []


def _fillable(template: Template, rows: Sequence[Mapping[str, Value]]) -> Iterator[Mapping[str, Value]]:
    """The rows that suit the template: not every sample does."""
    for row in rows:
        try:
            template.fill(row)
        except Invalid:
            continue
        yield row
