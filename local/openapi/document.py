"""One OpenAPI 3.1 document of every function's routes: the same code always gives the same bytes."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Route

from herald.http.access import CallerKind, access_rule_of
from herald.http.api import HttpApi
from local.openapi.errors import Failures, Json
from local.openapi.functions import DescribedFunction
from local.openapi.operations import BEARER, COOKIE_SCHEME, IAM_SCHEME, IDEMPOTENCY_KEY, Undescribable, complete

DESCRIPTION = """\
Herald reaches people one by one: a spreadsheet and a Word template become one PDF per person behind a link and a
password; campaigns go out by SMS, WhatsApp and e-mail with consent respected; replies meet an inbox or a flow.

It serves five published contracts on one core. Each path answers with and without a slash at its end, and words its
errors as its contract does. Every answer carries `X-Request-Id`; where a limit counts, `X-RateLimit-Limit`,
`X-RateLimit-Remaining` and `X-RateLimit-Reset` say what is left."""

_FRAMEWORK_SCHEMAS = frozenset({"ValidationError", "HTTPValidationError", "ResponseValidationError"})
_PARAMETER = re.compile(r"\{[^}]*\}")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Handler = Callable[..., Any]


class Contradiction(Undescribable):
    """Two functions say different things under one name."""


@dataclass(frozen=True)
class _Served:
    function: str
    handler: Handler
    path: str
    method: str
    operation: Json


@dataclass
class _Draft:
    """What is known so far, and which function said it first."""

    served: dict[tuple[str, str], _Served] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    schemas: dict[str, Json] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)

    def add(self, function: str, api: HttpApi) -> None:
        described = json.loads(api.get_openapi_json_schema(title="Herald", version="0"))
        for name, schema in described.get("components", {}).get("schemas", {}).items():
            if name not in _FRAMEWORK_SCHEMAS:
                self._add_schema(function, name, schema)
        routes = {(route.openapi_path, route.method): route for route in _routes(api)}
        for path, item in described["paths"].items():
            for method in (method for method in _METHODS if method in item):
                self._add_operation(function, api, method, item[method], routes[path, method.upper()])

    def _add_schema(self, function: str, name: str, schema: Json) -> None:
        owner = self.owners.setdefault(name, function)
        earlier = self.schemas.setdefault(name, schema)
        if earlier == schema:
            return
        if _without_description(earlier) != _without_description(schema):
            raise Contradiction(f"{owner} and {function} each have a model {name}, and the two differ: rename one.")
        # One shape, told in two ways: neither sentence may speak for the other.
        self.schemas[name] = _without_description(schema)

    def _add_operation(self, function: str, api: HttpApi, method: str, operation: Json, route: Route) -> None:
        path = route.openapi_path
        # OpenAPI takes /users/{id} and /users/{user} for one path: the first spelling stands.
        known = self.paths.setdefault(_PARAMETER.sub("{}", path), path)
        renamed = dict(zip(_PARAMETER.findall(path), _PARAMETER.findall(known), strict=True))
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                parameter["name"] = renamed[f"{{{parameter['name']}}}"].strip("{}")
        if earlier := self.served.get((known, method)):
            raise Contradiction(f"{earlier.function} and {function} both serve {method.upper()} {path}.")
        if operation["summary"] == f"{method.upper()} {path}":
            operation["summary"] = f"{method.upper()} {known}"
        failures = Failures(api.contract.at(known), are_pages=api.shows_pages_at(known))
        self.answers |= complete(operation, path=known, method=method.upper(), route=route, failures=failures)
        self._add_schema("the error formats", *failures.schema)
        self.served[known, method] = _Served(function, route.func, known, method, operation)


def describe(functions: Iterable[DescribedFunction], *, version: str) -> Json:
    """The document.

    Args:
        functions: Those with an `api` or a `websocket_path`.
        version: Of the product.

    Raises:
        Contradiction: Two functions have a model of one name and another content, or serve the same operation.
        Undescribable: A route declares answers, and none of them is a success.
    """
    draft = _Draft()
    sorted_functions = sorted(functions, key=lambda function: function.name)
    for function in sorted_functions:
        if function.api is not None:
            draft.add(function.name, function.api)
    served = [draft.served[key] for key in sorted(draft.served)]
    _name_operations(served)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Herald",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This installation"}],
        "tags": [{"name": name} for name in sorted({tag for one in served for tag in one.operation["tags"]})],
        "paths": _paths(served),
        "components": {
            "schemas": dict(sorted(draft.schemas.items())),
            "responses": dict(sorted(draft.answers.items())),
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY},
            "securitySchemes": {
                caller_kind.value: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": description,
                }
                for caller_kind, description in BEARER.items()
            }
            | _cookie_scheme(served)
            | {CallerKind.OPERATOR.value: IAM_SCHEME},
        },
        "x-herald-pages": [f"{one.method.upper()} {one.path}" for one in served if _is_page(one.operation)],
        "x-herald-websockets": sorted({one.websocket_path for one in sorted_functions if one.websocket_path}),
    }


def _cookie_scheme(served: Iterable[_Served]) -> Json:
    """The scheme of the routes whose token a browser keeps, if there are any."""
    cookie = next(filter(None, (access_rule_of(one.handler).cookie for one in served)), "")
    description = "The same token in a browser, from `POST /customer`."
    scheme = {"type": "apiKey", "in": "cookie", "name": cookie, "description": description}
    return {COOKIE_SCHEME: scheme} if cookie else {}


def _without_description(schema: Json) -> Json:
    return {name: value for name, value in schema.items() if name != "description"}


def _routes(api: HttpApi) -> Iterable[Route]:
    return (*api._static_routes, *api._dynamic_routes)  # noqa: SLF001 - Powertools has no public list of its routes


def _paths(served: Iterable[_Served]) -> Json:
    paths: Json = {}
    for one in served:
        paths.setdefault(one.path, {})[one.method] = one.operation
    return paths


def _name_operations(served: Iterable[_Served]) -> None:
    """Names each operation after its function; with its group before it where several groups use the name."""
    handlers = {one.handler: one.function for one in served}
    shared = Counter(handler.__name__ for handler in handlers)
    seen: Counter[str] = Counter()
    for one in served:
        name = one.handler.__name__
        if shared[name] > 1:
            name = f"{re.sub(r'[^a-z0-9]+', '_', one.function)}_{name}"
        seen[name] += 1
        one.operation["operationId"] = name if seen[name] == 1 else f"{name}_{seen[name]}"
        one.operation.setdefault("tags", [one.function.partition("/")[0].replace("_", " ").capitalize()])


def _is_page(operation: Json) -> bool:
    return "text/html" in operation["responses"].get("200", {}).get("content", {})
