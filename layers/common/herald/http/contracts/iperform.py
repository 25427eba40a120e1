"""iPerform: ``{"status", "message", "data", ...}``; errors as ``{"status", "message", "error", "details"}``."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from herald.http.contracts.contract import Contract, IdentifierFormat, Limits, Paging
from herald.http.problems import Problem
from herald.http.schemas import Timestamp
from herald.identity.rate_limits.model import Limit

Content = TypeVar("Content")
_LIMIT = Limit("iperform", 1000)
"""Documented: "Default: 1000 requests per minute per API key"; people come with tokens, and are counted alike."""
_DOCUMENTED_STATUS = {"invalid_credentials": 500, "account_inactive": 500, "account_suspended": 505}
"""iPerform, POST /i_auth, "Error Cases": what its clients look for in the body; HTTP itself says 401."""


class Envelope(BaseModel, Generic[Content]):
    """What every answer of iPerform has around its content."""

    model_config = ConfigDict(defer_build=True)

    status: int = 200
    """The HTTP status once more."""
    message: str = "Operation successful"
    """What was done, in English, for people."""
    data: Content
    """What was asked for; null where there is nothing to show."""
    timestamp: Timestamp
    """When it was answered."""


class ListEnvelope(Envelope[list[Content]], Generic[Content]):
    """A page of a list: ``count`` of at most ``limit`` are on it, ``total`` are there."""

    count: int
    """How many are on this page."""
    page: int
    """Which page this is, from 1."""
    limit: int
    """How many a page has at most."""
    total: int
    """How many there are on all pages together."""

    def headers(self) -> dict[str, str]:
        """What iPerform says of the whole list beside the body ("API Standards", "Pagination")."""
        return {"X-Total-Count": str(self.total), "X-Page-Count": str(-(-self.total // self.limit))}


def format_error(problem: Problem) -> dict[str, object]:
    """A problem in iPerform's format: the status in words as ``message``, our sentence as ``error``."""
    return {
        "status": _DOCUMENTED_STATUS.get(problem.code, int(problem.status)),
        "message": problem.status.phrase.capitalize(),
        "error": problem.message,
        "details": dict(problem.fields),
    }


IPERFORM = Contract(
    name="IPerform",
    format_error=format_error,
    limits=Limits(user=_LIMIT, key=_LIMIT),
    envelopes=(Envelope, ListEnvelope),
    identifiers=IdentifierFormat.INTEGER,
    paging=Paging(page="page", size="limit"),
)
