"""What each role may do, by every operation of the API's document, those that are added later included.

The document is made of the code that runs here, and each operation is asked for with an empty body: whoever may not is
told so before the body is looked at, and whoever may is told something else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest

from herald.identity.composition import identity
from herald.identity.model import Principal, Recipient, Role
from herald.identity.permissions import Permission, permissions_of
from herald.identity.sessions.tokens import AccessTokens
from herald.values.clock import utc_now
from herald.values.ids import new_id
from local.openapi.document import describe
from local.openapi.functions import DescribedFunction
from local.openapi.operations import PERMISSION
from local.stack.running import ROOT
from tests.local.descriptions import Json, operations_of
from tests.support.cloud import SIGNING_KEY, cloud, results_cloud
from tests.support.functions import function
from tests.support.people import found
from tests.support.requests import Answer, Caller, Handler

__all__ = ["cloud", "results_cloud"]

TENANT = "0192f3a4-5b6c-7d8e-9f00-112233445566"
TOKENS = AccessTokens(lambda: {"signing_key": SIGNING_KEY})
_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Operation:
    """One operation for staff, and the handler that serves it."""

    method: str
    path: str
    permission: Permission
    handler: Handler
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, token: str) -> Answer:
        """What somebody with this token, who was never here before, is answered."""
        values = dict(zip(_PARAMETER.findall(self.path), self.parameters, strict=True))
        path = _PARAMETER.sub(lambda found: values[found[1]], self.path)
        return Caller(self.handler, token=token).send(self.method, path, text="{}")

    def refuses(self, answer: Answer) -> bool:
        """Whether the answer says that this operation's permission is missing."""
        return answer.status == 403 and self.permission.value in answer.text


@pytest.fixture
def operations(results_cloud: None) -> list[Operation]:
    """Every operation that asks for a permission; a function is imported where it finds its tables."""
    return described_operations()


@cache
def described_operations() -> list[Operation]:
    folders = [path.parent for path in sorted(ROOT.glob("functions/*/*/app.py")) if path.parts[-3] != "workers"]
    apis = {f"{folder.parent.name}/{folder.name}" for folder in folders}
    functions = {name: DescribedFunction(name, function(name).api) for name in apis}
    handlers = {
        (route.method, route.openapi_path): described.api.handle
        for described in functions.values()
        if described.api is not None
        for route in (*described.api._static_routes, *described.api._dynamic_routes)
    }
    return list(_operations(describe(functions.values(), version="1"), handlers))


def _operations(document: Json, handlers: Mapping[tuple[str, str], Handler]) -> Iterator[Operation]:
    # The document has one spelling for each parameter, functions may have their own.
    by_shape = {(method, _PARAMETER.sub("{}", path)): handler for (method, path), handler in handlers.items()}
    for path, method, operation in operations_of(document):
        if PERMISSION not in operation:
            continue
        schemas = {one["name"]: one["schema"] for one in operation.get("parameters", []) if one.get("in") == "path"}
        yield Operation(
            method.upper(),
            path,
            Permission(operation[PERMISSION]),
            by_shape[method.upper(), _PARAMETER.sub("{}", path)],
            tuple("1" if schemas[name].get("type") == "integer" else new_id() for name in _PARAMETER.findall(path)),
        )


def staff_token(role: Role) -> str:
    """The access token of somebody new in that role."""
    return TOKENS.issue_to_staff(Principal(new_id(), TENANT, role, new_id()))


@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_its_permissions_say_and_nothing_else(role: Role, operations: list[Operation]) -> None:
    allowed = permissions_of(role)

    refused = {str(operation) for operation in operations if operation.refuses(operation.ask(staff_token(role)))}

    assert refused == {str(operation) for operation in operations if operation.permission not in allowed}


@pytest.mark.parametrize("scope", [Permission.RESULTS_READ, Permission.AUDIENCE_WRITE])
def test_a_key_does_what_its_scope_says_and_nothing_else(scope: Permission, operations: list[Operation]) -> None:
    admin = Principal(new_id(), TENANT, Role.ADMIN, new_id())
    found(admin)
    _, key = identity().api_keys.generate(admin, key_id=new_id(), name="Shop", scopes=[scope], days=None)

    refused = {str(operation) for operation in operations if operation.refuses(operation.ask(key))}

    assert refused == {str(operation) for operation in operations if operation.permission is not scope}


def test_nobody_does_anything_without_a_token_of_theirs(operations: list[Operation]) -> None:
    now = utc_now()
    long_ago = AccessTokens(lambda: {"signing_key": SIGNING_KEY}, clock=lambda: now - timedelta(days=2))
    elsewhere = AccessTokens(lambda: {"signing_key": SIGNING_KEY[::-1]})
    admin = Principal(new_id(), TENANT, Role.ADMIN, new_id())
    reader = TOKENS.issue_to_recipient(Recipient(TENANT, "report", "link"), expires_at=now + timedelta(hours=1))
    for token in ("", reader, long_ago.issue_to_staff(admin), elsewhere.issue_to_staff(admin), "hk_" + "0" * 54):
        statuses = {str(operation): operation.ask(token).status for operation in operations}

        assert set(statuses.values()) == {401}, statuses


@pytest.mark.parametrize(
    ("operation", "roles"),
    [
        ("GET /api/v1/users", {Role.ADMIN, Role.MANAGER}),
        ("POST /api/v1/users", {Role.ADMIN}),
        ("DELETE /api/v1/users/{user_id}", {Role.ADMIN}),
        ("GET /api/v1/companies", {Role.ADMIN}),
        ("POST /api/v1/companies", {Role.ADMIN}),
        ("POST /api/auth/api-key/generate", {Role.ADMIN}),
        ("POST /api/v1/auth/logout", set(Role)),
        ("GET /api/tenants", set(Role)),
    ],
)
def test_an_operation_is_open_to_the_roles_that_its_contract_names(
    operation: str, roles: set[Role], operations: list[Operation]
) -> None:
    [found] = [each for each in operations if str(each) == operation]

    assert {role for role in Role if not found.refuses(found.ask(staff_token(role)))} == roles
