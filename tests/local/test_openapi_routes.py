import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from herald.http.access import SIGN_IN, for_operators, for_recipients, open_to_everyone, requires
from herald.http.answers import content, html_page, redirect
from herald.http.api import HttpApi
from herald.http.authentication import Authenticator
from herald.http.contracts.prefixes import EVERY_PATH
from herald.http.problems import Problem
from herald.identity.permissions import Permission
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from local.openapi.document import Contradiction, describe
from local.openapi.functions import DescribedFunction
from local.openapi.operations import Undescribable
from tests.local.descriptions import Json, operations_of, resolve

ROOT = Path(__file__).parents[2]


class Report(BaseModel):
    id: str


class Order(BaseModel):
    title: str


def new_api() -> HttpApi:
    return HttpApi(Authenticator(AccessTokens(lambda: {"signing_key": "key"}), RateLimitStore()), EVERY_PATH)


def described(**apis: HttpApi) -> Json:
    return describe([DescribedFunction(name.replace("__", "/"), api) for name, api in apis.items()], version="1.2.3")


def test_a_staff_route_documents_sign_in_limits_and_safe_retries() -> None:
    api = new_api()

    @api.post("/api/v1/admin/orders", status_code=201)
    @requires(Permission.RESULTS_READ)
    def place_order(order: Order) -> Report:
        """Places it.

        Raises:
            NotFound: never shown.
        """
        return Report(id=order.title)

    document = described(resultflow__orders=api)
    operation = document["paths"]["/api/v1/admin/orders"]["post"]
    assert set(operation["responses"]) == {"201", "400", "401", "403", "409", "422", "429", "500"}
    assert operation["security"] == [{"staff": []}]
    assert operation["x-herald-permission"] == "results:read"
    assert operation["parameters"] == [{"$ref": "#/components/parameters/IdempotencyKey"}]
    assert operation["description"] == "Places it."
    assert operation["summary"] == "Place order"
    assert operation["tags"] == ["Resultflow"]
    limited = resolve(document, operation["responses"]["429"]["$ref"])
    assert limited["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ResultFlowError"}
    assert limited["content"]["application/json"]["example"]["error"]["code"] == "rate_limited"
    assert "Retry-After" in limited["headers"]


def test_an_open_route_documents_neither_sign_in_nor_limits() -> None:
    api = new_api()

    @api.get("/health")
    @open_to_everyone()
    def health() -> Report:
        return Report(id="1")

    operation = described(platform__docs=api)["paths"]["/health"]["get"]
    assert set(operation["responses"]) == {"200", "500"}
    assert operation["security"] == []
    assert "parameters" not in operation


def test_a_sign_in_route_documents_a_wrong_password() -> None:
    api = new_api()

    @api.post("/api/v1/auth/login")
    @open_to_everyone(limit=SIGN_IN)
    def sign_in(order: Order) -> Report:
        return Report(id=order.title)

    operation = described(platform__auth=api)["paths"]["/api/v1/auth/login"]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "429", "500"}
    assert operation["security"] == []


def test_a_recipient_s_route_documents_the_recipient_s_token() -> None:
    api = new_api()

    @api.get("/api/v1/customer/report/pdf", responses=redirect("To the PDF."))
    @for_recipients()
    def report_pdf() -> Response[str]:
        raise NotImplementedError

    operation = described(resultflow__customer=api)["paths"]["/api/v1/customer/report/pdf"]["get"]
    assert operation["security"] == [{"recipient": []}]
    assert set(operation["responses"]) == {"302", "401", "429", "500"}
    assert "Location" in operation["responses"]["302"]["headers"]
    assert "content" not in operation["responses"]["302"]


def test_an_operator_s_route_documents_iams_signature_and_its_refusal() -> None:
    api = new_api()

    @api.post("/operator/v1/tenants/<tenant_id>/orders")
    @for_operators()
    def order(tenant_id: str, order: Order) -> Report:
        return Report(id=tenant_id + order.title)

    document = described(platform__operators=api)
    operation = document["paths"]["/operator/v1/tenants/{tenant_id}/orders"]["post"]
    assert operation["security"] == [{"operator": []}]
    scheme = document["components"]["securitySchemes"]["operator"]
    assert (scheme["type"], scheme["x-amazon-apigateway-authtype"]) == ("apiKey", "awsSigv4")
    assert set(operation["responses"]) == {"200", "400", "403", "404", "500"}
    assert operation["responses"]["403"]["content"]["application/json"]["example"] == {"message": "Forbidden"}


def test_a_page_for_recipients_documents_its_cookie_and_fails_as_a_page() -> None:
    api = new_api()

    @api.get("/customer/reports/<report_id>", responses=html_page("The report."))
    @for_recipients(cookie="report")
    def report_page(report_id: str) -> Response[str]:
        raise NotImplementedError

    @api.problem_page("/customer")
    def problem_page(problem: Problem) -> Response[str]:
        raise NotImplementedError

    document = described(resultflow__customer=api)
    operation = document["paths"]["/customer/reports/{report_id}"]["get"]
    [scheme] = operation["security"][0]
    assert document["components"]["securitySchemes"][scheme].items() >= {
        ("type", "apiKey"),
        ("in", "cookie"),
        ("name", "report"),
    }
    for status in ("401", "429", "500"):
        assert list(resolve(document, operation["responses"][status]["$ref"])["content"]) == ["text/html"]


def test_pages_and_files_are_documented_as_what_they_are() -> None:
    api = new_api()

    @api.get("/customer", responses=html_page("Where a recipient signs in."))
    @open_to_everyone()
    def customer_page() -> Response[str]:
        raise NotImplementedError

    @api.get("/api/v1/admin/errors", responses=content("text/csv", "The rows that failed."))
    @requires(Permission.RESULTS_READ)
    def error_rows() -> Response[str]:
        raise NotImplementedError

    document = described(resultflow__pages=api)
    assert list(document["paths"]["/customer"]["get"]["responses"]["200"]["content"]) == ["text/html"]
    assert list(document["paths"]["/api/v1/admin/errors"]["get"]["responses"]["200"]["content"]) == ["text/csv"]
    assert document["x-herald-pages"] == ["GET /customer"]


def test_what_a_route_declares_itself_stands() -> None:
    api = new_api()

    @api.get("/api/v1/admin/x", responses={**content("text/plain", "x"), 429: {"description": "Mine."}})
    @requires(Permission.RESULTS_READ)
    def x() -> Response[str]:
        raise NotImplementedError

    answers = described(resultflow__x=api)["paths"]["/api/v1/admin/x"]["get"]["responses"]
    assert answers["429"]["description"] == "Mine."


def test_a_failure_that_a_route_declares_is_in_the_format_of_its_contract() -> None:
    api = new_api()

    @api.get("/api/v1/admin/x", responses={200: {"description": "It."}, 410: {"description": "Too late."}})
    @requires(Permission.RESULTS_READ)
    def x() -> Report:
        raise NotImplementedError

    answers = described(resultflow__x=api)["paths"]["/api/v1/admin/x"]["get"]["responses"]
    media = {status: answers[status]["content"]["application/json"]["schema"]["$ref"] for status in ("200", "410")}
    assert media == {"200": "#/components/schemas/Report", "410": "#/components/schemas/ResultFlowError"}


def test_a_route_that_declares_no_success_is_refused() -> None:
    api = new_api()

    @api.get("/api/v1/admin/x", responses={404: {"description": "Gone."}})
    @requires(Permission.RESULTS_READ)
    def lost() -> Report:
        raise NotImplementedError

    with pytest.raises(Undescribable, match="lost"):
        described(resultflow__x=api)


def test_a_part_of_the_path_that_the_handler_does_not_take_is_still_described() -> None:
    api = new_api()

    @api.get("/api/v1/admin/reports/<report_id>")
    @requires(Permission.RESULTS_READ)
    def report(report_id: str) -> Report:
        return Report(id=report_id)

    other = new_api()

    @other.delete("/api/v1/admin/reports/<number>")
    @requires(Permission.RESULTS_READ)
    def delete_report(number: int) -> Report:
        return Report(id=str(number))

    item = described(a=api, b=other)["paths"]
    assert list(item) == ["/api/v1/admin/reports/{report_id}"]
    parameters = item["/api/v1/admin/reports/{report_id}"]["delete"]["parameters"]
    assert [(one["name"], one["schema"]["type"]) for one in parameters] == [("report_id", "integer")]
    assert "404" in item["/api/v1/admin/reports/{report_id}"]["get"]["responses"]


def test_a_staff_route_that_needs_no_permission_is_refused() -> None:
    api = new_api()

    @api.get("/api/v1/admin/x")
    def forgotten() -> Report:
        raise NotImplementedError

    with pytest.raises(Undescribable, match=r"GET /api/v1/admin/x \(forgotten\) .* permission"):
        described(resultflow__x=api)


# Putting functions together


def api_with_thing_of_text() -> HttpApi:
    class Thing(BaseModel):
        text: str

    api = new_api()

    @api.get("/api/v1/flows")
    @requires(Permission.RESULTS_READ)
    def flows() -> Thing:
        raise NotImplementedError

    return api


def api_with_thing_of_numbers() -> HttpApi:
    class Thing(BaseModel):
        number: int

    api = new_api()

    @api.get("/api/v1/segments")
    @requires(Permission.RESULTS_READ)
    def segments() -> Thing:
        raise NotImplementedError

    return api


def test_two_models_of_one_name_that_differ_are_refused_naming_both_functions() -> None:
    with pytest.raises(Contradiction, match=r"pytake/flows and segments/all .*Thing"):
        described(pytake__flows=api_with_thing_of_text(), segments__all=api_with_thing_of_numbers())


def api_with_note(prose: str, path: str) -> HttpApi:
    class Note(BaseModel):
        text: str

    Note.__doc__ = prose
    Note.model_rebuild(force=True)
    api = new_api()

    @api.get(path)
    @requires(Permission.RESULTS_READ)
    def notes() -> Note:
        raise NotImplementedError

    return api


def test_one_shape_told_in_two_ways_stands_without_either_sentence() -> None:
    one, other = api_with_note("A row's.", "/api/v1/flows"), api_with_note("A batch's.", "/api/v1/segments")
    document = described(a__flows=one, b__segments=other)
    assert document["components"]["schemas"]["Note"]["required"] == ["text"]
    assert "description" not in document["components"]["schemas"]["Note"]


def test_a_model_that_two_functions_share_is_described_once() -> None:
    apis = []
    for path in ("/api/v1/flows", "/api/v1/segments"):
        api = new_api()

        @api.get(path)
        @requires(Permission.RESULTS_READ)
        def reports() -> Report:
            raise NotImplementedError

        apis.append(api)
    document = described(a__flows=apis[0], b__segments=apis[1])
    assert "Report" in document["components"]["schemas"]
    names = [operation["operationId"] for _, _, operation in operations_of(document)]
    assert names == ["a_flows_reports", "b_segments_reports"]


def test_an_operation_that_two_functions_serve_is_refused() -> None:
    with pytest.raises(Contradiction, match=r"a/x and b/y both serve GET /api/v1/flows"):
        described(a__x=api_with_thing_of_text(), b__y=api_with_thing_of_text())


def test_a_function_with_a_websocket_says_where() -> None:
    document = describe([DescribedFunction("workers/socket", websocket_path="/ws")], version="1")
    assert document["x-herald-websockets"] == ["/ws"]


def test_a_worker_with_nothing_to_describe_is_not_even_imported(tmp_path: Path) -> None:
    folder = tmp_path / "functions" / "workers" / "fatal"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text('raise SystemExit("imported")\n')
    program = (
        "from pathlib import Path; from local.openapi.functions import load_functions; "
        f"assert load_functions(Path({str(tmp_path)!r})) == []"
    )
    environment = os.environ | {"PYTHONPATH": "layers/common:."}
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=False).returncode == 0
