"""What is found out of a new version of a template before any batch uses it."""

from herald.errors import Invalid
from herald.results.ports import Converter, FillableTemplate
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.samples import sample_values
from herald.results.rendering.slimming_check import SlimmingCheck
from herald.results.templates.model import Slimming, TemplateProblem, TemplateVersion
from herald.results.templates.store import TemplateStore, TemplateVersionStore
from herald.values.clock import Clock, utc_now

_SECONDS_PER_SAMPLE = 10.0
_REFUSED = "pdf_document_refused"
"""The one failure that is the document's own, and not LibreOffice's."""
_CHARACTER_MISSING = "template_character_missing"
_NOT_CONVERTIBLE = TemplateProblem(
    "template_not_convertible",
    "LibreOffice, which makes the PDFs, cannot open this file once it is filled. Open it in Word, save it again under "
    "another name, and upload that.",
)


class VersionCheck:
    def __init__(
        self,
        templates: TemplateStore,
        versions: TemplateVersionStore,
        compiled: CompiledTemplates,
        converter: Converter,
        slimming_check: SlimmingCheck,
        merge_check: MergeCheck,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._templates = templates
        self._versions = versions
        self._compiled = compiled
        self._converter = converter
        self._slimming_check = slimming_check
        self._merge_check = merge_check
        self._clock = clock

    def check(self, tenant_id: str, template_id: str, version_number: int) -> TemplateVersion:
        """Finds out whether a version becomes PDFs at all, from what, and whether its rows may share a conversion.

        A template whose present version does not become one has failed, and no batch begins with it.

        Raises:
            NotFound: there is no such version.
        """
        version = self._versions.get(tenant_id, template_id, version_number)
        problem = self._problem_of_sample(self._compiled.whole(version.object_key))
        if problem is not None:
            self._templates.fail_version(version, problem, now=self._clock())
            return version
        place = tenant_id, template_id, version_number
        version = self._slimming_check.check(*place, deadline_seconds=_SECONDS_PER_SAMPLE)
        if version.slimming is Slimming.UNKNOWN:
            return version
        template = self._compiled.of(version)
        return self._merge_check.check(version, template, deadline_seconds=_SECONDS_PER_SAMPLE)

    def _problem_of_sample(self, template: FillableTemplate) -> TemplateProblem | None:
        try:
            document = template.fill(sample_values(template.fields))
        except Invalid as error:
            # Made-up values need not suit; real ones may. What the template says itself stays.
            is_its_own = error.code == _CHARACTER_MISSING
            return TemplateProblem(error.code, error.message, str(error.fields["paragraph"])) if is_its_own else None
        [result] = self._converter.convert([document], deadline_seconds=_SECONDS_PER_SAMPLE)
        is_refused = not isinstance(result, bytes) and result.code == _REFUSED
        return _NOT_CONVERTIBLE if is_refused else None
