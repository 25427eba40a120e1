"""The one table from what went wrong to what HTTP says, before any contract gives it its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from herald.errors import (
    Conflict,
    Forbidden,
    Gone,
    HeraldError,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)

STATUS_OF: dict[type[HeraldError], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


VALIDATION_FAILED = "Validation failed"
"""The sentence of a request whose fields break their schema; iPerform and Mifumo document it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a contract formats as the body of an answer."""

    status: HTTPStatus
    code: str
    message: str
    request_id: str
    timestamp: str
    fields: Mapping[str, object] = field(default_factory=dict)
    retry_after: int | None = None


def problem_of(error: Exception, *, request_id: str, timestamp: str) -> Problem:
    """The problem that an error is; one that is not of the domain, or not listed, is internal and says nothing more."""
    status = next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), None)
    if not isinstance(error, HeraldError) or status is None:
        return internal_problem(request_id=request_id, timestamp=timestamp)
    return Problem(
        status=status,
        code=error.code,
        message=error.message,
        request_id=request_id,
        timestamp=timestamp,
        fields=error.fields,
        retry_after=error.retry_after,
    )


def internal_problem(*, request_id: str, timestamp: str) -> Problem:
    """What a caller learns of a fault of ours: that it is ours, and the number to quote."""
    return Problem(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        code=HeraldError.default_code,
        message="Something went wrong on our side; quote the request id when you report it.",
        request_id=request_id,
        timestamp=timestamp,
    )
