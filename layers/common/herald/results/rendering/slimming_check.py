"""Proving that a template shows the same pages without what it carries unseen: samples are rendered both ways."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from herald.errors import Invalid
from herald.results.ports import Converter, FillableTemplate
from herald.results.rendering.budget import Budget
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.samples import rows_of_every_kind
from herald.results.templates.model import Merging, Slimming, TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from herald.values.sheet import Value

IdenticalPages = Callable[[bytes, bytes], bool]
"""Whether two PDFs show the same, to the pixel."""


class SlimmingCheck:
    """Checks versions of templates; doing it twice at once costs time and nothing else."""

    def __init__(
        self,
        versions: TemplateVersionStore,
        templates: CompiledTemplates,
        converter: Converter,
        identical_pages: IdenticalPages,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._templates = templates
        self._converter = converter
        self._identical_pages = identical_pages
        self._seconds = seconds

    def check(
        self, tenant_id: str, template_id: str, version_number: int, *, deadline_seconds: float
    ) -> TemplateVersion:
        """A version of which it is known whether it may be slimmed.

        What is not proved counts as refuted. Whether its rows may share a conversion is found out after this, as it
        is for one of the two documents.

        Args:
            tenant_id: whose template it is.
            template_id: the template.
            version_number: of its file.
            deadline_seconds: how long one conversion may take at each try.

        Returns:
            The version with ``slimming`` found; or as it was, where LibreOffice crashed or hung on a sample, for
            another to find out.

        Raises:
            NotFound: there is no such version.
            Invalid: its file is no good template.
        """
        version = self._versions.get(tenant_id, template_id, version_number)
        if version.slimming is not Slimming.UNKNOWN:
            return version
        slimming = self._compare(version, Budget(deadline_seconds, self._seconds))
        if slimming is Slimming.UNKNOWN:
            return version
        self._versions.record_slimming(version, slimming)
        return replace(version, slimming=slimming, merging=Merging.UNKNOWN, pages=0)

    def _compare(self, version: TemplateVersion, budget: Budget) -> Slimming:
        whole = self._templates.whole(version.object_key)
        try:
            slimmed = self._templates.slimmed(version.object_key)
        except Invalid:
            return Slimming.UNFAITHFUL
        rows = rows_of_every_kind(whole)
        verdict = Slimming.FAITHFUL if rows else Slimming.UNFAITHFUL
        for row in rows:
            if verdict is Slimming.FAITHFUL:
                verdict = self._compare_row(whole, slimmed, row, budget)
        return verdict

    def _compare_row(
        self, whole: FillableTemplate, slimmed: FillableTemplate, row: Mapping[str, Value], budget: Budget
    ) -> Slimming:
        try:
            documents = [whole.fill(row), slimmed.fill(row)]
        except Invalid:
            return Slimming.UNFAITHFUL
        pdfs: list[bytes] = []
        for document in documents:
            if budget.is_used_up:
                return Slimming.UNFAITHFUL
            [result] = self._converter.convert([document], deadline_seconds=budget.per_conversion)
            if not isinstance(result, bytes):
                return Slimming.UNKNOWN if budget.says_nothing(result) else Slimming.UNFAITHFUL
            pdfs.append(result)
        return Slimming.FAITHFUL if self._identical_pages(*pdfs) else Slimming.UNFAITHFUL
