"""ResultFlow's Word templates: create, upload, new versions, list, detail, update, preview, delete."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, File, Form, Path, UploadFile

from herald.http.access import requires, with_a_secret_in_its_answer
from herald.http.answers import redirect, redirect_to
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.failures import fails_with
from herald.http.parameters import Cursor, PageSize
from herald.identity.permissions import Permission
from herald.results.composition import results
from herald.values.notation import ABOUT_DATE_FORMAT, LONGEST_DATE_FORMAT
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import (
    ABOUT_DESCRIPTION,
    ABOUT_FILE,
    ABOUT_NAME,
    ABOUT_TEMPLATE,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    AwaitedFileView,
    PreviewRequest,
    PreviewView,
    TemplateChanges,
    TemplateList,
    TemplateRequest,
    TemplateView,
    VersionRequest,
)

api = compose_api(RESULTFLOW)
templates, previews = results().templates, results().previews
handler = api.handle

TemplateId = Annotated[str, Path(description="UUID of the template.")]


@api.post("/api/v1/admin/templates", status_code=201, summary="Create a template", tags=["Templates"])
@requires(Permission.RESULTS_WRITE)
def create_template(request: TemplateRequest) -> AwaitedFileView:
    """A template that is ``pending`` until its file is uploaded to ``upload_url`` and checked."""
    awaited = templates.create(
        api.caller.tenant_id,
        api.creation_id(),
        name=request.name,
        description=request.description,
        date_format=request.date_format,
        file_size=request.file_size,
    )
    return AwaitedFileView.of(awaited.template, upload_url=awaited.upload_url)


@api.post("/api/v1/admin/upload/template", status_code=201, summary="Upload a Word template", tags=["Templates"])
@fails_with(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
@requires(Permission.RESULTS_WRITE)
def upload_template(
    file: Annotated[UploadFile, File(description=ABOUT_FILE)],
    name: Annotated[str, Form(max_length=LONGEST_NAME, description=ABOUT_NAME)] = "",
    description: Annotated[str, Form(max_length=LONGEST_DESCRIPTION, description=ABOUT_DESCRIPTION)] = "",
    template_id: Annotated[str, Form(max_length=100, description=ABOUT_TEMPLATE)] = "",
    date_format: Annotated[str, Form(max_length=LONGEST_DATE_FORMAT, description=ABOUT_DATE_FORMAT)] = "",
) -> TemplateView:
    """Checks and keeps a template, or a new version of one; the answer lists the placeholders that were found in it."""
    tenant_id, upload = api.caller.tenant_id, api.creation_id()
    if template_id:
        template = templates.upload_version(tenant_id, template_id, upload=upload, content=file.content)
        return TemplateView.of(template)
    template = templates.upload(
        tenant_id,
        upload,
        name=name or (file.filename or "").removesuffix(".docx"),
        description=description,
        content=file.content,
        date_format=date_format,
    )
    return TemplateView.of(template)


@api.get("/api/v1/admin/templates", summary="List the templates", tags=["Templates"])
@requires(Permission.RESULTS_READ)
def list_templates(
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
) -> TemplateList:
    """The tenant's templates, newest first."""
    return TemplateList.of(templates.page(api.caller.tenant_id, size=limit, cursor=cursor))


@api.get("/api/v1/admin/templates/<template_id>", summary="One template", tags=["Templates"])
@requires(Permission.RESULTS_READ)
def get_template(template_id: TemplateId) -> TemplateView:
    """A template, with its placeholders, and with what is wrong with the file that was uploaded last."""
    return TemplateView.of(templates.get(api.caller.tenant_id, template_id))


@api.put("/api/v1/admin/templates/<template_id>", summary="Update a template", tags=["Templates"])
@requires(Permission.RESULTS_WRITE)
def update_template(template_id: TemplateId, request: TemplateChanges) -> TemplateView:
    """Changes the name, the description, how dates are written, or several; a new file is a new version."""
    template = templates.describe(
        api.caller.tenant_id,
        template_id,
        name=request.name,
        description=request.description,
        date_format=request.date_format,
    )
    return TemplateView.of(template)


@api.post(
    "/api/v1/admin/templates/<template_id>/versions", status_code=201, summary="A new version", tags=["Templates"]
)
@requires(Permission.RESULTS_WRITE)
def create_template_version(
    template_id: TemplateId, request: Annotated[VersionRequest | None, Body()] = None
) -> AwaitedFileView:
    """Where the template's next file goes; the present version stays in use until that file is found good."""
    awaited = templates.await_version(
        api.caller.tenant_id,
        template_id,
        upload=api.creation_id(),
        file_size=request.file_size if request else None,
    )
    return AwaitedFileView.of(awaited.template, upload_url=awaited.upload_url)


@api.delete("/api/v1/admin/templates/<template_id>", status_code=204, summary="Delete a template", tags=["Templates"])
@requires(Permission.RESULTS_WRITE)
def delete_template(template_id: TemplateId) -> None:
    """No new batch can use it; the batches that began with it keep the version that they began with."""
    templates.remove(api.caller.tenant_id, template_id)


@api.get(
    "/api/v1/admin/templates/<template_id>/preview",
    status_code=302,
    summary="A template with sample values",
    tags=["Templates"],
    responses=redirect("The PDF, at an address that is good for five minutes."),
)
@requires(Permission.RESULTS_WRITE)
def show_template_preview(template_id: TemplateId) -> Response[str]:
    """One PDF of the present version, filled with made-up values. The first one can take some seconds."""
    return redirect_to(previews.make(api.caller.tenant_id, template_id, values=None).url)


@api.post("/api/v1/admin/templates/<template_id>/preview", summary="A template with your values", tags=["Templates"])
@with_a_secret_in_its_answer
@requires(Permission.RESULTS_WRITE)
def make_template_preview(
    template_id: TemplateId, request: Annotated[PreviewRequest | None, Body()] = None
) -> PreviewView:
    """One PDF of the present version, filled with these values; without any, with made-up ones."""
    values = request.values if request else None
    return PreviewView.of(previews.make(api.caller.tenant_id, template_id, values=values))
