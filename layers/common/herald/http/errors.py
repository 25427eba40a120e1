"""From whatever was raised to the answer in a contract's format."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from herald.errors import Invalid
from herald.http.contracts.contract import Contract
from herald.http.problems import VALIDATION_FAILED, Problem

_REASONS = {"missing": "this field is required", "extra_forbidden": "there is no such field in this request"}


def domain_error(error: Exception) -> Exception:
    """What the framework finds wrong with a request, as the error of the domain that it is; anything else unchanged."""
    if isinstance(error, RequestValidationError):
        return Invalid(VALIDATION_FAILED, fields={_field_name(fault): _reason(fault) for fault in error.errors()})
    if isinstance(error, RequestUnsupportedContentType):
        return not_json()
    return error


def not_json() -> Invalid:
    return Invalid(
        "Send JSON, and say so: `Content-Type: application/json`.",
        fields={"Content-Type": "application/json is what is understood here"},
    )


def error_response(problem: Problem, contract: Contract) -> Response[Any]:
    """A problem as a contract's error."""
    return Response(int(problem.status), "application/json", contract.format_error(problem), headers={})


def _field_name(fault: Mapping[str, Any]) -> str:
    # The first part says where the field stands; for broken JSON the second is only a position in the text.
    names = [] if fault["type"] == "json_invalid" else fault["loc"][1:]
    return ".".join(map(str, names)) or "body"


def _reason(fault: Mapping[str, Any]) -> str:
    return _REASONS.get(fault["type"]) or str(fault["msg"])
