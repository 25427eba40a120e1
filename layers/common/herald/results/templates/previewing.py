"""Previews: one sample row through a template, as a PDF that can be looked at for a few minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import orjson

from herald.errors import TooLarge, Unprocessable
from herald.results.files import PDF_TYPE
from herald.results.ports import ObjectStore, Renderer
from herald.results.templates.store import TemplateStore
from herald.values.clock import Clock, utc_now

SampleValue = str | int | float | bool | None
SampleValues = Mapping[str, "SampleValue | list[dict[str, SampleValue]]"]
"""Values as JSON has them: dates are ISO texts, and a loop is a list of objects."""

LARGEST_VALUES_BYTES = 64 * 1024
URL_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Preview:
    """Where a preview can be looked at, and until when."""

    url: str
    expires_at: datetime


class Previews:
    """Renders sample rows."""

    def __init__(
        self, templates: TemplateStore, renderer: Renderer, documents: ObjectStore, *, clock: Clock = utc_now
    ) -> None:
        self._templates = templates
        self._renderer = renderer
        self._documents = documents
        self._clock = clock

    def make(self, tenant_id: str, template_id: str, *, values: SampleValues | None) -> Preview:
        """A PDF of the template's present version, filled with these values, or with made-up ones for ``None``.

        Raises:
            NotFound: there is no such template.
            TooLarge: the values have more than `LARGEST_VALUES_BYTES`.
            Unprocessable: the template has no file yet, or these values do not go into it; ``fields`` say where.
            Unavailable: the renderer is busy.
        """
        template = self._templates.get(tenant_id, template_id)
        template.require_ready()
        if len(orjson.dumps(values)) > LARGEST_VALUES_BYTES:
            raise TooLarge(f"The sample values may have at most {LARGEST_VALUES_BYTES // 1024} KB.")
        place = {"tenant_id": tenant_id, "template_id": template_id, "version": template.version}
        answer = self._renderer.ask({"preview": {**place, "values": values, "date_format": template.date_format}})
        problem = answer.get("problem")
        if isinstance(problem, Mapping):
            raise Unprocessable(
                str(problem["message"]),
                code=str(problem["code"]),
                fields=cast("Mapping[str, object]", problem.get("fields") or {}),
            )
        url = self._documents.download_url(
            str(answer["pdf_key"]),
            seconds=int(URL_LIFETIME.total_seconds()),
            content_type=PDF_TYPE,
            disposition='inline; filename="preview.pdf"',
        )
        return Preview(url, self._clock() + URL_LIFETIME)
