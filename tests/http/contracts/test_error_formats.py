"""The error examples of the five published contracts, field by field."""

from http import HTTPStatus
from typing import Any

import pytest

from herald.http.contracts.contract import Contract
from herald.http.contracts.event_stream import EVENT_STREAM
from herald.http.contracts.iperform import IPERFORM
from herald.http.contracts.mifumo import MIFUMO
from herald.http.contracts.pytake import PYTAKE
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.contracts.shared_sign_in import SHARED_SIGN_IN
from herald.http.contracts.shared_users import SHARED_USERS
from herald.http.problems import Problem, internal_problem


def problem(status: HTTPStatus, code: str, message: str, **more: Any) -> Problem:
    return Problem(
        status=status, code=code, message=message, request_id="req_abc123", timestamp="2024-01-25T16:45:00Z", **more
    )


WHEN_AND_WHICH = {"timestamp": "2024-01-25T16:45:00Z", "request_id": "req_abc123"}

EXAMPLES: list[tuple[str, Contract, Problem, dict[str, object]]] = [
    (
        "ResultFlow: the standard format",
        RESULTFLOW,
        problem(HTTPStatus.NOT_FOUND, "not_found", "Resource not found"),
        {"error": {"code": "not_found", "message": "Resource not found", "details": {}}},
    ),
    (
        "ResultFlow: details by field",
        RESULTFLOW,
        problem(HTTPStatus.BAD_REQUEST, "validation_error", "Request validation failed", fields={"name": "too long"}),
        {
            "error": {
                "code": "validation_error",
                "message": "Request validation failed",
                "details": {"name": "too long"},
            }
        },
    ),
    (
        "Event Stream: the standard format",
        EVENT_STREAM,
        problem(
            HTTPStatus.BAD_REQUEST,
            "validation_error",
            "Invalid phone number format",
            fields={"field": "phone_e164", "provided": "1234567890", "expected": "E.164 format (+1234567890)"},
        ),
        {
            "error": "validation_error",
            "message": "Invalid phone number format",
            "details": {"field": "phone_e164", "provided": "1234567890", "expected": "E.164 format (+1234567890)"},
            **WHEN_AND_WHICH,
        },
    ),
    (
        "Event Stream: a validation error",
        EVENT_STREAM,
        problem(
            HTTPStatus.BAD_REQUEST,
            "validation_error",
            "Phone number must be in E.164 format",
            fields={"phone_e164": "E.164"},
        ),
        {
            "error": "validation_error",
            "message": "Phone number must be in E.164 format",
            "field": "phone_e164",
            **WHEN_AND_WHICH,
        },
    ),
    (
        "Event Stream: not found",
        EVENT_STREAM,
        problem(HTTPStatus.NOT_FOUND, "not_found", "User with phone +14155551234 not found"),
        {"error": "not_found", "message": "User with phone +14155551234 not found", **WHEN_AND_WHICH},
    ),
    (
        "Event Stream: rate limiting",
        EVENT_STREAM,
        problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "rate_limited",
            "Too many requests. Please try again later.",
            retry_after=60,
        ),
        {
            "error": "rate_limit_exceeded",
            "message": "Too many requests. Please try again later.",
            "retry_after_seconds": 60,
            **WHEN_AND_WHICH,
        },
    ),
    (
        "PyTake: every error",
        PYTAKE,
        problem(HTTPStatus.BAD_REQUEST, "validation_error", "Detailed error message"),
        {"error": "validation_error", "message": "Detailed error message", "code": 400},
    ),
    (
        "PyTake: fields stand in the message",
        PYTAKE,
        problem(HTTPStatus.BAD_REQUEST, "validation_error", "Validation failed", fields={"a": "missing", "b": "long"}),
        {"error": "validation_error", "message": "Validation failed (a: missing; b: long)", "code": 400},
    ),
    (
        "iPerform: every error",
        IPERFORM,
        problem(HTTPStatus.BAD_REQUEST, "validation_error", "Validation failed", fields={"field": "error message"}),
        {
            "status": 400,
            "message": "Bad request",
            "error": "Validation failed",
            "details": {"field": "error message"},
        },
    ),
    (
        "Event Stream and iPerform at the users they share",
        SHARED_USERS,
        problem(HTTPStatus.CONFLICT, "email_taken", "This e-mail address is registered already."),
        {
            "status": 409,
            "error": "email_taken",
            "message": "This e-mail address is registered already.",
            "details": {},
            **WHEN_AND_WHICH,
        },
    ),
    (
        "Mifumo: validation",
        MIFUMO,
        problem(
            HTTPStatus.BAD_REQUEST,
            "validation_error",
            "Validation failed",
            fields={
                "phone_e164": "Invalid E.164 format",
                "email": ["Invalid email address"],
                "message_text": "Message too long for single SMS",
            },
        ),
        {
            "success": False,
            "status": 400,
            "error": "Validation failed",
            "message": "Validation failed",
            "errors": {
                "phone_e164": ["Invalid E.164 format"],
                "email": ["Invalid email address"],
                "message_text": ["Message too long for single SMS"],
            },
        },
    ),
    (
        "Mifumo: business logic",
        MIFUMO,
        problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_status",
            "Campaign cannot be started",
            fields={"current_status": "completed", "allowed_statuses": ["draft", "scheduled"]},
        ),
        {
            "success": False,
            "status": 422,
            "error": "Campaign cannot be started",
            "message": "Campaign cannot be started",
            "error_code": "INVALID_STATUS",
            "details": {"current_status": "completed", "allowed_statuses": ["draft", "scheduled"]},
        },
    ),
    (
        "The shared sign-in: ResultFlow's error beside PyTake's message and code",
        SHARED_SIGN_IN,
        problem(HTTPStatus.UNAUTHORIZED, "invalid_credentials", "Invalid credentials"),
        {
            "error": {"code": "invalid_credentials", "message": "Invalid credentials", "details": {}},
            "message": "Invalid credentials",
            "code": 401,
        },
    ),
]


@pytest.mark.parametrize(
    ("contract", "problem", "body"), [example[1:] for example in EXAMPLES], ids=[example[0] for example in EXAMPLES]
)
def test_a_problem_is_formatted_as_its_contract_prints_it(
    contract: Contract, problem: Problem, body: dict[str, object]
) -> None:
    assert contract.format_error(problem) == body


@pytest.mark.parametrize(
    ("contract", "keys"),
    [
        (RESULTFLOW, {"error"}),
        (EVENT_STREAM, {"error", "message", "timestamp", "request_id"}),
        (PYTAKE, {"error", "message", "code"}),
        (IPERFORM, {"status", "message", "error", "details"}),
        (MIFUMO, {"success", "status", "error", "message", "error_code", "details"}),
        (SHARED_SIGN_IN, {"error", "message", "code"}),
        (SHARED_USERS, {"status", "details", "error", "message", "timestamp", "request_id"}),
    ],
)
def test_a_fault_of_ours_has_each_contracts_keys_and_no_others(contract: Contract, keys: set[str]) -> None:
    assert set(contract.format_error(internal_problem(request_id="r", timestamp="t"))) == keys
