"""What an operation of the document says beyond its models: who may call it, how it fails, how to retry it."""

import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus

from aws_lambda_powertools.event_handler.api_gateway import Route

from herald.http.access import SIGN_IN, AccessRule, CallerKind, access_rule_of
from herald.http.failures import named_failures_of
from local.openapi.errors import Failures, Json

BEARER: dict[CallerKind, str] = {
    CallerKind.STAFF: "A signed-in user's access token, from `POST /api/v1/auth/login`, or an API key (`hk_...`).",
    CallerKind.RECIPIENT: "The token somebody gets who opened a link with its password.",
}
"""The two ways to be known, each a security scheme named after the kind of caller."""

IAM_SCHEME: Json = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "x-amazon-apigateway-authtype": "awsSigv4",
    "description": "AWS signature version 4 for `execute-api`, of somebody whom IAM lets invoke this path.",
}
"""How operators are known: by API Gateway, before any function is asked."""

PERMISSION = "x-herald-permission"
"""Where an operation says what its caller's role must allow (`herald.identity.permissions`)."""

COOKIE_SCHEME = "recipient_in_a_browser"
"""The security scheme of pages: the recipient's token in the cookie that `AccessRule.cookie` names."""

IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeating a request with the same key and body within 24 hours gives the first answer again.",
    "schema": {"type": "string", "maxLength": 255},
}


_SCHEMES = {*BEARER, CallerKind.OPERATOR}
_REFUSED_BY_IAM: Json = {
    "description": "API Gateway itself refuses: the request is not signed, or IAM does not let its signer do this. "
    "On a developer's machine, where there is no IAM, Herald refuses what is not signed.",
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [
                    {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
                    {"$ref": "#/components/schemas/ResultFlowError"},
                ]
            },
            "example": {"message": "Forbidden"},
        }
    },
}


class Undescribable(ValueError):
    """The code says nothing, or two things, where the document needs one."""


_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FRAMEWORK_ERRORS = re.compile(r"#/components/schemas/(?:HTTP|Response)ValidationError$")
_DOCSTRING_SECTION = re.compile(r"^(?:Args|Returns|Raises|Yields):$", re.MULTILINE)
_PATH_PARAMETER = re.compile(r"\{([^}]*)\}")


def complete(
    operation: Json, *, path: str, method: str, route: Route, failures: Failures
) -> Iterator[tuple[str, Json]]:
    """Completes an operation in place and yields the shared answers it now refers to, each with its name.

    Args:
        operation: As Powertools describes it.
        path: Its path in the document's spelling.
        method: Its method in capitals.
        route: Powertools' own, with the function that serves it.
        failures: What it looks like when it fails.

    Raises:
        Undescribable: The route declares answers, and none of them is a success; or it is for staff, and names no
            permission.
    """
    handler = route.func
    rule = access_rule_of(handler)
    if rule.caller_kind is CallerKind.STAFF and rule.permission is None:
        raise Undescribable(f"{method} {path} ({handler.__name__}) does not say which permission it needs.")
    described = _DOCSTRING_SECTION.split(inspect.getdoc(handler) or "")[0].strip()
    if described:
        operation.setdefault("description", described)
    if operation["summary"] == f"{method} {path}":
        operation["summary"] = handler.__name__.replace("_", " ").capitalize()
    operation["security"] = [] if rule.caller_kind not in _SCHEMES else [{_scheme_of(rule): []}]
    if rule.permission is not None:
        operation[PERMISSION] = rule.permission.value
    _add_parameters(operation, path, idempotent=method == "POST" and rule.caller_kind is CallerKind.STAFF)
    answers = {status: answer for status, answer in operation["responses"].items() if not _is_frameworks(answer)}
    for status, declared in (route.responses or {}).items():
        if "content" not in declared:
            _correct_content(answers[str(status)], failures, HTTPStatus(status))
    # Powertools describes even an answer without a body.
    answers.get(str(HTTPStatus.NO_CONTENT.value), {}).pop("content", None)
    if not any(status[0] in "23" for status in answers):
        raise Undescribable(f"{method} {path} ({handler.__name__}) declares no answer of success.")
    answers |= _gateways_answers(rule)
    general = _errors(operation, path, method, rule, creates="201" in answers)
    for error in sorted({*general, *named_failures_of(handler)}):
        if str(error.value) in answers:
            continue
        name, answer = failures.answer(error)
        answers[str(error.value)] = {"$ref": f"#/components/responses/{name}"}
        yield name, answer
    operation["responses"] = dict(sorted(answers.items()))


def _gateways_answers(rule: AccessRule) -> Json:
    return {str(HTTPStatus.FORBIDDEN.value): _REFUSED_BY_IAM} if rule.caller_kind is CallerKind.OPERATOR else {}


def _scheme_of(rule: AccessRule) -> str:
    return COOKIE_SCHEME if rule.cookie else rule.caller_kind.value


def _correct_content(answer: Json, failures: Failures, status: HTTPStatus) -> None:
    """Powertools gives every answer without content the route's model; that is right for a success only."""
    if status >= HTTPStatus.BAD_REQUEST:
        answer["content"] = failures.content()
    elif status == HTTPStatus.NO_CONTENT or status >= HTTPStatus.MULTIPLE_CHOICES:
        del answer["content"]


def _add_parameters(operation: Json, path: str, *, idempotent: bool) -> None:
    parameters = operation.setdefault("parameters", [])
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    for name in _PATH_PARAMETER.findall(path):
        if name not in known:
            parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    if idempotent:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if not parameters:
        del operation["parameters"]


def _errors(operation: Json, path: str, method: str, rule: AccessRule, *, creates: bool) -> Iterator[HTTPStatus]:
    by_staff = rule.caller_kind is CallerKind.STAFF
    signs_in = rule.limit is not None and rule.limit.name == SIGN_IN.name and not creates
    counted = rule.caller_kind not in {CallerKind.EVERYONE, CallerKind.OPERATOR}
    changes = method in _CHANGING
    if "requestBody" in operation or any(map(_can_be_wrong, operation.get("parameters", []))):
        yield HTTPStatus.BAD_REQUEST
    if counted or signs_in:
        yield HTTPStatus.UNAUTHORIZED
    if rule.permission is not None:
        yield HTTPStatus.FORBIDDEN
    if "{" in path:
        yield HTTPStatus.NOT_FOUND
    if creates or (by_staff and changes):
        yield HTTPStatus.CONFLICT
    if by_staff and method in {"POST", "PUT", "PATCH"}:
        yield HTTPStatus.UNPROCESSABLE_ENTITY
    if counted or rule.limit is not None:
        yield HTTPStatus.TOO_MANY_REQUESTS
    yield HTTPStatus.INTERNAL_SERVER_ERROR


def _can_be_wrong(parameter: Json) -> bool:
    """Any text will do for a plain part of a path; the shared parameter, the Idempotency-Key, may be too long."""
    if "$ref" in parameter:
        return True
    rules = {name: rule for name, rule in parameter["schema"].items() if name not in {"title", "description"}}
    return parameter["in"] != "path" or rules != {"type": "string"}


def _is_frameworks(answer: Json) -> bool:
    schemas = (media.get("schema", {}) for media in answer.get("content", {}).values())
    return any(_FRAMEWORK_ERRORS.search(schema.get("$ref", "")) for schema in schemas)
