"""The error examples of the five published contracts, field by field."""

from http import HTTPStatus
from typing import Any

import pytest

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
from herald.http.problems import Problem, internal_problem


def problem(status: HTTPStatus, code: str, message: str, **more: Any) -> Problem:
    return Problem(
        status=status, code=code, message=message, request_id="req_abc123", timestamp="2024-01-25T16:45:00Z", **more
    )


WHEN_AND_WHICH = {"timestamp": "2024-01-25T16:45:00Z", "request_id": "req_abc123"}

EXAMPLES: list[tuple[str, Dialect, Problem, dict[str, object]]] = [
    (
        "ResultFlow: the standard format",
        resultflow.word,
        problem(HTTPStatus.NOT_FOUND, "not_found", "Resource not found"),
        {"error": {"code": "not_found", "message": "Resource not found", "details": {}}},
    ),
    (
        "ResultFlow: details by field",
        resultflow.word,
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
        event_stream.word,
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
        event_stream.word,
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
        event_stream.word,
        problem(HTTPStatus.NOT_FOUND, "not_found", "User with phone +14155551234 not found"),
        {"error": "not_found", "message": "User with phone +14155551234 not found", **WHEN_AND_WHICH},
    ),
    (
        "Event Stream: rate limiting",
        event_stream.word,
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
        pytake.word,
        problem(HTTPStatus.BAD_REQUEST, "validation_error", "Detailed error message"),
        {"error": "validation_error", "message": "Detailed error message", "code": 400},
    ),
    (
        "PyTake: fields stand in the message",
        pytake.word,
        problem(HTTPStatus.BAD_REQUEST, "validation_error", "Validation failed", fields={"a": "missing", "b": "long"}),
        {"error": "validation_error", "message": "Validation failed (a: missing; b: long)", "code": 400},
    ),
    (
        "iPerform: every error",
        iperform.word,
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
        word_for_shared_users,
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
        mifumo.word,
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
        mifumo.word,
        problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_status",
            "Campaign cannot be started",
            fields={"current_status": "completed", "allowed_statuses": ["draft", "scheduled"]},
        ),
        {
            "success": False,
            "message": "Campaign cannot be started",
            "error_code": "INVALID_STATUS",
            "details": {"current_status": "completed", "allowed_statuses": ["draft", "scheduled"]},
        },
    ),
    (
        "The shared sign-in: ResultFlow's error beside PyTake's message and code",
        word_for_shared_sign_in,
        problem(HTTPStatus.UNAUTHORIZED, "invalid_credentials", "Invalid credentials"),
        {
            "error": {"code": "invalid_credentials", "message": "Invalid credentials", "details": {}},
            "message": "Invalid credentials",
            "code": 401,
        },
    ),
]


@pytest.mark.parametrize(
    ("dialect", "problem", "body"), [example[1:] for example in EXAMPLES], ids=[example[0] for example in EXAMPLES]
)
def test_a_problem_is_worded_as_its_contract_prints_it(
    dialect: Dialect, problem: Problem, body: dict[str, object]
) -> None:
    assert dialect(problem) == body


@pytest.mark.parametrize(
    ("dialect", "keys"),
    [
        (resultflow.word, {"error"}),
        (event_stream.word, {"error", "message", "timestamp", "request_id"}),
        (pytake.word, {"error", "message", "code"}),
        (iperform.word, {"status", "message", "error", "details"}),
        (mifumo.word, {"success", "message", "error_code", "details"}),
        (word_for_shared_sign_in, {"error", "message", "code"}),
        (word_for_shared_users, {"status", "details", "error", "message", "timestamp", "request_id"}),
    ],
)
def test_a_fault_of_ours_has_each_contracts_keys_and_no_others(dialect: Dialect, keys: set[str]) -> None:
    assert set(dialect(internal_problem(request_id="r", timestamp="t"))) == keys


OWNERS: list[tuple[Dialect, list[str]]] = [
    (
        resultflow.word,
        [
            "/api/v1/admin",
            "/api/v1/admin/batches/b1/status",
            "/api/v1/admin/upload/excel",
            "/api/v1/admin/users",
            "/api/v1/customer/validate_token",
            "/api/v1/customer/report/pdf",
            "/api/v1/webhooks/sms/status",
            "/customer",
        ],
    ),
    (word_for_shared_sign_in, ["/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/me", "/api/v1/auth/nope"]),
    (
        pytake.word,
        [
            "/",
            "/health",
            "/docs",
            "/redoc",
            "/rapidoc",
            "/ws",
            "/api-docs/openapi.json",
            "/api/v1/status",
            "/api/v1/auth-db/login",
            "/api/v1/whatsapp-configs",
            "/api/v1/whatsapp-configs/default",
            "/api/v1/whatsapp/instance/main/status",
            "/api/v1/whatsapp/webhook",
            "/api/v1/ws/stats",
            "/api/v1/conversations/agent",
            "/api/v1/dashboard/metrics",
            "/api/v1/flows/f1/test",
            "/unheard/of",
            "/customers",
            "/apiary",
        ],
    ),
    (word_for_shared_users, ["/api/v1/users"]),
    (
        event_stream.word,
        [
            "/api/v1/users/+14155551234",
            "/api/v1/users/%2B14155551234",
            "/api/v1/users/%2b14155551234",
            "/api/v1/users/bulk/upload",
            "/api/v1/campaigns/c1/trigger",
            "/api/v1/templates",
            "/api/v1/segments/s1/evaluate",
            "/api/v1/reporting/messages/status",
            "/api/v1/monitoring/inbound",
            "/webhooks/inbound",
            "/webhooks/status",
        ],
    ),
    (
        iperform.word,
        [
            "/api/v1",
            "/api/v1/i_auth",
            "/api/v1/logout",
            "/api/v1/leads/7",
            "/api/v1/reports/custom",
            "/api/v1/send-email",
            "/api/v1/files/upload",
            "/api/v1/folders/a/b/c",
            "/api/v1/webhook/receive",
            "/api/v1/integration/settings",
            "/api/v1/companies",
            "/api/v1/users/5",
            "/api/v1/users/{user_id}",
            "/api/v1/tickets/3/comments",
            "/api/v1/openapi.json",
            "/api/v1/docs",
            "/api/v1/authentic",
            "/api/v1/administrators",
            "/api/v1/campaigns-of-old",
        ],
    ),
    (
        mifumo.word,
        [
            "/api",
            "/api/auth/login",
            "/api/tenants/switch",
            "/api/messaging/contacts/1/opt-in",
            "/api/messaging/campaigns/1/start",
            "/api/billing/plans",
            "/api/v2/leads",
        ],
    ),
]


@pytest.mark.parametrize(("path", "dialect"), [(path, dialect) for dialect, paths in OWNERS for path in paths])
def test_a_path_speaks_the_dialect_of_the_contract_that_owns_it(path: str, dialect: Dialect) -> None:
    assert dialect_of(path) is dialect


def test_only_what_people_look_at_speaks_in_pages() -> None:
    people = ["/customer", "/customer/reports/r1/pdf", "/account/verify-email"]
    programs = ["/customers", "/accounts", "/api/v1/customer/report", "/"]

    assert list(filter(speaks_in_pages, people + programs)) == people
