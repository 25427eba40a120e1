"""Mifumo: ``{"success", "status", "data"}``; failures carry ``errors`` by field, or ``error_code`` and ``details``."""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from herald.http.contracts.contract import Contract, Limits, Paging
from herald.http.problems import Problem
from herald.identity.rate_limits.model import Limit

Content = TypeVar("Content")

_LIMIT = Limit("mifumo", 100)
"""Documented: "Other endpoints: 100 requests per minute"."""


class Envelope(BaseModel, Generic[Content]):
    """What every answer of Mifumo has around its content: "All API responses follow a consistent format"."""

    model_config = ConfigDict(defer_build=True)

    success: Literal[True] = True
    """True in every answer that is not an error."""
    status: int = 200
    """The HTTP status once more."""
    data: Content
    """What was asked for."""


class MessageEnvelope(Envelope[Content], Generic[Content]):
    """An answer that also says in words what was done."""

    message: str


class Results(BaseModel, Generic[Content]):
    """A page of a list: ``next`` and ``previous`` lead to the pages around it; a short list is one page."""

    model_config = ConfigDict(defer_build=True)

    results: list[Content]
    """What is on this page, in order."""
    count: int
    """How many there are in all."""
    next: str | None = None
    """The URL of the next page; null on the last one, as also where the list is one page."""
    previous: str | None = None
    """The URL of the page before; null on the first one."""

    @classmethod
    def of(cls, results: list[Content]) -> "Results[Content]":
        """A list that is short by its nature, whole."""
        return cls(results=results, count=len(results))

    @classmethod
    def page(cls, results: list[Content], *, count: int, number: int, size: int, url: str) -> "Results[Content]":
        """A page of a list by its number; ``url`` is the whole list's, with what else was asked for of it."""
        link = f"{url}{'&' if '?' in url else '?'}page="
        return cls(
            results=results,
            count=count,
            next=f"{link}{number + 1}" if number * size < count else None,
            previous=f"{link}{number - 1}" if number > 1 else None,
        )


def format_error(problem: Problem) -> dict[str, object]:
    """A problem with what both of Mifumo's general formats have, and what is wrong by field or, else, by code."""
    body: dict[str, object] = {
        "success": False,
        "status": int(problem.status),
        "error": problem.message,
        "message": problem.message,
    }
    if problem.code == "validation_error":
        errors = {name: reason if isinstance(reason, list) else [reason] for name, reason in problem.fields.items()}
        return body | {"errors": errors}
    return body | {"error_code": problem.code.upper(), "details": dict(problem.fields)}


MIFUMO = Contract(
    name="Mifumo",
    format_error=format_error,
    limits=Limits(user=_LIMIT, key=_LIMIT),
    envelopes=(Envelope,),
    paging=Paging(page="page", size="page_size"),
)
