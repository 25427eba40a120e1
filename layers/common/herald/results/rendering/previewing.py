"""Rendering one row to look at, of given values or of samples."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from herald.errors import Invalid, NotFound
from herald.results.files import PDF_TYPE
from herald.results.ports import Converter, ObjectStore
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.samples import sample_values
from herald.results.reports.row_values import encode
from herald.results.templates.model import TemplateVersion
from herald.results.templates.store import TemplateVersionStore
from herald.values.notation import Notation
from herald.values.sheet import Value

_SECONDS_PER_PREVIEW = 10.0
"""At each of two tries: whoever waits for it has 25 seconds."""
_RETENTION = {"retention": "7"}


@dataclass(frozen=True, slots=True)
class PreviewProblem:
    """Why there is no preview."""

    code: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


class PreviewRendering:
    """Renders previews; they are kept for a week."""

    def __init__(
        self, versions: TemplateVersionStore, templates: CompiledTemplates, objects: ObjectStore, converter: Converter
    ) -> None:
        self._versions = versions
        self._templates = templates
        self._objects = objects
        self._converter = converter

    def render(
        self,
        tenant_id: str,
        template_id: str,
        version_number: int,
        values: Mapping[str, Value] | None,
        *,
        date_format: str = "",
    ) -> str | PreviewProblem:
        """The key of a PDF of one row, or what stands in its way.

        Args:
            tenant_id: whose template it is.
            template_id: the template.
            version_number: of its file.
            values: what to fill in; samples for ``None``.
            date_format: how dates given as text are written.
        """
        try:
            version = self._versions.get(tenant_id, template_id, version_number)
            template = self._templates.of(version).in_notation(Notation(date_format=date_format))
            row = sample_values(template.fields) if values is None else values
            document = template.fill(row)
        except (Invalid, NotFound) as error:
            return PreviewProblem(error.code, error.message, error.fields)
        [result] = self._converter.convert([document], deadline_seconds=_SECONDS_PER_PREVIEW)
        if not isinstance(result, bytes):
            return PreviewProblem(result.code, result.message)
        key = _preview_key(version, row, date_format)
        self._objects.put_once(key, result, content_type=PDF_TYPE, tags=_RETENTION)
        return key


def _preview_key(version: TemplateVersion, row: Mapping[str, Value], date_format: str) -> str:
    name = hashlib.sha256(f"{version.object_key}\n{date_format}\n{encode(row)}".encode()).hexdigest()[:24]
    return f"{version.tenant_id}/templates/{version.template_id}/preview/{name}.pdf"
