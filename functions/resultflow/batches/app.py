"""ResultFlow's batches: created, given their workbooks, followed, rendered again, sent, deleted."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, File, Form, Path, Query, UploadFile

from herald.errors import Invalid
from herald.http.access import requires, with_a_secret_in_its_answer
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.failures import fails_with
from herald.http.parameters import Cursor, PageSize
from herald.identity.composition import identity
from herald.identity.permissions import Permission, may
from herald.results.batches.model import BatchStatus
from herald.results.batches.service import BatchOptions
from herald.results.composition import results
from herald.results.files import LARGEST_WORKBOOK_BYTES
from herald.values.notation import ABOUT_DATE_FORMAT, ABOUT_LANGUAGE, LONGEST_DATE_FORMAT, LONGEST_LANGUAGE
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import (
    ABOUT_COUNTRY,
    ABOUT_DESCRIPTION,
    ABOUT_FILE,
    ABOUT_FILE_SIZE,
    ABOUT_NAME,
    ABOUT_PROTECTION,
    ABOUT_SHEET,
    ABOUT_TEMPLATE,
    ABOUT_WAITING_BATCH,
    LONGEST_COUNTRY,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_SHEET_NAME,
    SHEET_NAME,
    BatchCreated,
    BatchList,
    BatchRequest,
    BatchRetried,
    BatchSendRequest,
    BatchSent,
    BatchStatusView,
    BatchView,
    PasswordList,
    ShownStatus,
)

api = compose_api(RESULTFLOW)
batches, duplicates, retrying = results().batches, results().finding_duplicates, results().retrying
delivery, passwords, statistics = results().batch_delivery, results().giving_passwords, results().statistics
tenants = identity().tenants
handler = api.handle

BatchId = Annotated[str, Path(description="UUID of the batch.")]


@api.post("/api/v1/admin/batches", status_code=201, summary="Create a batch", tags=["Batches"])
@fails_with(HTTPStatus.NOT_FOUND)
@requires(Permission.RESULTS_WRITE)
def create_batch(request: BatchRequest) -> BatchCreated:
    """A batch on the template's present version, with the URL that takes its workbook."""
    new = batches.create(
        api.caller.tenant_id,
        api.creation_id(),
        name=request.name,
        description=request.description,
        template_id=request.template_id,
        options=request.options,
        file_size=request.file_size,
        sender_name=tenants.name_of(api.caller.tenant_id),
    )
    return BatchCreated.of(new.batch, upload_url=new.upload_url)


@api.post("/api/v1/admin/upload/excel", status_code=202, summary="Upload a workbook", tags=["Batches"])
@fails_with(HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
@requires(Permission.RESULTS_WRITE)
def upload_workbook(  # noqa: PLR0913, PLR0917 - the fields of a form
    file: Annotated[UploadFile, File(description=ABOUT_FILE)],
    batch_id: Annotated[str, Form(max_length=100, description=ABOUT_WAITING_BATCH)] = "",
    template_id: Annotated[str, Form(max_length=100, description=ABOUT_TEMPLATE)] = "",
    name: Annotated[str, Form(max_length=LONGEST_NAME, description=ABOUT_NAME)] = "",
    description: Annotated[str, Form(max_length=LONGEST_DESCRIPTION, description=ABOUT_DESCRIPTION)] = "",
    sheet: Annotated[str, Form(max_length=LONGEST_SHEET_NAME, pattern=SHEET_NAME, description=ABOUT_SHEET)] = "",
    country: Annotated[str, Form(max_length=LONGEST_COUNTRY, description=ABOUT_COUNTRY)] = "",
    protect_pdf: Annotated[bool, Form(description=ABOUT_PROTECTION)] = False,  # noqa: FBT002 - a field of the form
    language: Annotated[str, Form(max_length=LONGEST_LANGUAGE, description=ABOUT_LANGUAGE)] = "",
    date_format: Annotated[str, Form(max_length=LONGEST_DATE_FORMAT, description=ABOUT_DATE_FORMAT)] = "",
) -> BatchView:
    """Takes a workbook, for a batch that waits for it or for a new one; its reading begins at once."""
    tenant_id = api.caller.tenant_id
    if batch_id:
        return BatchView.of(batches.upload(tenant_id, batch_id, file.content))
    if not template_id:
        raise Invalid("Name the batch that the workbook is for, or a template.", fields={"batch_id": "missing"})
    batch = batches.create_with_workbook(
        tenant_id,
        api.creation_id(),
        file.content,
        name=name or (file.filename or "").removesuffix(".xlsx")[:LONGEST_NAME] or "Workbook",
        description=description,
        template_id=template_id,
        options=BatchOptions(sheet, country, protect_pdf, language, date_format),
        sender_name=tenants.name_of(tenant_id),
    )
    return BatchView.of(batch)


@api.get("/api/v1/admin/batches", summary="List the batches", tags=["Batches"])
@requires(Permission.RESULTS_READ)
def list_batches(
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
    status: Annotated[ShownStatus | None, Query(description="Only batches of this status.")] = None,
) -> BatchList:
    """The tenant's batches, newest first; a page may be shorter than asked for and have a next one."""
    wanted = BatchStatus(status) if status else None
    page = batches.page(api.caller.tenant_id, size=limit, cursor=cursor, status=wanted)
    return BatchList.of(page)


@api.get("/api/v1/admin/batches/<batch_id>", summary="One batch", tags=["Batches"])
@requires(Permission.RESULTS_READ)
def get_batch(
    batch_id: BatchId,
    file_size: Annotated[int | None, Query(ge=1, le=LARGEST_WORKBOOK_BYTES, description=ABOUT_FILE_SIZE)] = None,
) -> BatchView:
    """A batch, with its counts; and, for those who may write, where its workbook goes while it waits for one."""
    batch = duplicates.batch(api.caller.tenant_id, batch_id)
    if not may(api.caller, Permission.RESULTS_WRITE):
        return BatchView.of(batch)
    return BatchView.of(batch, upload_url=batches.upload_url(batch, file_size=file_size))


@api.delete("/api/v1/admin/batches/<batch_id>", status_code=204, summary="Delete a batch", tags=["Batches"])
@requires(Permission.RESULTS_WRITE)
def delete_batch(batch_id: BatchId) -> None:
    """Stops it where it runs, and removes its reports, their PDFs and its workbook; links to them end."""
    batches.delete(api.caller.tenant_id, batch_id)


@api.post(
    "/api/v1/admin/batches/<batch_id>/retry", status_code=202, summary="Render failed rows again", tags=["Batches"]
)
@requires(Permission.RESULTS_WRITE)
def retry_batch(batch_id: BatchId) -> BatchRetried:
    """Another try for the rows that failed in rendering; rows with bad data have to be corrected instead."""
    return BatchRetried.of(retrying.retry(api.caller.tenant_id, batch_id))


@api.get("/api/v1/admin/batches/<batch_id>/status", summary="How far a batch is", tags=["Batches"])
@requires(Permission.RESULTS_READ)
def get_batch_status(batch_id: BatchId) -> BatchStatusView:
    """The progress of a batch, for polling."""
    return BatchStatusView.at_present(batches.get(api.caller.tenant_id, batch_id))


@api.get("/api/v1/admin/status/batch/<batch_id>", summary="How far a batch is", tags=["Batches"])
@requires(Permission.RESULTS_READ)
def poll_batch_status(batch_id: BatchId) -> BatchStatusView:
    """The same as a batch's own status, at the path that pollers use."""
    return BatchStatusView.at_present(batches.get(api.caller.tenant_id, batch_id))


@api.post("/api/v1/admin/batches/<batch_id>/send", status_code=202, summary="Send every report", tags=["Delivery"])
@requires(Permission.RESULTS_SEND)
def send_batch(batch_id: BatchId, request: Annotated[BatchSendRequest | None, Body()] = None) -> BatchSent:
    """A text with a link to every person whose report is ready and was never sent, now or at ``schedule_time``."""
    delivery_id, asked = api.creation_id(), request or BatchSendRequest()
    before = statistics.of_batch(api.caller.tenant_id, batch_id)
    requested = delivery.send(
        api.caller.tenant_id,
        batch_id,
        delivery_id=delivery_id,
        custom_message=asked.custom_message,
        schedule_time=asked.schedule_time,
        allow_duplicates=asked.allow_duplicates,
    )
    return BatchSent.counted(requested, before, batch_id=batch_id, delivery_id=delivery_id)


@api.delete(
    "/api/v1/admin/batches/<batch_id>/send", status_code=204, summary="Cancel a scheduled sending", tags=["Delivery"]
)
@fails_with(HTTPStatus.UNPROCESSABLE_ENTITY)
@requires(Permission.RESULTS_SEND)
def cancel_batch_delivery(batch_id: BatchId) -> None:
    """Takes back what ``schedule_time`` asked for, until it is due."""
    delivery.cancel(api.caller.tenant_id, batch_id)


@api.post("/api/v1/admin/batches/<batch_id>/passwords", summary="Make missing passwords", tags=["Delivery"])
@with_a_secret_in_its_answer
@requires(Permission.RESULTS_SEND)
def make_passwords(batch_id: BatchId, cursor: Cursor = None) -> PasswordList:
    """A password for each row that has none, a thousand at once; the same again for the same Idempotency-Key."""
    page = passwords.give(api.caller.tenant_id, batch_id, request_id=api.creation_id(), cursor=cursor)
    return PasswordList.of(page, batch_id=batch_id)
