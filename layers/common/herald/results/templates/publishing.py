"""What happens to a file that is going to be a template: it is inspected, kept as the next version, and announced."""

import hashlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from herald.errors import Conflict, HeraldError, Invalid, NotFound, TooLarge, Unavailable
from herald.results.files import DOCX_TYPE
from herald.results.ports import CompiledTemplate, ObjectStore, Renderer
from herald.results.templates.model import (
    LARGEST_UPLOADED_TEMPLATE_BYTES,
    Template,
    TemplateProblem,
    TemplateStatus,
    TemplateVersion,
)
from herald.results.templates.store import TemplateStore, TemplateVersionStore
from herald.values.clock import Clock, utc_now

_TRIES_FOR_A_NUMBER = 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file that can be a template."""

    content: bytes
    placeholders: tuple[str, ...]
    warnings: tuple[str, ...]


class TemplatePublisher:
    def __init__(
        self,
        templates: TemplateStore,
        versions: TemplateVersionStore,
        documents: ObjectStore,
        compile_template: Callable[[bytes], CompiledTemplate],
        fonts_without_match: Callable[[Collection[str]], Collection[str]],
        renderer: Renderer,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._templates = templates
        self._versions = versions
        self._documents = documents
        self._compile = compile_template
        self._fonts_without_match = fonts_without_match
        self._renderer = renderer
        self._clock = clock

    def inspect(self, content: bytes) -> InspectedFile:
        """Reads a file as a template.

        Raises:
            Invalid: it is not a Word document, holds what a template must not, or has a broken tag.
        """
        compiled = self._compile(content)
        replaced = sorted(self._fonts_without_match(compiled.fonts))
        warnings = [*compiled.warnings]
        warnings += [f"The font {font} will be replaced; lines may break elsewhere." for font in replaced]
        if compiled.embedded_fonts:
            warnings.append(
                "Fonts embedded in the file are left out, and installed ones of the same or another name print the "
                f"text: {', '.join(compiled.embedded_fonts)}."
            )
        if not compiled.placeholders:
            warnings.append("There is no placeholder in this template: everybody gets the same text.")
        return InspectedFile(content, tuple(sorted(compiled.placeholders)), tuple(warnings))

    def add_first_version(self, template: Template, file: InspectedFile, *, upload: str) -> Template:
        """A new template with its first version; the same id and upload again give what is there."""
        version = self._keep(template, file, upload)
        new = replace(
            template,
            version=version.version,
            placeholders=version.placeholders,
            object_key=version.object_key,
            warnings=file.warnings,
            status=TemplateStatus.READY,
        )
        self._templates.add(new)
        self._announce(version)
        return self._templates.get(template.tenant_id, template.template_id)

    def add_version(self, template: Template, file: InspectedFile, *, upload: str) -> Template:
        """A template with one more version; the file of its present version again, or of this upload, adds none.

        Raises:
            NotFound: the template is gone in the meantime.
        """
        version = self._keep(template, file, upload)
        self._templates.publish(version, upload=upload, warnings=file.warnings, now=self._clock())
        self._announce(version)
        return self._templates.get(template.tenant_id, template.template_id)

    def _keep(self, template: Template, file: InspectedFile, upload: str) -> TemplateVersion:
        version = self._version_of(template, file, upload)
        # Again, where an earlier try has died between the two.
        self._documents.put(version.object_key, file.content, content_type=DOCX_TYPE)
        return version

    def _version_of(self, template: Template, file: InspectedFile, upload: str) -> TemplateVersion:
        fingerprint = hashlib.sha256(file.content).hexdigest()[:32]
        if template.version:
            present = self._versions.get(template.tenant_id, template.template_id, template.version)
            if present.fingerprint == fingerprint:
                return present
        source = f"{upload}#{fingerprint}"
        for number in range(template.version + 1, template.version + 1 + _TRIES_FOR_A_NUMBER):
            earlier = self._versions.of_upload(template.tenant_id, template.template_id, source)
            if earlier is not None:
                return earlier
            version = TemplateVersion(
                tenant_id=template.tenant_id,
                template_id=template.template_id,
                version=number,
                object_key=f"{template.tenant_id}/templates/{template.template_id}/{number}.docx",
                placeholders=file.placeholders,
                upload=source,
                fingerprint=fingerprint,
            )
            if self._versions.add(version):
                return version
        raise Conflict("Too many files are uploaded to this template at once; try again.", code="template_busy")

    def _announce(self, version: TemplateVersion) -> None:
        place = {"tenant_id": version.tenant_id, "template_id": version.template_id, "version": version.version}
        try:
            self._renderer.tell({"merge_check": place})
        except Unavailable:
            # Only speed is lost: the renderer tries the version out when it first meets it.
            _log.warning("A new version was not announced: %s", place, exc_info=True)


class CheckOutcome(StrEnum):
    """What became of an upload."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    GONE = "gone"
    """The template was deleted, or the file was."""


class UploadChecks:
    """Takes in the files that arrive by upload URL, where nobody waits for an answer."""

    def __init__(
        self,
        templates: TemplateStore,
        uploads: ObjectStore,
        publisher: TemplatePublisher,
        *,
        largest_bytes: int = LARGEST_UPLOADED_TEMPLATE_BYTES,
        clock: Clock = utc_now,
    ) -> None:
        self._templates = templates
        self._uploads = uploads
        self._publisher = publisher
        self._largest_bytes = largest_bytes
        self._clock = clock

    def check(self, tenant_id: str, template_id: str, *, key: str, upload: str) -> CheckOutcome:
        """Makes the uploaded file its template's new version, or says what is wrong; removes one that is too large."""
        try:
            template = self._templates.get(tenant_id, template_id)
            content = self._uploads.get_bounded(key, at_most=self._largest_bytes)
            self._publisher.add_version(template, self._publisher.inspect(content), upload=upload)
        except NotFound:
            return CheckOutcome.GONE
        except (Invalid, TooLarge) as error:
            self._templates.reject(tenant_id, template_id, _problem_of(error), upload=upload, now=self._clock())
            if isinstance(error, TooLarge):
                self._uploads.delete(key)
            return CheckOutcome.REFUSED
        return CheckOutcome.ACCEPTED


def _problem_of(error: HeraldError) -> TemplateProblem:
    return TemplateProblem(error.code, error.message, str(error.fields.get("paragraph", "")))
