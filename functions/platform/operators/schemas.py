"""What operators take and are shown."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AliasPath, BeforeValidator, Field

from herald.http.schemas import NextCursor, RequestBody, Timestamp, View
from herald.operations.model import MOST_REPLAYED


def _sum(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


class OperatedTenant(View):
    """An organisation as whoever runs the installation sees it."""

    id: str = Field(validation_alias="tenant_id")
    """Names the organisation."""
    name: str
    """What it calls itself."""
    number: int
    """By which iPerform knows it."""
    is_active: bool = Field(validation_alias="at_work")
    """Whether its people can work in it: it is neither suspended nor closed."""
    created_at: Timestamp
    """When it was begun."""


class OperatedTenantList(View):
    """Some organisations; ``next_cursor`` continues the list. A page may be short and yet have one."""

    tenants: list[OperatedTenant] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor


class TenantLimitView(View):
    """How many requests each user and key of an organisation may make."""

    name: str = Field(validation_alias=AliasPath("published", "name"), examples=["staff"])
    """Which limit it is: a contract's."""
    requests: int
    """How many requests in the window."""
    published: int = Field(validation_alias=AliasPath("published", "requests"))
    """How many they are where nothing was agreed."""
    seconds: int = Field(validation_alias=AliasPath("published", "seconds"))
    """How long the window is."""
    is_agreed: bool
    """Whether this organisation has it instead of the published one."""


class TenantLimitList(View):
    """Each limit that can be agreed."""

    limits: list[TenantLimitView]
    """The limits of each contract."""


class TenantUse(View):
    """How much there is of an organisation's, as its dashboard says."""

    batches: Annotated[int, BeforeValidator(_sum)]
    """Batches in any status; deleted ones are none."""
    reports: Annotated[int, BeforeValidator(_sum)]
    """Rows of all batches."""
    texts: int = Field(validation_alias="attempted")
    """Reports that somebody has begun to send."""
    downloads: int
    """How often a PDF was opened."""
    updated_at: Timestamp | None
    """When these sums last changed; null before they first did."""


class OperatedTenantDetail(OperatedTenant):
    """An organisation, its limits and its use."""

    limits: list[TenantLimitView]
    """What its users and keys may ask."""
    use: TenantUse
    """How much there is of its own."""


class AgreedLimits(RequestBody):
    """The limits that are to hold instead of the published ones, and no others."""

    limits: dict[str, int] = Field(max_length=20, examples=[{"staff": 1000}])
    """Requests in the limit's window, by its name: at least 1, at most 1,000 a second."""


class DeadLetterQueueView(View):
    """A queue of work that was given up."""

    name: str = Field(examples=["deliveries"])
    """Stands in the paths of what is done with it."""
    depth: int
    """About how many letters there are."""
    oldest_at: Timestamp | None
    """When the oldest of those was sent that were looked at, ten at most; null where there are none."""
    can_be_replayed: bool
    """Whether its letters can be sent back."""


class DeadLetterQueueList(View):
    """Each queue of dead letters."""

    queues: list[DeadLetterQueueView]
    """All of them."""


class DeadLetterView(View):
    """Work that was given up: which it was, and nothing of people."""

    id: str = Field(validation_alias="letter_id")
    """Names the letter."""
    sent_at: Timestamp
    """When the work was first asked for or, where AWS does not keep that, given up."""
    receives: int
    """How often somebody took it or looked at it."""
    content: dict[str, str | int] = Field(examples=[{"tenant_id": "0192f3a4-5b6c-7d8e-9f00-112233445566", "row": 2}])
    """What says which work it was and how it went wrong; everything else is left out."""


class DeadLetterList(View):
    """Some letters of a queue."""

    letters: list[DeadLetterView]
    """Ten at most, whichever the queue gives."""


class ReplayRequest(RequestBody):
    """How many letters are to be sent back."""

    most: int = Field(default=MOST_REPLAYED, ge=1, le=MOST_REPLAYED)
    """How many letters at most."""


class ReplayView(View):
    """What became of letters."""

    replayed: int
    """How many were sent back."""
    kept: dict[str, int] = Field(examples=[{"unreadable": 1}])
    """How many were not taken, by the reason; nobody sees them for a minute."""
    left: int
    """About how many are still there, those that were not taken included."""


class OperatorAct(View):
    """One thing that an operator asked."""

    id: str = Field(validation_alias="entry_id")
    """Names the entry, in hexadecimal digits."""
    at: Timestamp
    """When it was asked."""
    actor: str = Field(
        validation_alias=AliasPath("event", "actor"), examples=["arn:aws:sts::123456789012:assumed-role/Operator/olga"]
    )
    """The ARN that IAM knows the operator by."""
    action: str = Field(
        validation_alias=AliasPath("event", "action"), examples=["PUT /operator/v1/tenants/<tenant_id>/limits"]
    )
    """A method and the pattern of its path."""
    record: list[str] = Field(validation_alias=AliasPath("event", "record"))
    """What stands in the path: a tenant's id, a queue's name."""
    address: str = Field(validation_alias=AliasPath("event", "address"))
    """The IP address that it came from."""
    request_id: str
    """The gateway's id of the request: as in `X-Request-Id`, unless the operator sent one of their own."""
    status: int | None = Field(validation_alias=AliasPath("event", "status"))
    """The HTTP status that was answered."""


class OperatorActList(View):
    """Some entries, latest first; ``next_cursor`` continues the list.

    A page may be short, even empty, and yet have a cursor: each request looks at a bounded part.
    """

    entries: list[OperatorAct] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor
