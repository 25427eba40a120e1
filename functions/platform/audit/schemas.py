"""What the audit log's endpoint shows."""

from pydantic import AliasPath, Field

from herald.http.schemas import Timestamp, View


class AuditEntryView(View):
    """One thing that somebody did."""

    id: str = Field(validation_alias="entry_id")
    at: Timestamp
    actor: str = Field(validation_alias=AliasPath("event", "actor"), description="The id of a person or of an API key.")
    role: str = Field(
        validation_alias=AliasPath("event", "role"),
        description="What the actor was then; empty where it was not looked up.",
    )
    action: str = Field(
        validation_alias=AliasPath("event", "action"),
        examples=["DELETE /api/v1/admin/reports/<report_id>"],
        description="A method and the pattern of its path, or `sign_in`, or `password_reset`.",
    )
    record: list[str] = Field(
        validation_alias=AliasPath("event", "record"),
        description="The ids in the path, in its order, and the id of what was made.",
    )
    address: str = Field(validation_alias=AliasPath("event", "address"))
    request_id: str
    status: int | None = Field(
        validation_alias=AliasPath("event", "status"),
        description="What was answered, where it was a request of somebody signed in.",
    )


class AuditList(View):
    """Some entries, latest first; ``next_cursor`` continues the list.

    A page may be short, even empty, and yet have a cursor: each request looks at a bounded part.
    """

    entries: list[AuditEntryView] = Field(validation_alias="items")
    next_cursor: str | None
