"""Event Stream Engine: bare objects; flat errors with ``timestamp`` and ``request_id``."""

from herald.http.contracts.contract import Contract, Limits, Paging
from herald.http.problems import VALIDATION_FAILED, Problem
from herald.identity.rate_limits.model import Limit

_LIMIT = Limit("event_stream", 10_000, seconds=3600)
"""Documented: "10,000 requests per hour per API key"; people come with tokens, and are counted alike."""
_ADDRESS_LIMIT = Limit("event_stream_address", 1000, seconds=3600)
"""Documented: "1000 requests per hour per IP"; webhooks have none."""
_DOCUMENTED_CODES = {"rate_limited": "rate_limit_exceeded"}


def format_error(problem: Problem) -> dict[str, object]:
    """A problem in Event Stream's formats: ``field`` where one field is to blame, else ``details``."""
    body: dict[str, object] = {
        "error": _DOCUMENTED_CODES.get(problem.code, problem.code),
        "message": problem.message,
        "timestamp": problem.timestamp,
        "request_id": problem.request_id,
    }
    if problem.retry_after is not None:
        body["retry_after_seconds"] = problem.retry_after
    if len(problem.fields) == 1 and problem.code == "validation_error":
        ((name, reason),) = problem.fields.items()
        message = f"{name}: {reason}" if problem.message == VALIDATION_FAILED else problem.message
        return body | {"message": message, "field": name}
    return body | ({"details": dict(problem.fields)} if problem.fields else {})


EVENT_STREAM = Contract(
    name="EventStream",
    format_error=format_error,
    limits=Limits(user=_LIMIT, key=_LIMIT, stranger=_ADDRESS_LIMIT),
    paging=Paging(page="page", size="per_page"),
)
