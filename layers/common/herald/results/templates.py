"""Uploading Word templates: checked and compiled before they are kept."""

from collections.abc import Callable
from typing import Protocol

from herald.errors import Invalid, TooLarge
from herald.results.model import LARGEST_TEMPLATE_BYTES, Template, TemplateVersion
from herald.values.clock import Clock, utc_now
from herald.values.page import Page

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LONGEST_NAME = 200


class Compiled(Protocol):
    """A template that was understood."""

    placeholders: frozenset[str]


class Objects(Protocol):
    """Where files are kept."""

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Stores a file."""
        ...


class TemplateRecords(Protocol):
    """Where templates are recorded."""

    def add(self, template: Template) -> bool:
        """Stores a new template; False where this id exists already."""
        ...

    def get(self, tenant_id: str, template_id: str) -> Template:
        """A template, or NotFound."""
        ...

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Template]:
        """Templates, newest first."""
        ...


class VersionRecords(Protocol):
    """Where the versions of templates are recorded."""

    def add(self, version: TemplateVersion) -> bool:
        """Stores a new version; False where this number exists already."""
        ...


class Templates:
    """The use cases of templates."""

    def __init__(
        self,
        records: TemplateRecords,
        versions: VersionRecords,
        objects: Objects,
        compile_template: Callable[[bytes], Compiled],
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._records = records
        self._versions = versions
        self._objects = objects
        self._compile = compile_template
        self._clock = clock

    def upload(self, tenant_id: str, template_id: str, *, name: str, description: str, content: bytes) -> Template:
        """Keeps a new template under an id of the caller's choice; the same id again gives what is there.

        Raises:
            TooLarge: more than `LARGEST_TEMPLATE_BYTES`.
            Invalid: it is not a Word document, holds what a template must not, or has a broken tag.
        """
        if len(content) > LARGEST_TEMPLATE_BYTES:
            raise TooLarge(f"A template may have at most {LARGEST_TEMPLATE_BYTES // 1024**2} MB.")
        if not name.strip():
            raise Invalid("The template needs a name.", fields={"name": "missing"})
        placeholders = self._compile(content).placeholders
        now = self._clock()
        template = Template(
            tenant_id=tenant_id,
            template_id=template_id,
            name=name.strip()[:_LONGEST_NAME],
            description=description,
            version=1,
            placeholders=tuple(sorted(placeholders)),
            object_key=f"{tenant_id}/templates/{template_id}/1.docx",
            created_at=now,
            updated_at=now,
        )
        self._objects.put(template.object_key, content, content_type=DOCX_TYPE)
        self._versions.add(
            TemplateVersion(tenant_id, template_id, template.version, template.object_key, template.placeholders)
        )
        if self._records.add(template):
            return template
        return self._records.get(tenant_id, template_id)

    def get(self, tenant_id: str, template_id: str) -> Template:
        """A template, or NotFound."""
        return self._records.get(tenant_id, template_id)

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Template]:
        """Templates, newest first."""
        return self._records.page(tenant_id, size=size, cursor=cursor)
