"""ResultFlow's batches: create with an upload URL, follow, and send when done."""

import os
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from herald.adapters.objects import ObjectStore
from herald.adapters.queue import Queue
from herald.http.composition import compose_api
from herald.results.batch_store import BatchStore
from herald.results.batches import Batches
from herald.results.composition import report_passwords
from herald.results.delivering import LONGEST_MESSAGE, RequestingDelivery
from herald.results.delivery_store import DeliveryStore
from herald.results.model import Batch, estimated_completion
from herald.results.report_store import ReportStore
from herald.results.settlement_store import SettlementStore
from herald.results.template_store import TemplateStore
from herald.results.views import ProblemView
from herald.values.clock import to_text, utc_now
from herald.values.page import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE

api = compose_api()
reports = ReportStore(os.environ["RESULTS_TABLE"])
batches = Batches(BatchStore(), TemplateStore(), reports, SettlementStore(), ObjectStore(os.environ["UPLOADS_BUCKET"]))
delivery = RequestingDelivery(
    BatchStore(),
    DeliveryStore(),
    Queue(os.environ["DELIVERIES_QUEUE_URL"]),
    report_passwords(),
)
handler = api.handle


class BatchRequest(BaseModel):
    """A workbook that is going to come, and the template that it goes through."""

    model_config = ConfigDict(defer_build=True)

    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2000)
    template_id: str = Field(min_length=1, max_length=100)


class BatchView(BaseModel):
    """A batch as others see it."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    description: str
    template_id: str
    status: str
    created_at: str
    updated_at: str
    total: int
    successful: int
    failed: int
    problem: ProblemView | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchView":
        """The view of a batch."""
        return cls(
            id=batch.batch_id,
            name=batch.name,
            description=batch.description,
            template_id=batch.template_id,
            status=batch.status.value,
            created_at=to_text(batch.created_at),
            updated_at=to_text(batch.updated_at),
            total=batch.total,
            successful=batch.successful,
            failed=batch.failed,
            problem=ProblemView.of(batch.problem),
        )


class BatchCreated(BaseModel):
    """A new batch and where its workbook goes: a PUT of the file to ``upload_url`` within the hour starts the work."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    description: str
    template_id: str
    status: str
    created_at: str
    upload_url: str


class BatchList(BaseModel):
    """Some batches, newest first; ``next_cursor`` continues the list."""

    model_config = ConfigDict(defer_build=True)

    batches: list[BatchView]
    next_cursor: str | None


class Progress(BaseModel):
    """How many rows have become a PDF, or certainly never will."""

    model_config = ConfigDict(defer_build=True)

    total: int
    processed: int
    successful: int
    failed: int


class BatchStatusView(BaseModel):
    """Where a batch is; ``estimated_completion`` is an extrapolation of its pace, and null before there is one."""

    model_config = ConfigDict(defer_build=True)

    id: str
    status: str
    progress: Progress
    started_at: str | None
    updated_at: str
    estimated_completion: str | None
    problem: ProblemView | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchStatusView":
        """The status of a batch at this moment."""
        estimate = estimated_completion(batch, now=utc_now())
        return cls(
            id=batch.batch_id,
            status=batch.status.value,
            progress=Progress(
                total=batch.total, processed=batch.processed, successful=batch.successful, failed=batch.failed
            ),
            started_at=to_text(batch.started_at) if batch.started_at else None,
            updated_at=to_text(batch.updated_at),
            estimated_completion=to_text(estimate) if estimate else None,
            problem=ProblemView.of(batch.problem),
        )


class BatchSendRequest(BaseModel):
    """What the texts say; ``{name}`` and ``{link}`` are filled in."""

    model_config = ConfigDict(defer_build=True)

    custom_message: str = Field(default="", max_length=LONGEST_MESSAGE)


class BatchSent(BaseModel):
    """How many reports are ready; those never sent before are on their way now."""

    model_config = ConfigDict(defer_build=True)

    batch_id: str
    reports: int


@api.post("/api/v1/admin/batches", status_code=201, summary="Create a batch", tags=["Batches"])
def create_batch(request: BatchRequest) -> BatchCreated:
    """A batch on the template's present version, with the URL that takes its workbook."""
    new = batches.create(
        api.caller.tenant_id,
        api.creation_id(),
        name=request.name,
        description=request.description,
        template_id=request.template_id,
    )
    return BatchCreated(
        id=new.batch.batch_id,
        name=new.batch.name,
        description=new.batch.description,
        template_id=new.batch.template_id,
        status=new.batch.status.value,
        created_at=to_text(new.batch.created_at),
        upload_url=new.upload_url,
    )


@api.get("/api/v1/admin/batches", summary="List the batches", tags=["Batches"])
def list_batches(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> BatchList:
    """The tenant's batches, newest first."""
    page = batches.page(api.caller.tenant_id, size=limit, cursor=cursor)
    return BatchList(batches=[BatchView.of(batch) for batch in page.items], next_cursor=page.next_cursor)


@api.get("/api/v1/admin/batches/<batch_id>", summary="One batch", tags=["Batches"])
def get_batch(batch_id: str) -> BatchView:
    """A batch, with its counts."""
    return BatchView.of(batches.get(api.caller.tenant_id, batch_id))


@api.get("/api/v1/admin/batches/<batch_id>/status", summary="How far a batch is", tags=["Batches"])
def get_batch_status(batch_id: str) -> BatchStatusView:
    """The progress of a batch, for polling."""
    return BatchStatusView.of(batches.get(api.caller.tenant_id, batch_id))


@api.get("/api/v1/admin/status/batch/<batch_id>", summary="How far a batch is", tags=["Batches"])
def poll_batch_status(batch_id: str) -> BatchStatusView:
    """The same as a batch's own status, at the path that pollers use."""
    return BatchStatusView.of(batches.get(api.caller.tenant_id, batch_id))


@api.post("/api/v1/admin/batches/<batch_id>/send", status_code=202, summary="Send every report", tags=["Delivery"])
def send_batch(batch_id: str, request: BatchSendRequest) -> BatchSent:
    """A text with a link to every person whose report is ready and was never sent."""
    ready = delivery.send_batch(
        api.caller.tenant_id, batch_id, delivery_id=api.creation_id(), custom_message=request.custom_message
    )
    return BatchSent(batch_id=batch_id, reports=ready)
