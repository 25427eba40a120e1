"""PyTake's API documentation, line by line, as far as it is about signing in, health and the documentation itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Annotated, Any, Literal

import httpx
import jwt
import pytest
from pydantic import AwareDatetime, Field

from herald.identity.model import Principal, Role
from herald.identity.sessions.tokens import AccessTokens
from herald.values.clock import utc_now
from local.stack.running import RunningStack
from tests.contract.documented import Documented, DocumentedExactly, Exchange
from tests.support.clinic import PASSWORD, Clinic
from tests.support.engine import Engine

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("engine")]

Text = Annotated[str, Field(min_length=1)]
BOTH_ENDINGS = pytest.mark.parametrize("ending", ["", "/"], ids=["plain", "slash"])


# ---------------------------------------------------------------- documented answers


class User(Documented):
    id: Text
    email: Text
    name: Text
    roles: Annotated[list[Text], Field(min_length=1)]


class SignedIn(Documented):
    token: Annotated[str, Field(pattern=r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$")]
    user: User
    refresh_token: Text
    expires_in: Literal[86400]  # "Access tokens expire after 24 hours"


class Message(Documented):
    message: Text


class Health(Documented):
    status: Literal["healthy"]
    timestamp: AwareDatetime


class Status(Documented):
    status: Literal["operational"]
    timestamp: AwareDatetime


class Endpoint(Documented):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[str, Field(pattern="^/")]


class Welcome(Documented):
    documentation: dict[str, str]
    endpoints: Annotated[list[Endpoint], Field(min_length=10)]


class ErrorResponse(DocumentedExactly):
    error: Text
    message: Text
    code: int


class ResultFlowError(DocumentedExactly):
    code: Text
    message: Text
    details: dict[str, Any]


class SharedErrorResponse(DocumentedExactly):
    """At the sign-in that PyTake shares with ResultFlow: the one's message and code, the other's error."""

    error: ResultFlowError
    message: Text
    code: int


# ---------------------------------------------------------------- the tables

OPEN = (
    Exchange("GET /health", 200, Health),
    Exchange("GET /api/v1/status", 200, Status),
    Exchange("GET /", 200, Welcome),
)


@pytest.mark.parametrize("exchange", OPEN, ids=str)
def test_open_pages_give_the_documented_answer(exchange: Exchange, stack: RunningStack) -> None:
    with httpx.Client(base_url=stack.api_url, timeout=60, trust_env=False) as http:
        for ending in ["", "" if exchange.operation.endswith(" /") else "/"]:
            exchange.compare(exchange.perform(http, {}, ending=ending), {})


@BOTH_ENDINGS
@pytest.mark.parametrize("path", ["/docs", "/redoc", "/rapidoc"])
def test_each_documentation_page_is_there_with_all_that_it_loads(path: str, ending: str, stack: RunningStack) -> None:
    with httpx.Client(base_url=stack.api_url, timeout=60, trust_env=False) as http:
        page = http.get(path + ending)
        assets = [part.split('"')[0] for part in page.text.split('"/docs/assets/')[1:]]
        loaded = [http.get(f"/docs/assets/{asset}") for asset in assets]

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert assets
    assert {answer.status_code for answer in loaded} == {200}


@BOTH_ENDINGS
def test_the_openapi_document_describes_what_is_served(ending: str, stack: RunningStack) -> None:
    answer = httpx.get(f"{stack.api_url}/api-docs/openapi.json{ending}", trust_env=False, timeout=60)

    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert "post" in answer.json()["paths"]["/api/v1/auth/register"]


@BOTH_ENDINGS
def test_registering_signs_in_as_documented(ending: str, stack: RunningStack) -> None:
    email = f"user{'-slash' if ending else ''}@example.com"
    body = {"email": email, "password": "securePassword123", "name": "John Doe"}

    answer = httpx.post(f"{stack.api_url}/api/v1/auth/register{ending}", json=body, trust_env=False, timeout=60)

    assert answer.status_code == 201, answer.text
    session = SignedIn.model_validate_json(answer.content)
    assert (session.user.email, session.user.name) == (email, "John Doe")


@BOTH_ENDINGS
def test_a_session_is_opened_renewed_read_and_ended(ending: str, stack: RunningStack, clinic: Clinic) -> None:
    with httpx.Client(base_url=stack.api_url, timeout=60, trust_env=False) as http:
        login = http.post(f"/api/v1/auth/login{ending}", json={"email": clinic.email, "password": PASSWORD})
        refresh = http.post(f"/api/v1/auth/refresh{ending}", json={"refresh_token": login.json()["refresh_token"]})
        http.headers["Authorization"] = f"Bearer {refresh.json()['token']}"
        me = http.get(f"/api/v1/auth/me{ending}")
        logout = http.post(f"/api/v1/auth/logout{ending}")
        afterwards = http.get(f"/api/v1/auth/me{ending}")
        renewed = http.post(f"/api/v1/auth/refresh{ending}", json={"refresh_token": refresh.json()["refresh_token"]})

    for answer in (login, refresh):
        assert answer.status_code == 200, answer.text
        assert SignedIn.model_validate_json(answer.content).user.email == clinic.email
    assert me.status_code == 200, me.text
    assert User.model_validate_json(me.content).email == clinic.email
    assert logout.status_code == 200, logout.text
    Message.model_validate_json(logout.content)
    assert_error(afterwards, 401, "token_expired")
    assert_error(renewed, 401, "token_expired")


def test_one_session_outlives_the_end_of_another(stack: RunningStack, clinic: Clinic) -> None:
    other = httpx.post(
        f"{stack.api_url}/api/v1/auth/login",
        json={"email": clinic.email, "password": PASSWORD},
        trust_env=False,
        timeout=60,
    ).json()

    clinic.http.post("/api/v1/auth/logout", headers={"Authorization": f"Bearer {other['token']}"})

    assert clinic.http.get("/api/v1/auth/me").status_code == 200


# ---------------------------------------------------------------- documented errors


def assert_error(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    told = SharedErrorResponse.model_validate_json(answer.content)
    assert (told.code, told.error.code) == (status, code)
    assert told.error.message in told.message
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("email", "password"), [("{email}", "wrongPassword123"), ("nobody@example.org", PASSWORD)], ids=["password", "user"]
)
def test_a_wrong_password_and_an_unknown_user_look_alike(email: str, password: str, clinic: Clinic) -> None:
    body = {"email": email.format(email=clinic.email), "password": password}

    assert_error(clinic.http.post("/api/v1/auth/login", json=body), 401, "invalid_credentials")


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic dXNlcjpwYXNz"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/auth/me"), ("POST", "/api/v1/auth/logout")])
def test_whoever_is_not_signed_in_hears_auth_required(
    method: str, path: str, authorization: str, stack: RunningStack
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    answer = httpx.request(method, stack.api_url + path, headers=headers, trust_env=False, timeout=60)

    assert_error(answer, 401, "auth_required")


def test_yesterdays_access_token_has_expired(clinic: Clinic, engine: Engine) -> None:
    key = engine.secret("SigningKeySecret")["signing_key"]
    yesterday = AccessTokens(lambda: {"signing_key": key}, clock=lambda: utc_now() - timedelta(hours=24, seconds=1))
    user = clinic.session["user"]
    token = yesterday.issue_to_staff(Principal(user["id"], user["tenant_id"], Role.ADMIN, "session"))

    answer = clinic.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert_error(answer, 401, "token_expired")


@pytest.mark.parametrize(("algorithm", "key"), [("none", ""), ("HS256", "another key that is as long as any other")])
def test_a_forged_token_is_nobodys(clinic: Clinic, algorithm: str, key: str) -> None:
    claims = jwt.decode(clinic.session["token"], options={"verify_signature": False})
    token = jwt.encode(claims, key, algorithm=algorithm)

    answer = clinic.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert_error(answer, 401, "auth_required")


def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_session(clinic: Clinic) -> None:
    body = {"refresh_token": clinic.session["refresh_token"]}
    renewed = clinic.post("/api/v1/auth/refresh", body)

    assert_error(clinic.http.post("/api/v1/auth/refresh", json=body), 401, "auth_required")
    again = {"refresh_token": renewed["refresh_token"]}
    assert_error(clinic.http.post("/api/v1/auth/refresh", json=again), 401, "token_expired")


def test_an_address_is_registered_once(clinic: Clinic) -> None:
    body = {"email": clinic.email.upper(), "password": PASSWORD, "name": "Somebody else"}

    answer = clinic.http.post("/api/v1/auth/register", json=body)

    assert answer.status_code == 409, answer.text
    SharedErrorResponse.model_validate_json(answer.content)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/auth/register", {"email": "new@example.org", "password": PASSWORD}, "name"),
        ("/api/v1/auth/register", {"email": "nobody", "password": PASSWORD, "name": "N"}, "email"),
        ("/api/v1/auth/register", {"email": "new@example.org", "password": "short", "name": "N"}, "password"),
        ("/api/v1/auth/login", {"email": "new@example.org"}, "password"),
        ("/api/v1/auth/refresh", {}, "refresh_token"),
    ],
)
def test_a_bad_request_is_a_validation_error_that_names_the_field(
    path: str, body: dict[str, str], field: str, clinic: Clinic
) -> None:
    answer = clinic.http.post(path, json=body)

    assert_error(answer, 400, "validation_error")
    assert field in answer.json()["error"]["details"]


@pytest.mark.parametrize("path", ["/nothing", "/docs/nothing", "/api/v1/flows/nothing", "/api/v1/whatsapp/nothing"])
def test_an_unknown_path_of_pytake_is_told_in_its_format(path: str, stack: RunningStack) -> None:
    answer = httpx.get(stack.api_url + path, trust_env=False, timeout=60)

    assert answer.status_code == 404
    told = ErrorResponse.model_validate_json(answer.content)
    assert (told.error, told.code) == ("not_found", 404)


def test_twenty_registrations_of_one_address_at_once_make_one_user(stack: RunningStack) -> None:
    body = {"email": "race@example.org", "password": PASSWORD, "name": "Racer"}

    def register(_: int) -> int:
        return httpx.post(f"{stack.api_url}/api/v1/auth/register", json=body, trust_env=False, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(register, range(20)))

    assert statuses == [201, *[409] * 19]
