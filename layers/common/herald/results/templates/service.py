"""Templates, as the people who write them handle them: created, uploaded, renamed, previewed, deleted."""

from dataclasses import dataclass

from herald.errors import Invalid, TooLarge
from herald.results.files import DOCX_TYPE, LARGEST_FILE_THROUGH_API, UPLOAD_URL_SECONDS
from herald.results.ports import ObjectStore
from herald.results.templates.model import Template, TemplateStatus
from herald.results.templates.publishing import TemplatePublisher
from herald.results.templates.store import TemplateStore
from herald.values.clock import Clock, utc_now
from herald.values.notation import require_date_format
from herald.values.page import Page

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class AwaitedFile:
    """A template, and where its next file is to be uploaded."""

    template: Template
    upload_url: str


class Templates:
    def __init__(
        self, templates: TemplateStore, uploads: ObjectStore, publisher: TemplatePublisher, *, clock: Clock = utc_now
    ) -> None:
        self._templates = templates
        self._uploads = uploads
        self._publisher = publisher
        self._clock = clock

    def create(
        self,
        tenant_id: str,
        template_id: str,
        *,
        name: str,
        description: str,
        date_format: str = "",
        file_size: int | None = None,
    ) -> AwaitedFile:
        """A template that waits for its file, of ``file_size`` bytes if told; the same id again gives what is there.

        Raises:
            Invalid: it has no name, or the date format is none.
        """
        self._templates.add(self._new(tenant_id, template_id, name, description, date_format))
        return self.await_version(tenant_id, template_id, upload=template_id, file_size=file_size)

    def await_version(
        self, tenant_id: str, template_id: str, *, upload: str, file_size: int | None = None
    ) -> AwaitedFile:
        """Where a new version of a template is to be uploaded, under an id of the caller's choice.

        Raises:
            NotFound: there is no such template.
        """
        template = self._templates.get(tenant_id, template_id)
        key = upload_key(tenant_id, template_id, upload)
        url = self._uploads.upload_url(key, seconds=UPLOAD_URL_SECONDS, content_type=DOCX_TYPE, size=file_size)
        return AwaitedFile(template, url)

    def upload(
        self, tenant_id: str, template_id: str, *, name: str, description: str, content: bytes, date_format: str = ""
    ) -> Template:
        """Keeps a new template under an id of the caller's choice; the same id again gives what is there.

        Raises:
            TooLarge: more than `LARGEST_FILE_THROUGH_API`.
            Invalid: it is not a Word document, holds what a template must not, or has a broken tag.
        """
        _refuse_too_large(content)
        template = self._new(tenant_id, template_id, name, description, date_format)
        return self._publisher.add_first_version(template, self._publisher.inspect(content), upload=template_id)

    def upload_version(self, tenant_id: str, template_id: str, *, upload: str, content: bytes) -> Template:
        """Keeps a new version of a template; the same upload again, or the present file again, makes none.

        Raises:
            NotFound: there is no such template.
            TooLarge: more than `LARGEST_FILE_THROUGH_API`.
            Invalid: as `upload`; the template stays as it is.
        """
        template = self._templates.get(tenant_id, template_id)
        _refuse_too_large(content)
        return self._publisher.add_version(template, self._publisher.inspect(content), upload=upload)

    def describe(
        self,
        tenant_id: str,
        template_id: str,
        *,
        name: str | None,
        description: str | None,
        date_format: str | None = None,
    ) -> Template:
        """Changes a template's name, its description, its date format, or several of them.

        Raises:
            NotFound: there is no such template.
            Invalid: none is given, the name is blank, or the date format is none.
        """
        self._templates.get(tenant_id, template_id)
        if name is None and description is None and date_format is None:
            raise Invalid("Give a name, a description, or both.", fields={"name": "missing", "description": "missing"})
        self._templates.describe(
            tenant_id,
            template_id,
            name=None if name is None else _checked_name(name),
            description=description,
            date_format=None if date_format is None else require_date_format(date_format),
            now=self._clock(),
        )
        return self._templates.get(tenant_id, template_id)

    def remove(self, tenant_id: str, template_id: str) -> None:
        """Deletes a template; its versions stay for the batches that began with them.

        Raises:
            NotFound: there is no such template.
        """
        self._templates.remove(tenant_id, template_id)

    def get(self, tenant_id: str, template_id: str) -> Template:
        return self._templates.get(tenant_id, template_id)

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Template]:
        return self._templates.page(tenant_id, size=size, cursor=cursor)

    def _new(self, tenant_id: str, template_id: str, name: str, description: str, date_format: str) -> Template:
        now = self._clock()
        return Template(
            tenant_id=tenant_id,
            template_id=template_id,
            name=_checked_name(name),
            description=description,
            version=0,
            placeholders=(),
            object_key="",
            created_at=now,
            updated_at=now,
            status=TemplateStatus.PENDING,
            date_format=require_date_format(date_format),
        )


def upload_key(tenant_id: str, template_id: str, upload: str) -> str:
    """Where a file of a template is uploaded."""
    return f"{tenant_id}/templates/{template_id}/{upload}.docx"


def upload_of_key(key: str) -> tuple[str, str, str]:
    """The tenant, the template and the upload that a key names: the inverse of `upload_key`."""
    tenant_id, _, template_id, file = key.split("/")
    return tenant_id, template_id, file.removesuffix(".docx")


def _refuse_too_large(content: bytes) -> None:
    if len(content) > LARGEST_FILE_THROUGH_API:
        raise TooLarge(
            f"Here a template may have {LARGEST_FILE_THROUGH_API // 1024**2} MB; larger ones go to an upload URL."
        )


def _checked_name(name: str) -> str:
    if not name.strip():
        raise Invalid("The template needs a name.", fields={"name": "missing"})
    return name.strip()[:_LONGEST_NAME]
