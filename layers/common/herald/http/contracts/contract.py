"""What a contract says of every one of its endpoints."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel

from herald.http.problems import Problem
from herald.identity.rate_limits.model import Limit


@dataclass(frozen=True, slots=True)
class Limits:
    """How often each kind of caller may call, where a route says nothing else.

    A tenant's own limits replace those of users and keys, by their names (`herald.identity.tenants.limits`).
    """

    user: Limit
    key: Limit
    stranger: Limit | None = None
    """Of the address of whoever shows neither token nor key; without it they are turned away uncounted, at no cost."""
    recipient: Limit | None = None
    """Of whoever opened a link with its password."""


class IdentifierFormat(StrEnum):
    """What names a record."""

    UUID = "uuid"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is asked for: the names of its query parameters."""

    size: str
    page: str | None = None
    """The number of a page, from 1; without it, a list is read by its cursor alone."""
    cursor: str = "cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One published contract.

    Attributes:
        name: Also begins the name of its error in the API's document.
        format_error: From a problem to the body of its answer.
        limits: Of all its endpoints; ``requires(limit=...)`` gives a route another.
        envelopes: What stands around the content of an answer. A route chooses one by its annotation, or none where
            its documented example is bare. A test holds every answer to it.
        identifiers: What its records are called by in bodies. A test holds every ``id`` and ``..._id`` to it.
        paging: How its lists are asked for.
        owner_of: Of shared paths: the one contract that a path within them belongs to, or ``None``.
    """

    name: str
    format_error: Callable[[Problem], dict[str, object]]
    limits: Limits
    envelopes: tuple[type[BaseModel], ...] = ()
    identifiers: IdentifierFormat = IdentifierFormat.UUID
    paging: Paging = Paging(size="limit")
    owner_of: Callable[[str], "Contract | None"] = field(default=lambda _path: None, repr=False)

    def at(self, path: str) -> "Contract":
        """The contract that says how a failure at a path looks, and how often it may be asked for: mostly this one."""
        return self.owner_of(path) or self
