"""The errors every operation may answer with: one schema per dialect, one answer per dialect and status."""

from http import HTTPStatus
from typing import Any

from herald.errors import (
    Conflict,
    Forbidden,
    HeraldError,
    Invalid,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unprocessable,
)
from herald.http.dialects import (
    Dialect,
    dialect_of,
    event_stream,
    iperform,
    mifumo,
    pytake,
    resultflow,
    speaks_in_pages,
    word_for_shared_sign_in,
    word_for_shared_users,
)
from herald.http.problems import Problem, internal_problem, problem_of

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_STATUS: Json = {"type": "integer", "description": "The HTTP status."}
_BY_FIELD: Json = {"type": "object", "additionalProperties": True, "description": "What is wrong, by field."}


def _object(required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    return {"type": "object", "properties": required | (optional or {}), "required": list(required)}


_RESULTFLOW_ERROR = _object({"code": _TEXT, "message": _TEXT, "details": _BY_FIELD})
_PYTAKE: dict[str, Json] = {"error": _TEXT, "message": _TEXT, "code": _STATUS}
_EVENT_STREAM: dict[str, Json] = {
    "error": _TEXT,
    "message": _TEXT,
    "timestamp": _TEXT | {"format": "date-time"},
    "request_id": _TEXT,
}

ERROR_SCHEMAS: dict[Dialect, tuple[str, Json]] = {
    resultflow.word: ("ResultFlowError", _object({"error": _RESULTFLOW_ERROR})),
    event_stream.word: (
        "EventStreamError",
        _object(_EVENT_STREAM, {"field": _TEXT, "details": _BY_FIELD, "retry_after_seconds": {"type": "integer"}}),
    ),
    pytake.word: ("PyTakeError", _object(_PYTAKE)),
    iperform.word: (
        "IPerformError",
        _object({"status": _STATUS, "message": _TEXT, "error": _TEXT, "details": _BY_FIELD}),
    ),
    mifumo.word: (
        "MifumoError",
        _object(
            {"success": {"type": "boolean", "const": False}, "message": _TEXT},
            {
                "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {}}},
                "error_code": _TEXT,
                "details": _BY_FIELD,
            },
        ),
    ),
    word_for_shared_sign_in: ("SharedSignInError", _object(_PYTAKE | {"error": _RESULTFLOW_ERROR})),
    word_for_shared_users: (
        "SharedUsersError",
        _object(
            {"status": _STATUS, "details": _BY_FIELD} | _EVENT_STREAM,
            {"field": _TEXT, "retry_after_seconds": {"type": "integer"}},
        ),
    ),
}
"""What each dialect's error is called in the document, and its schema."""

_WHEN = {
    HTTPStatus.BAD_REQUEST: "What was sent breaks a rule.",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in, or the sign-in is not good.",
    HTTPStatus.FORBIDDEN: "The caller's role does not allow this.",
    HTTPStatus.NOT_FOUND: "There is no such record.",
    HTTPStatus.CONFLICT: "The record exists already or has moved on, or the same request is still at work.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Well formed, but it cannot be done in the present state of things.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; `Retry-After` says how many seconds to wait.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A fault of ours; quote `X-Request-Id` when you report it.",
}
_RETRY_AFTER: Json = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_EXAMPLES: tuple[HeraldError, ...] = (
    Invalid("Validation failed", fields={"email": "this field is required"}),
    Unauthenticated("Sign in first: send `Authorization: Bearer <access token>`."),
    Forbidden("Your role does not allow this."),
    NotFound("There is no such record."),
    Conflict("It exists already."),
    Unprocessable("This cannot be done now."),
    RateLimited("Too many requests. Please try again later.", retry_after=12),
)
_ASKED: dict[str, str] = {"request_id": "4f7c2a90", "timestamp": "2026-01-25T16:45:00.000Z"}
_PROBLEMS: dict[HTTPStatus, Problem] = {
    problem.status: problem
    for problem in (*(problem_of(error, **_ASKED) for error in _EXAMPLES), internal_problem(**_ASKED))
}


def error_content(path: str) -> Json:
    """What a failure on a path looks like in its dialect, or that it is a page."""
    if speaks_in_pages(path):
        return {"text/html": {"schema": dict(_TEXT)}}
    schema_name, _ = ERROR_SCHEMAS[dialect_of(path)]
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema_name}"}}}


def error_answer(path: str, status: HTTPStatus) -> tuple[str, Json]:
    """The answer of one status in the dialect of a path: its name among the shared answers, and itself.

    Its example is worded by the dialect itself.
    """
    dialect = dialect_of(path)
    schema_name, _ = ERROR_SCHEMAS[dialect]
    content = error_content(path)
    for media in content.keys() & {"application/json"}:
        content[media]["example"] = dialect(_PROBLEMS[status])
    answer: Json = {"description": _WHEN[status], "content": content}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    owner = "Page" if speaks_in_pages(path) else schema_name.removesuffix("Error")
    return owner + "".join(status.phrase.title().split()), answer
