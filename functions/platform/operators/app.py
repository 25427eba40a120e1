"""What belongs to whoever runs the installation, and to no tenant: signed for IAM, and audited, readings included."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AwareDatetime

from herald.http.access import for_operators
from herald.http.composition import compose_api
from herald.http.contracts.published import PUBLISHED_LIMITS
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.failures import fails_with
from herald.http.parameters import Cursor, PageSize
from herald.identity.audit.model import AuditFilter
from herald.identity.composition import identity
from herald.identity.model import Operator
from herald.operations.composition import operations
from herald.results.composition import results
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import (
    AgreedLimits,
    DeadLetterList,
    DeadLetterQueueList,
    DeadLetterQueueView,
    DeadLetterView,
    OperatedTenantDetail,
    OperatedTenantList,
    OperatorActList,
    ReplayRequest,
    ReplayView,
    TenantLimitList,
    TenantLimitView,
)

api = compose_api(RESULTFLOW)
tenants = identity().tenant_directory(PUBLISHED_LIMITS)
statistics = results().statistics
dead_letters = operations().dead_letters
audit = identity().audit
handler = api.handle

TenantId = Annotated[str, Path(description="UUID of the organisation.")]
QueueName = Annotated[str, Path(description="Name of the queue, as the list of queues has it.")]


@api.get("/operator/v1/tenants", summary="List all tenants", tags=["Operator"])
@for_operators()
def list_tenants(
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
) -> OperatedTenantList:
    """Every organisation of this installation, in the order of their numbers as text."""
    return OperatedTenantList.of(tenants.page(size=limit, cursor=cursor))


@api.get("/operator/v1/tenants/<tenant_id>", summary="One tenant, its limits and its use", tags=["Operator"])
@for_operators()
def get_tenant(tenant_id: TenantId) -> OperatedTenantDetail:
    """An organisation, what its users and keys may ask, and how much it has done."""
    return OperatedTenantDetail.of(
        tenants.get(tenant_id), limits=tenants.limits_of(tenant_id), use=statistics.of_tenant(tenant_id)
    )


@api.put("/operator/v1/tenants/<tenant_id>/limits", summary="Set a tenant's limits", tags=["Operator"])
@for_operators()
def set_limits(tenant_id: TenantId, request: AgreedLimits) -> TenantLimitList:
    """Agrees limits with an organisation; what is left out holds as published. It takes hold within a minute."""
    return TenantLimitList(limits=list(map(TenantLimitView.of, tenants.set_limits(tenant_id, request.limits))))


@api.get("/operator/v1/dead-letters", summary="List the queues of dead letters", tags=["Operator"])
@for_operators()
def list_queues() -> DeadLetterQueueList:
    """How much work was given up, in each queue."""
    return DeadLetterQueueList(queues=list(map(DeadLetterQueueView.of, dead_letters.states())))


@api.get("/operator/v1/dead-letters/<queue>", summary="Look at dead letters", tags=["Operator"])
@for_operators()
def list_letters(queue: QueueName) -> DeadLetterList:
    """Some letters of a queue, ten at most, whichever it gives; what they say of people is left out."""
    return DeadLetterList(letters=list(map(DeadLetterView.of, dead_letters.look(queue))))


@api.post("/operator/v1/dead-letters/<queue>/replay", summary="Send dead letters back", tags=["Operator"])
@fails_with(HTTPStatus.UNPROCESSABLE_ENTITY)
@for_operators()
def replay(queue: QueueName, request: ReplayRequest) -> ReplayView:
    """Sends letters of a queue back to where they came from; what is not taken stays, hidden for a minute."""
    return ReplayView.of(dead_letters.replay(queue, most=request.most))


@api.get("/operator/v1/audit", summary="List what operators did", tags=["Operator"])
@for_operators()
def list_acts(
    actor: Annotated[str, Query(max_length=256, description="The ARN of an operator.")] = "",
    action: Annotated[str, Query(max_length=256, description="How it begins: `PUT`, `GET /operator/v1/audit`.")] = "",
    record: Annotated[str, Query(max_length=256, description="One of the ids of an entry.")] = "",
    since: Annotated[AwareDatetime | None, Query(alias="from", description="From this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Before this moment.")] = None,
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
) -> OperatorActList:
    """Whatever operators asked in the last two years, readings included."""
    wanted = AuditFilter(actor, action, record, since, until)
    return OperatorActList.of(audit.page(Operator.tenant_id, wanted, size=limit, cursor=cursor))
