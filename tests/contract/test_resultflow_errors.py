"""ResultFlow's common error codes: the documented format, and the code that each mistake is answered with."""

from datetime import timedelta
from typing import Annotated, Any

import httpx
import pytest
from pydantic import Field

from herald.identity.model import Principal, Recipient, Role
from herald.identity.sessions.tokens import AccessTokens
from herald.values.clock import utc_now
from local.stack.running import RunningStack
from tests.contract.conftest import Practice
from tests.contract.documented import DocumentedExactly
from tests.support.clinic import WORD_TYPE, Clinic, new_person
from tests.support.customer import customer_of
from tests.support.engine import Engine

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("engine")]

Text = Annotated[str, Field(min_length=1)]
NOBODYS_ID = "01a204e5-b72e-779b-b322-27bacede259f"


class ErrorFacts(DocumentedExactly):
    code: Text
    message: Text
    details: dict[str, Any]


class ErrorResponse(DocumentedExactly):
    error: ErrorFacts


def assert_error(answer: httpx.Response, status: int, code: str) -> ErrorFacts:
    assert answer.status_code == status, answer.text
    error = ErrorResponse.model_validate_json(answer.content).error
    assert error.code == code
    assert answer.headers["X-Request-Id"]
    return error


def test_a_callback_that_is_not_signed_is_refused(stack: RunningStack) -> None:
    url = f"{stack.api_url}/api/v1/webhooks/sms/status?tenant={NOBODYS_ID}&message={NOBODYS_ID}"

    answer = httpx.post(url, data={"MessageStatus": "delivered"}, trust_env=False, timeout=60)

    assert answer.status_code == 403
    assert ErrorResponse.model_validate_json(answer.content).error.code == "invalid_signature"


PROTECTED = (
    ("GET", "/api/v1/admin/batches"),
    ("POST", "/api/v1/admin/batches"),
    ("GET", f"/api/v1/admin/batches/{NOBODYS_ID}"),
    ("GET", f"/api/v1/admin/batches/{NOBODYS_ID}/status"),
    ("GET", f"/api/v1/admin/status/batch/{NOBODYS_ID}"),
    ("POST", "/api/v1/admin/upload/template"),
    ("GET", "/api/v1/admin/reports"),
    ("GET", f"/api/v1/admin/reports/{NOBODYS_ID}"),
    ("GET", f"/api/v1/admin/reports/{NOBODYS_ID}/pdf"),
    ("POST", f"/api/v1/admin/reports/{NOBODYS_ID}/send"),
    ("GET", "/api/v1/customer/report"),
    ("GET", "/api/v1/customer/report/pdf"),
    ("POST", "/api/v1/customer/report/download"),
)


@pytest.mark.parametrize("token", ["", "Bearer nonsense"], ids=["no token", "a token of nobody"])
@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_whoever_is_not_signed_in_hears_auth_required(method: str, path: str, token: str, stack: RunningStack) -> None:
    headers = {"Authorization": token} if token else {}

    answer = httpx.request(method, stack.api_url + path, headers=headers, trust_env=False, timeout=60)

    assert_error(answer, 401, "auth_required")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/customer/authenticate", {"token": "{link_token}", "password": "wrong"}),
        ("/api/v1/customer/authenticate", {"token": "nobody", "password": "{password}"}),
        ("/api/v1/customer/validate_token", {"token": "nobody"}),
    ],
)
def test_a_wrong_token_or_password_is_invalid_credentials(path: str, body: dict[str, str], practice: Practice) -> None:
    filled = {name: value.format(**practice.known) for name, value in body.items()}

    assert_error(practice.customer.http.post(path, json=filled), 401, "invalid_credentials")


def test_yesterdays_access_token_has_expired(practice: Practice, engine: Engine) -> None:
    key = engine.secret("SigningKeySecret")["signing_key"]
    tokens = AccessTokens(lambda: {"signing_key": key}, clock=lambda: utc_now() - timedelta(hours=24, seconds=1))
    user = practice.clinic.session["user"]
    token = tokens.issue_to_staff(Principal(user["id"], user["tenant_id"], Role.ADMIN, NOBODYS_ID))

    answer = practice.clinic.http.get("/api/v1/admin/batches", headers={"Authorization": f"Bearer {token}"})

    assert_error(answer, 401, "token_expired")


def test_a_recipients_token_expires_with_its_link(practice: Practice, engine: Engine) -> None:
    key = engine.secret("SigningKeySecret")["signing_key"]
    recipient = Recipient(practice.clinic.tenant_id, practice.known["report_id"], "link")
    token = AccessTokens(lambda: {"signing_key": key}).issue_to_recipient(
        recipient, expires_at=utc_now() - timedelta(seconds=1)
    )

    answer = practice.customer.http.get("/api/v1/customer/report", headers={"Authorization": f"Bearer {token}"})

    assert_error(answer, 401, "token_expired")


def test_a_link_expires_for_whoever_opens_it_and_for_whoever_has_it_open(
    stack: RunningStack, clinic: Clinic, engine: Engine
) -> None:
    person = new_person()
    customer = customer_of(stack, clinic, person)
    customer.open(person.password)

    engine.expire_link(clinic.tenant_id, customer.token)

    assert_error(customer.authenticate(person.password), 401, "token_expired")
    assert_error(customer.authenticate("wrong"), 401, "invalid_credentials")
    checked = customer.http.post("/api/v1/customer/validate_token", json={"token": customer.token})
    assert_error(checked, 401, "token_expired")
    for path in ("/api/v1/customer/report", "/api/v1/customer/report/pdf"):
        assert_error(customer.http.get(path), 401, "token_expired")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/v1/admin/batches/{NOBODYS_ID}"),
        ("GET", f"/api/v1/admin/batches/{NOBODYS_ID}/status"),
        ("GET", f"/api/v1/admin/status/batch/{NOBODYS_ID}"),
        ("GET", f"/api/v1/admin/templates/{NOBODYS_ID}"),
        ("GET", f"/api/v1/admin/reports/{NOBODYS_ID}"),
        ("GET", f"/api/v1/admin/reports/{NOBODYS_ID}/pdf"),
        ("POST", f"/api/v1/admin/reports/{NOBODYS_ID}/send"),
        ("GET", "/api/v1/admin/batches/not-an-id"),
        ("GET", "/api/v1/admin/reports/not-an-id"),
        ("GET", "/api/v1/admin/nothing/here"),
        ("GET", "/api/v1/customer/nothing"),
        ("GET", "/api/v1/webhooks/sms/nothing"),
    ],
)
def test_what_is_not_there_is_not_found(method: str, path: str, practice: Practice) -> None:
    body: dict[str, str] | None = {} if method == "POST" else None

    assert_error(practice.clinic.http.request(method, path, json=body), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/admin/batches", {"name": "November"}, "template_id"),
        ("/api/v1/admin/batches", {"template_id": NOBODYS_ID}, "name"),
        ("/api/v1/admin/batches", {"name": 7, "template_id": NOBODYS_ID}, "name"),
        ("/api/v1/admin/reports/{report_id}/send", {"custom_message": "x" * 5000}, "custom_message"),
        ("/api/v1/customer/authenticate", {"token": "x"}, "password"),
        ("/api/v1/customer/validate_token", {}, "token"),
    ],
)
def test_a_bad_request_is_a_validation_error_that_names_the_field(
    path: str, body: dict[str, object], field: str, practice: Practice
) -> None:
    answer = practice.clinic.http.post(path.format(**practice.known), json=body)

    assert field in assert_error(answer, 400, "validation_error").details


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'"text"'])
def test_a_body_that_is_no_json_object_is_a_validation_error(content: bytes, practice: Practice) -> None:
    answer = practice.clinic.http.post(
        "/api/v1/admin/batches", content=content, headers={"Content-Type": "application/json"}
    )

    assert_error(answer, 400, "validation_error")


def test_a_file_that_is_no_word_document_is_a_validation_error(practice: Practice) -> None:
    files = {"file": ("letter.docx", b"not a document", WORD_TYPE)}

    answer = practice.clinic.http.post("/api/v1/admin/upload/template", files=files)

    assert answer.status_code in {400, 413, 422}
    ErrorResponse.model_validate_json(answer.content)


def test_the_hundred_and_first_request_of_a_minute_is_rate_limited(clinic: Clinic) -> None:
    # The minute may turn once while they are sent.
    answers = [clinic.http.get("/api/v1/admin/batches/x") for _ in range(10)]
    while answers[-1].status_code != 429 and len(answers) < 210:
        answers.append(clinic.http.get("/api/v1/admin/batches/x"))

    assert len(answers) > 100
    assert_error(answers[-1], 429, "rate_limited")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[0].headers["X-RateLimit-Limit"] == "100"


def test_the_twenty_first_request_of_a_customer_is_rate_limited(practice: Practice) -> None:
    http = practice.customer.http
    answers = [http.get("/api/v1/customer/report")]
    while answers[-1].status_code != 429 and len(answers) < 50:
        answers.append(http.get("/api/v1/customer/report"))

    assert_error(answers[-1], 429, "rate_limited")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
