"""The audit log: who did what to which record, when and from where."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.audit.model import AuditEntry, AuditFilter
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.values.clock import to_text
from herald.values.page import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, Page

api = compose_api(RESULTFLOW)
audit = identity().audit
handler = api.handle


class AuditEntryView(BaseModel):
    """One thing that somebody did."""

    model_config = ConfigDict(defer_build=True)

    id: str
    at: str
    actor: str = Field(description="The id of a person or of an API key.")
    role: str = Field(description="What the actor was then; empty where it was not looked up.")
    action: str = Field(
        examples=["DELETE /api/v1/admin/reports/<report_id>"],
        description="A method and the pattern of its path, or `sign_in`, or `password_reset`.",
    )
    record: list[str] = Field(description="The ids in the path, in its order, and the id of what was made.")
    address: str
    request_id: str
    status: int | None = Field(description="What was answered, where it was a request of somebody signed in.")

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """The view of an entry."""
        return cls(
            id=entry.entry_id,
            at=to_text(entry.at),
            actor=entry.act.actor,
            role=entry.act.role,
            action=entry.act.action,
            record=list(entry.act.record),
            address=entry.act.address,
            request_id=entry.request_id,
            status=entry.act.status,
        )


class AuditList(BaseModel):
    """Some entries, latest first; ``next_cursor`` continues the list.

    A page may be short, even empty, and yet have a cursor: each request looks at a bounded part.
    """

    model_config = ConfigDict(defer_build=True)

    entries: list[AuditEntryView]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[AuditEntry]) -> Self:
        """The view of a page."""
        return cls(entries=[AuditEntryView.of(entry) for entry in page.items], next_cursor=page.next_cursor)


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
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AuditList:
    """What was done in the caller's organisation in the last two years."""
    wanted = AuditFilter(actor, action, record, since, until)
    return AuditList.of(audit.page(api.caller.tenant_id, wanted, size=limit, cursor=cursor))
