"""ResultFlow's Word templates: upload, list, detail."""

import os
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import File, Form, Query, UploadFile
from pydantic import BaseModel, ConfigDict

from herald.adapters.objects import ObjectStore
from herald.adapters.word import compile_template
from herald.http.composition import compose_api
from herald.results.model import Template
from herald.results.template_store import TemplateStore, TemplateVersionStore
from herald.results.templates import Templates
from herald.values.clock import to_text
from herald.values.page import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE

api = compose_api()
templates = Templates(
    TemplateStore(), TemplateVersionStore(), ObjectStore(os.environ["DOCUMENTS_BUCKET"]), compile_template
)
handler = api.handle


class TemplateView(BaseModel):
    """A template as others see it; ``placeholders`` are the columns that it needs of a workbook."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    description: str
    version: int
    placeholders: list[str]
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, template: Template) -> "TemplateView":
        """The view of a template."""
        return cls(
            id=template.template_id,
            name=template.name,
            description=template.description,
            version=template.version,
            placeholders=list(template.placeholders),
            created_at=to_text(template.created_at),
            updated_at=to_text(template.updated_at),
        )


class TemplateList(BaseModel):
    """Some templates, newest first; ``next_cursor`` continues the list."""

    model_config = ConfigDict(defer_build=True)

    templates: list[TemplateView]
    next_cursor: str | None


@api.post("/api/v1/admin/upload/template", status_code=201, summary="Upload a Word template", tags=["Templates"])
def upload_template(
    file: Annotated[UploadFile, File(description="A .docx of at most 4 MB.")],
    name: Annotated[str, Form(max_length=200)] = "",
    description: Annotated[str, Form(max_length=2000)] = "",
) -> TemplateView:
    """Checks and keeps a template; the answer lists the placeholders that were found in it."""
    template = templates.upload(
        api.caller.tenant_id,
        api.creation_id(),
        name=name or (file.filename or "").removesuffix(".docx"),
        description=description,
        content=file.content,
    )
    return TemplateView.of(template)


@api.get("/api/v1/admin/templates", summary="List the templates", tags=["Templates"])
def list_templates(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> TemplateList:
    """The tenant's templates, newest first."""
    page = templates.page(api.caller.tenant_id, size=limit, cursor=cursor)
    return TemplateList(templates=[TemplateView.of(template) for template in page.items], next_cursor=page.next_cursor)


@api.get("/api/v1/admin/templates/<template_id>", summary="One template", tags=["Templates"])
def get_template(template_id: str) -> TemplateView:
    """A template, with its placeholders."""
    return TemplateView.of(templates.get(api.caller.tenant_id, template_id))
