"""What the audit log's endpoint shows."""

from typing import Literal

from pydantic import AliasPath, Field

from herald.http.schemas import NextCursor, Timestamp, View
from herald.identity.model import Role


class AuditEntryView(View):
    """One thing that somebody did."""

    id: str = Field(validation_alias="entry_id")
    """Names the entry, in hexadecimal digits."""
    at: Timestamp
    """When it was done."""
    actor: str = Field(validation_alias=AliasPath("event", "actor"))
    """The id of a person or of an API key; empty for a sign-in that failed, as nobody knows who it was."""
    role: Role | Literal[""] = Field(validation_alias=AliasPath("event", "role"))
    """What the actor was then; empty where it was not looked up."""
    action: str = Field(
        validation_alias=AliasPath("event", "action"), examples=["DELETE /api/v1/admin/reports/<report_id>"]
    )
    """A method and the pattern of its path, or `sign_in`, `password_reset`, `failed_sign_in` or `locked_sign_in`."""
    record: list[str] = Field(validation_alias=AliasPath("event", "record"))
    """The ids in the path, in its order, and the id of what was made; of a sign-in that failed, whose account."""
    address: str = Field(validation_alias=AliasPath("event", "address"))
    """The IP address that it came from; empty where it is not known."""
    request_id: str
    """The gateway's id of the request: as in `X-Request-Id`, unless the caller sent one of their own."""
    status: int | None = Field(validation_alias=AliasPath("event", "status"))
    """The HTTP status that was answered; null where it was no request of somebody signed in."""


class AuditList(View):
    """Some entries, latest first; ``next_cursor`` continues the list.

    A page may be short, even empty, and yet have a cursor: each request looks at a bounded part.
    """

    entries: list[AuditEntryView] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor
