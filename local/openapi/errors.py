"""The errors every operation may answer with: one schema per contract, one answer per contract and status."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from herald.errors import (
    Conflict,
    Forbidden,
    HeraldError,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unprocessable,
)
from herald.http.contracts.contract import Contract
from herald.http.problems import Problem, internal_problem, problem_of

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_STATUS: Json = {"type": "integer", "description": "The HTTP status once more."}
_BY_FIELD: Json = {
    "type": "object",
    "additionalProperties": True,
    "description": "More for programs: what is wrong by field, or facts that belong to the code; empty for none.",
}
_MESSAGE: Json = _TEXT | {"description": "What went wrong, in a sentence in English that a person can act on."}
_CODE: Json = _TEXT | {
    "description": "What went wrong, for programs: it stays the same when the sentence is worded anew.",
    "examples": ["validation_error"],
}
_PHRASE: Json = _TEXT | {"description": "The HTTP status in words.", "examples": ["Bad request"]}
_FIELD: Json = _TEXT | {"description": "The one field that is wrong; left out where it is none or several."}
_WAIT: Json = {"type": "integer", "description": "Seconds to wait; only where there were too many requests."}
_MOMENT: Json = _TEXT | {"format": "date-time", "description": "When it was answered."}
_REQUEST_ID: Json = _TEXT | {"description": "As in `X-Request-Id`; quote it when you report a fault."}


def _object(required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    return {"type": "object", "properties": required | (optional or {}), "required": list(required)}


_RESULTFLOW_ERROR = _object({"code": _CODE, "message": _MESSAGE, "details": _BY_FIELD}) | {
    "description": "What went wrong."
}
_PYTAKE: dict[str, Json] = {"error": _CODE, "message": _MESSAGE, "code": _STATUS}
_EVENT_STREAM: dict[str, Json] = {
    "error": _CODE,
    "message": _MESSAGE,
    "timestamp": _MOMENT,
    "request_id": _REQUEST_ID,
}
_IPERFORM_STATUS: Json = _STATUS | {
    "description": "The HTTP status once more; where signing in fails with 401, what iPerform documents: 500, or 505 "
    "for a suspended account."
}
_REASONS: Json = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {}},
    "description": "What is wrong, by field, each with its reasons; only where what was sent breaks a rule.",
}

_ERROR_SCHEMAS: dict[str, Json] = {
    "ResultFlow": _object({"error": _RESULTFLOW_ERROR}),
    "EventStream": _object(_EVENT_STREAM, {"field": _FIELD, "details": _BY_FIELD, "retry_after_seconds": _WAIT}),
    "PyTake": _object(_PYTAKE),
    "IPerform": _object({"status": _IPERFORM_STATUS, "message": _PHRASE, "error": _MESSAGE, "details": _BY_FIELD}),
    "Mifumo": _object(
        {
            "success": {"type": "boolean", "const": False, "description": "False in every error."},
            "status": _STATUS,
            "error": _MESSAGE,
            "message": _MESSAGE | {"description": "The same as `error`, which other documented forms call so."},
        },
        {
            "errors": _REASONS,
            "error_code": _CODE | {"examples": ["NOT_FOUND"]},
            "details": _BY_FIELD,
        },
    ),
    "SharedSignIn": _object(_PYTAKE | {"error": _RESULTFLOW_ERROR}),
    "SharedUsers": _object(
        {"status": _STATUS, "details": _BY_FIELD} | _EVENT_STREAM,
        {"field": _FIELD, "retry_after_seconds": _WAIT},
    ),
}
"""The schema of each contract's errors, by the contract's name."""

_WHEN = {
    HTTPStatus.BAD_REQUEST: "What was sent breaks a rule.",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in, or the sign-in is not good.",
    HTTPStatus.FORBIDDEN: "The caller's role does not allow this.",
    HTTPStatus.NOT_FOUND: "There is no such record.",
    HTTPStatus.CONFLICT: "The record exists already or has moved on, or the same request is still at work.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The file is too large to be sent in a request; send it to an upload URL.",
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
    TooLarge("The file is too large; send it to an upload URL."),
    Unprocessable("This cannot be done now."),
    RateLimited("Too many requests. Please try again later.", retry_after=12),
)
_ASKED: dict[str, str] = {"request_id": "4f7c2a90", "timestamp": "2026-01-25T16:45:00.000Z"}
_PROBLEMS: dict[HTTPStatus, Problem] = {
    problem.status: problem
    for problem in (*(problem_of(error, **_ASKED) for error in _EXAMPLES), internal_problem(**_ASKED))
}


@dataclass(frozen=True, slots=True)
class Failures:
    """What the failures of an operation look like: in the format of its contract, or as pages."""

    contract: Contract
    are_pages: bool

    @property
    def schema(self) -> tuple[str, Json]:
        """The name and the schema of the contract's error."""
        return f"{self.contract.name}Error", _ERROR_SCHEMAS[self.contract.name]

    def content(self) -> Json:
        if self.are_pages:
            return {"text/html": {"schema": dict(_TEXT)}}
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{self.schema[0]}"}}}

    def answer(self, status: HTTPStatus) -> tuple[str, Json]:
        """The answer of one status: its name among the shared answers, and itself, with an example in its format."""
        content = self.content()
        for media in content.keys() & {"application/json"}:
            content[media]["example"] = self.contract.format_error(_PROBLEMS[status])
        answer: Json = {"description": _WHEN[status], "content": content}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            answer["headers"] = {"Retry-After": _RETRY_AFTER}
        owner = "Page" if self.are_pages else self.contract.name
        return owner + "".join(status.phrase.title().split()), answer
