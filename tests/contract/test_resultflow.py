"""ResultFlow's API specification, line by line: the documented request in, the documented answer out."""

from typing import Annotated, Literal

import httpx
import pytest
from pydantic import AwareDatetime, Field, HttpUrl

from local.carrier.webhooks import sign
from local.stack.running import RunningStack
from tests.adapters.letters import letter
from tests.contract.conftest import Practice
from tests.contract.documented import Documented, DocumentedExactly, Exchange
from tests.support.clinic import WORD_TYPE
from tests.support.engine import Engine

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("engine")]

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
BatchStatus = Literal["pending", "processing", "completed", "failed"]
NOBODYS_ID = "01a204e5-b72e-779b-b322-27bacede259f"


# ---------------------------------------------------------------- documented answers


class CreateBatchResponse(Documented):
    id: Text
    name: Text
    description: str
    template_id: Text
    status: Literal["pending"]
    created_at: AwareDatetime
    upload_url: HttpUrl


class Progress(DocumentedExactly):
    total: Count
    processed: Count
    successful: Count
    failed: Count


class BatchStatusResponse(Documented):
    id: Text
    status: BatchStatus
    progress: Progress
    started_at: AwareDatetime
    updated_at: AwareDatetime
    estimated_completion: AwareDatetime


# Documented as operations without a body: what Herald answers, which clients may rely on from now on.


class Batch(Documented):
    id: Text
    name: Text
    description: str
    template_id: Text
    status: BatchStatus
    created_at: AwareDatetime
    updated_at: AwareDatetime


class BatchList(Documented):
    batches: Annotated[list[Batch], Field(min_length=1)]


class Template(Documented):
    id: Text
    name: Text
    description: str
    created_at: AwareDatetime


class CreateTemplateResponse(Documented):
    id: Text
    name: Text
    description: str
    status: Literal["pending"]
    created_at: AwareDatetime
    upload_url: Text


class TemplateList(Documented):
    templates: Annotated[list[Template], Field(min_length=1)]


class Delivery(Documented):
    status: Text


class Report(Documented):
    id: Text
    batch_id: Text
    name: Text
    phone: Text
    status: Literal["pending", "ready", "failed"]
    delivery: Delivery
    created_at: AwareDatetime


class ReportList(Documented):
    reports: Annotated[list[Report], Field(min_length=1)]


class ReportCounts(Documented):
    total: Count
    pending: Count
    ready: Count
    failed: Count


class BatchCounts(Documented):
    total: Count
    pending: Count
    processing: Count
    completed: Count
    failed: Count


class DeliveryCounts(Documented):
    not_sent: Count
    queued: Count
    sent: Count
    delivered: Count
    undelivered: Count
    failed: Count


class DashboardSummary(Documented):
    batches: BatchCounts
    reports: ReportCounts
    deliveries: DeliveryCounts


class Activity(Documented):
    kind: Text
    at: AwareDatetime


class DashboardActivity(Documented):
    activities: list[Activity]


class DeliveryStatistics(Documented):
    attempted: Count
    by_status: DeliveryCounts
    delivery_rate: float | None


class SendReportResponse(Documented):
    report_id: Text
    status: Text


class SendBatchResponse(Documented):
    batch_id: Text
    reports: Count


class TokenResponse(Documented):
    valid: Literal[True]
    expires_at: AwareDatetime


class AuthenticateResponse(Documented):
    access_token: Text
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(gt=0, le=24 * 3600)]


class CustomerReport(Documented):
    id: Text
    name: Text
    status: Literal["ready"]
    created_at: AwareDatetime


class DownloadResponse(Documented):
    recorded: Literal[True]


class WebhookResponse(Documented):
    status: Literal["received"]


# ---------------------------------------------------------------- the table

STAFF = (
    Exchange(
        "POST /api/v1/admin/batches",
        201,
        CreateBatchResponse,
        {"name": "November", "description": "Laboratory results", "template_id": "{template_id}"},
        echoed=("name", "description", "template_id"),
    ),
    Exchange("GET /api/v1/admin/batches", 200, BatchList),
    Exchange("GET /api/v1/admin/batches/{batch_id}", 200, Batch),
    Exchange("GET /api/v1/admin/batches/{batch_id}/status", 200, BatchStatusResponse),
    Exchange("GET /api/v1/admin/status/batch/{batch_id}", 200, BatchStatusResponse),
    Exchange("POST /api/v1/admin/batches/{batch_id}/send", 202, SendBatchResponse, {}),
    Exchange(
        "POST /api/v1/admin/templates",
        201,
        CreateTemplateResponse,
        {"name": "Letter", "description": "One page"},
        echoed=("name", "description"),
    ),
    Exchange("PUT /api/v1/admin/templates/{template_id}", 200, Template, {"name": "New letter"}, echoed=("name",)),
    Exchange("GET /api/v1/admin/templates", 200, TemplateList),
    Exchange("GET /api/v1/admin/templates/{template_id}", 200, Template),
    Exchange("GET /api/v1/admin/reports", 200, ReportList, query={"batch_id": "{batch_id}"}),
    Exchange("GET /api/v1/admin/reports/{report_id}", 200, Report),
    Exchange("PUT /api/v1/admin/reports/{report_id}", 200, Report, {"email": "patient@example.org"}, echoed=("email",)),
    Exchange("GET /api/v1/admin/dashboard/summary", 200, DashboardSummary),
    Exchange("GET /api/v1/admin/dashboard/activity", 200, DashboardActivity),
    Exchange("GET /api/v1/admin/delivery/status", 200, DeliveryStatistics),
    Exchange("GET /api/v1/admin/status/delivery", 200, DeliveryCounts),
    Exchange("GET /api/v1/admin/status/reports", 200, ReportCounts),
)
CUSTOMER = (
    Exchange("POST /api/v1/customer/validate_token", 200, TokenResponse, {"token": "{link_token}"}),
    Exchange(
        "POST /api/v1/customer/authenticate",
        200,
        AuthenticateResponse,
        {"token": "{link_token}", "password": "{password}"},
    ),
    Exchange("GET /api/v1/customer/report", 200, CustomerReport),
    Exchange("POST /api/v1/customer/report/download", 200, DownloadResponse),
)
BOTH_ENDINGS = pytest.mark.parametrize("ending", ["", "/"], ids=["plain", "slash"])


@BOTH_ENDINGS
@pytest.mark.parametrize("exchange", STAFF, ids=str)
def test_staff_get_the_documented_answer(exchange: Exchange, ending: str, practice: Practice) -> None:
    answer = exchange.perform(practice.clinic.http, practice.known, ending=ending)

    exchange.compare(answer, practice.known)


@BOTH_ENDINGS
@pytest.mark.parametrize("exchange", CUSTOMER, ids=str)
def test_customers_get_the_documented_answer(exchange: Exchange, ending: str, practice: Practice) -> None:
    answer = exchange.perform(practice.customer.http, practice.known, ending=ending)

    exchange.compare(answer, practice.known)


@BOTH_ENDINGS
def test_a_template_is_uploaded_as_a_form(ending: str, practice: Practice) -> None:
    files = {"file": ("letter.docx", letter("Dear {{ name }}"), WORD_TYPE)}

    answer = practice.clinic.http.post(
        f"/api/v1/admin/upload/template{ending}", files=files, data={"name": "Letter", "description": "To patients"}
    )

    assert answer.status_code == 201, answer.text
    template = Template.model_validate_json(answer.content)
    assert (template.name, template.description) == ("Letter", "To patients")
    assert answer.json()["placeholders"] == ["name"]


@BOTH_ENDINGS
def test_a_report_is_sent_as_documented(ending: str, practice: Practice) -> None:
    body = {"customer_phone": practice.known["customer_phone"], "custom_message": "Your report, {name}: {link}"}

    answer = practice.clinic.http.post(f"/api/v1/admin/reports/{practice.known['report_id']}/send{ending}", json=body)
    practice.clinic.wait_for_deliveries(practice.known["batch_id"])

    assert answer.status_code == 202, answer.text
    SendReportResponse.model_validate_json(answer.content)


@BOTH_ENDINGS
@pytest.mark.parametrize("path", ["/api/v1/admin/reports/{report_id}/pdf", "/api/v1/customer/report/pdf"])
def test_a_pdf_is_a_redirect_to_a_short_lived_address(path: str, ending: str, practice: Practice) -> None:
    somebody = practice.customer if "customer" in path else practice.clinic

    answer = somebody.http.get(path.format(**practice.known) + ending)

    assert answer.status_code == 302, answer.text
    location = httpx.URL(answer.headers["Location"])
    assert int(location.params["X-Amz-Expires"]) <= 60
    pdf = httpx.get(location, trust_env=False)
    assert (pdf.status_code, pdf.headers["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")


@BOTH_ENDINGS
def test_a_signed_status_callback_is_received(ending: str, stack: RunningStack, engine: Engine) -> None:
    url = f"{stack.api_url}/api/v1/webhooks/sms/status?tenant={NOBODYS_ID}&message={NOBODYS_ID}"
    form = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered", "To": "+12025550100", "From": "+15005550006"}
    signature = sign(engine.secret("CarrierSecret")["auth_token"], url, form)

    answer = httpx.post(
        url.replace("status?", f"status{ending}?"),
        data=form,
        headers={"X-Twilio-Signature": signature},
        trust_env=False,
        timeout=60,
    )

    assert answer.status_code == 200, answer.text
    WebhookResponse.model_validate_json(answer.content)
