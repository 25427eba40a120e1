"""The audit log: who did what to which record, when and from where."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AwareDatetime

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.parameters import Cursor, PageSize
from herald.identity.audit.model import AuditFilter
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import AuditList

api = compose_api(RESULTFLOW)
audit = identity().audit
handler = api.handle


@api.get("/api/v1/admin/audit", summary="List the audit log", tags=["Audit"])
@requires(Permission.AUDIT_READ)
def list_entries(
    actor: Annotated[str, Query(max_length=100, description="The id of a person or of an API key.")] = "",
    action: Annotated[
        str, Query(max_length=256, description="How it begins: `DELETE`, `POST /api/v1/users`, `sign_in`.")
    ] = "",
    record: Annotated[str, Query(max_length=256, description="One of the ids of an entry.")] = "",
    since: Annotated[AwareDatetime | None, Query(alias="from", description="From this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Before this moment.")] = None,
    limit: PageSize = DEFAULT_PAGE_SIZE,
    cursor: Cursor = None,
) -> AuditList:
    """What was done in the caller's organisation in the last two years."""
    wanted = AuditFilter(actor, action, record, since, until)
    return AuditList.of(audit.page(api.caller.tenant_id, wanted, size=limit, cursor=cursor))
