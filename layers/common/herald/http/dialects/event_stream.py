"""Event Stream Engine: bare objects; flat errors with ``timestamp`` and ``request_id``."""

from herald.http.problems import VALIDATION_FAILED, Problem

_DOCUMENTED_CODES = {"rate_limited": "rate_limit_exceeded"}


def word(problem: Problem) -> dict[str, object]:
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
