"""Mifumo's API documentation, line by line, as far as it is about accounts, API keys and tenants."""

from typing import Annotated, Any, Literal

import httpx
import pytest
from pydantic import AwareDatetime, Field

from local.stack.running import RunningStack
from tests.contract.documented import Documented, DocumentedExactly
from tests.support.clinic import PASSWORD, Clinic

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("engine")]

Text = Annotated[str, Field(min_length=1)]
Jwt = Annotated[str, Field(pattern=r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$")]
BOTH_ENDINGS = pytest.mark.parametrize("ending", ["/", ""], ids=["slash", "plain"])
BETTER_PASSWORD = "another Secure 456"


# ---------------------------------------------------------------- documented answers


class Answer(Documented):
    """Mifumo, "Success Response"."""

    success: Literal[True]
    status: Annotated[int, Field(ge=200, le=201)]


class Tokens(Documented):
    access: Jwt
    refresh: Text


class Profile(Documented):
    id: Text
    email: Text
    name: str
    phone: str


class Session(Tokens):
    user: Profile


class SessionAnswer(Answer):
    data: Session


class TokensAnswer(Answer):
    data: Tokens


class ProfileAnswer(Answer):
    data: Profile


class Message(Documented):
    message: Text


class MessageAnswer(Answer):
    data: Message


class Key(Documented):
    id: Text
    api_key: Text


class KeyAnswer(Answer):
    data: Key


class Tenant(Documented):
    id: Text
    name: Text
    role: Text
    is_current: bool
    created_at: AwareDatetime


class TenantAnswer(Answer):
    data: Tenant


class Tenants(Documented):
    results: Annotated[list[Tenant], Field(min_length=1)]
    count: Annotated[int, Field(ge=1)]
    next: str | None
    previous: str | None


class TenantsAnswer(Answer):
    data: Tenants


class SwitchAnswer(Answer):
    data: Tokens


class Failure(DocumentedExactly):
    """Mifumo, "Error Response", with the ``message`` of its enhanced formats."""

    success: Literal[False]
    status: Annotated[int, Field(ge=400, le=599)]
    error: Text
    message: Text


class ValidationError(Failure):
    errors: dict[str, list[Any]]


class BusinessError(Failure):
    error_code: Annotated[str, Field(pattern="^[A-Z_]+$")]
    details: dict[str, Any]


# ---------------------------------------------------------------- accounts and keys


def sign_in(clinic: Clinic, ending: str = "/", password: str = PASSWORD) -> Session:
    answer = clinic.http.post(f"/api/auth/login{ending}", json={"email": clinic.email, "password": password})
    assert answer.status_code == 200, answer.text
    return SessionAnswer.model_validate_json(answer.content).data


@BOTH_ENDINGS
def test_registering(ending: str, stack: RunningStack) -> None:
    email = f"mifumo{'-slash' if ending else ''}@example.com"
    body = {"email": email, "password": PASSWORD, "name": "John Doe"}

    answer = httpx.post(f"{stack.api_url}/api/auth/register{ending}", json=body, trust_env=False, timeout=60)

    assert answer.status_code == 201, answer.text
    user = SessionAnswer.model_validate_json(answer.content).data.user
    assert (user.email, user.name) == (email, "John Doe")


@BOTH_ENDINGS
def test_signing_in_and_going_on(ending: str, clinic: Clinic) -> None:
    session = sign_in(clinic, ending)

    answer = clinic.http.post(f"/api/auth/token/refresh{ending}", json={"refresh": session.refresh})

    assert answer.status_code == 200, answer.text
    assert TokensAnswer.model_validate_json(answer.content).data.refresh != session.refresh


@BOTH_ENDINGS
def test_the_profile_is_read_and_updated(ending: str, clinic: Clinic) -> None:
    updated = clinic.http.put(f"/api/auth/profile{ending}", json={"name": "Jane Doe", "phone": "+255700000001"})
    read = clinic.http.get(f"/api/auth/profile{ending}")

    assert updated.status_code == 200, updated.text
    profile = ProfileAnswer.model_validate_json(read.content).data
    assert (profile.email, profile.name, profile.phone) == (clinic.email, "Jane Doe", "+255700000001")


@BOTH_ENDINGS
def test_the_password_is_changed(ending: str, clinic: Clinic) -> None:
    body = {"old_password": PASSWORD, "new_password": BETTER_PASSWORD}

    answer = clinic.http.post(f"/api/auth/password/change{ending}", json=body)

    assert answer.status_code == 200, answer.text
    assert clinic.http.get("/api/auth/profile").status_code == 401
    assert sign_in(clinic, password=BETTER_PASSWORD).user.email == clinic.email


@BOTH_ENDINGS
def test_a_reset_is_answered_alike_for_somebody_and_nobody(ending: str, clinic: Clinic) -> None:
    known, unknown = (
        clinic.http.post(f"/api/auth/password/reset{ending}", json={"email": email})
        for email in (clinic.email, "nobody@example.org")
    )

    assert known.status_code == 200, known.text
    MessageAnswer.model_validate_json(known.content)
    assert known.json() == unknown.json()


@BOTH_ENDINGS
def test_a_token_that_was_not_sent_verifies_nothing(ending: str, clinic: Clinic) -> None:
    answer = clinic.http.post(f"/api/auth/verify-email{ending}", json={"token": "x" * 32})

    assert answer.status_code == 400, answer.text
    assert BusinessError.model_validate_json(answer.content).error_code == "TOKEN_INVALID"


@BOTH_ENDINGS
def test_an_api_key_is_generated_and_revoked(ending: str, clinic: Clinic) -> None:
    generated = clinic.http.post(f"/api/auth/api-key/generate{ending}", json={"name": "Shop"})
    key = KeyAnswer.model_validate_json(generated.content).data

    revoked = clinic.http.post(f"/api/auth/api-key/revoke{ending}", json={"key_id": key.id})

    assert generated.status_code == 201, generated.text
    assert revoked.status_code == 200, revoked.text
    Answer.model_validate_json(revoked.content)


# ---------------------------------------------------------------- tenants


@BOTH_ENDINGS
def test_a_tenant_is_created_read_updated_and_listed(ending: str, clinic: Clinic) -> None:
    made = clinic.http.post(f"/api/tenants{ending}", json={"name": "Second"})
    tenant = TenantAnswer.model_validate_json(made.content).data
    read = clinic.http.get(f"/api/tenants/{tenant.id}{ending}")
    updated = clinic.http.put(f"/api/tenants/{clinic.tenant_id}{ending}", json={"name": "First"})
    listed = clinic.http.get(f"/api/tenants{ending}")

    assert made.status_code == 201, made.text
    assert TenantAnswer.model_validate_json(read.content).data == tenant
    assert TenantAnswer.model_validate_json(updated.content).data.name == "First"
    results = TenantsAnswer.model_validate_json(listed.content).data.results
    assert [(one.name, one.role, one.is_current) for one in results] == [
        ("First", "ADMIN", True),
        ("Second", "ADMIN", False),
    ]


@BOTH_ENDINGS
def test_switching_gives_a_token_for_the_other_tenant(ending: str, clinic: Clinic) -> None:
    other = clinic.post("/api/tenants/", {"name": "Second"})["data"]["id"]

    answer = clinic.http.post(f"/api/tenants/switch{ending}", json={"tenant_id": other})

    assert answer.status_code == 200, answer.text
    access = SwitchAnswer.model_validate_json(answer.content).data.access
    there = clinic.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {access}"})
    assert there.json()["tenant_id"] == other


def test_an_invitation_is_sent_listed_and_revoked(clinic: Clinic) -> None:
    path = f"/api/tenants/{clinic.tenant_id}/invitations/"

    sent = clinic.post(path, {"email": f"invited-{clinic.email}", "role": "AGENT"})["data"]
    listed = clinic.get(path)["data"]
    revoked = clinic.http.delete(f"{path}{sent['id']}/")

    assert listed["results"] == [sent]
    assert revoked.status_code == 200, revoked.text
    assert clinic.get(path)["data"]["results"][0]["status"] == "revoked"


# ---------------------------------------------------------------- documented errors


def test_a_validation_error_names_its_fields(clinic: Clinic) -> None:
    answer = clinic.http.post("/api/tenants/", json={})

    assert answer.status_code == 400, answer.text
    assert set(ValidationError.model_validate_json(answer.content).errors) == {"name"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/tenants/x/"), ("PUT", "/api/tenants/x/")])
def test_a_tenant_that_is_not_ones_own_is_not_there(method: str, path: str, clinic: Clinic) -> None:
    answer = clinic.http.request(method, path, json={"name": "Mine"})

    assert answer.status_code == 404, answer.text
    assert BusinessError.model_validate_json(answer.content).error_code == "NOT_FOUND"


@pytest.mark.parametrize("email", ["{email}", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_user_look_alike(email: str, clinic: Clinic) -> None:
    body = {"email": email.format(email=clinic.email), "password": "wrong password"}

    answer = clinic.http.post("/api/auth/login/", json=body)

    assert answer.status_code == 401, answer.text
    assert BusinessError.model_validate_json(answer.content).error_code == "INVALID_CREDENTIALS"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/profile/"),
        ("PUT", "/api/auth/profile/"),
        ("POST", "/api/auth/password/change/"),
        ("POST", "/api/auth/api-key/generate/"),
        ("POST", "/api/auth/api-key/revoke/"),
        ("GET", "/api/tenants/"),
        ("POST", "/api/tenants/"),
        ("POST", "/api/tenants/switch/"),
    ],
)
def test_all_else_asks_for_a_token(method: str, path: str, stack: RunningStack) -> None:
    answer = httpx.request(method, stack.api_url + path, json={}, trust_env=False, timeout=60)

    assert answer.status_code == 401, answer.text
    assert BusinessError.model_validate_json(answer.content).error_code == "AUTH_REQUIRED"
