import base64
import json
from typing import NoReturn

import pytest

from herald.errors import Conflict, Forbidden, HeraldError, NotFound, RateLimited, Unavailable
from herald.http.api import LARGEST_BODY
from herald.storage import dynamodb_client
from tests.http.conftest import ADMIN, Shop, Surprise
from tests.support.cloud import stored_items
from tests.support.log import ReadLog
from tests.support.requests import InvocationContext, http_event

ORDERS = "/api/v1/admin/orders"


def failing(error: Exception) -> NoReturn:
    raise error


def test_a_route_answers_whoever_may_call_it(shop: Shop) -> None:
    order = shop.admin.post(ORDERS, {"item": "tea"})
    report = shop.reader.get("/api/v1/customer/report")

    assert (order.status, order.body) == (201, {"id": shop.orders[0], "item": "tea"})
    assert (report.status, report.body) == (200, {"report": "report-1"})
    assert shop.stranger.get("/health").body == {"status": "ok"}
    assert shop.admin.get(f"{ORDERS}/7").body == {"id": "7", "item": ADMIN.user_id}


@pytest.mark.parametrize("text", [None, "{}", "not json", '{"item": 3}', "x" * 100_000])
def test_a_stranger_is_turned_away_before_the_body_is_looked_at(text: str | None, shop: Shop) -> None:
    answer = shop.stranger.send("POST", ORDERS, text=text)

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.body["error"]["code"] == "auth_required"
    assert answer.body["error"]["details"] == {}


def test_the_wrong_kind_of_token_opens_nothing(shop: Shop) -> None:
    assert shop.reader.post(ORDERS, {"item": "tea"}).status == 401
    assert shop.admin.get("/api/v1/customer/report").status == 401


def test_a_route_that_asks_who_is_calling_where_nobody_signs_in_answers_401(shop: Shop) -> None:
    assert shop.admin.get("/api/v1/status").status == 401


def test_one_callers_identity_never_stays_for_the_next(shop: Shop) -> None:
    assert shop.admin.get(f"{ORDERS}/7").status == 200
    assert shop.stranger.get(f"{ORDERS}/7").status == 401
    assert shop.stranger.get("/api/v1/status").status == 401


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/api/v1/admin/nothing", {"error"}),
        ("/api/v1/auth/nothing", {"error", "message", "code"}),
        ("/api/v1/users/+14155550100/nothing", {"error", "message", "timestamp", "request_id"}),
        ("/api/v1/whatsapp/nothing", {"error", "message", "code"}),
        ("/api/v1/leads/nothing/at/all", {"status", "message", "error", "details"}),
        ("/api/messaging/nothing/", {"success", "status", "error", "message", "error_code", "details"}),
        ("/nothing", {"error", "message", "code"}),
    ],
)
def test_an_unknown_path_is_404_in_the_format_of_its_contract_and_asks_for_no_token(
    path: str, keys: set[str], shop: Shop
) -> None:
    answer = shop.stranger.get(path)

    assert answer.status == 404
    assert set(answer.body) == keys
    assert answer.headers["content-type"] == "application/json"


def test_a_known_path_with_another_method_is_404(shop: Shop) -> None:
    assert shop.admin.send("DELETE", ORDERS).status == 404


@pytest.mark.parametrize("path", [ORDERS, ORDERS + "/", ORDERS + "//"])
def test_a_path_answers_with_and_without_its_slash(path: str, shop: Shop) -> None:
    answer = shop.admin.post(path, {"item": "tea"})

    assert answer.status == 201
    assert "location" not in answer.headers


def test_an_answer_that_breaks_its_own_schema_is_a_fault_of_ours(shop: Shop) -> None:
    answer = shop.admin.get("/api/v1/admin/broken")

    assert answer.status == 500
    assert answer.body["error"]["code"] == "internal_error"
    for internal in ("hunter2", "secret_column", "internal-7", "Receipt", "response", "item"):
        assert internal not in answer.text


def test_an_exception_is_answered_without_its_story(shop: Shop) -> None:
    shop.on_order = lambda: failing(RuntimeError("row 7 of /var/task/store.py says hunter2"))

    answer = shop.admin.get(f"{ORDERS}/7")

    assert answer.status == 500
    assert set(answer.body["error"]) == {"code", "message", "details"}
    assert answer.headers["x-request-id"] == "request-1"
    for internal in ("hunter2", "store.py", "RuntimeError", "Traceback"):
        assert internal not in answer.text


def test_the_request_id_stands_in_the_body_where_the_contract_has_a_place_for_it(shop: Shop) -> None:
    assert shop.stranger.get("/api/v1/segments").body["request_id"] == "request-1"


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound("No."), 404), (Forbidden("No."), 403), (Conflict("No."), 409), (Unavailable("Later."), 503)],
)
def test_an_error_of_the_domain_becomes_its_status_and_sentence(error: HeraldError, status: int, shop: Shop) -> None:
    shop.on_order = lambda: failing(error)

    answer = shop.admin.get(f"{ORDERS}/7")

    assert answer.status == status
    assert answer.body["error"] == {"code": error.code, "message": error.message, "details": {}}


def test_an_error_that_no_table_lists_is_ours(shop: Shop) -> None:
    shop.on_order = lambda: failing(Surprise("hunter2"))

    answer = shop.admin.get(f"{ORDERS}/7")

    assert answer.status == 500
    assert "hunter2" not in answer.text


def test_a_table_that_fails_before_the_route_is_answered_as_a_fault_of_ours(shop: Shop) -> None:
    dynamodb_client().delete_table(TableName="ADMISSIONS_TABLE")

    answer = shop.admin.get(f"{ORDERS}/7")

    assert answer.status == 500
    assert answer.body["error"]["code"] == "internal_error"
    assert "ADMISSIONS_TABLE" not in answer.text


def test_whoever_waits_is_told_how_long(shop: Shop) -> None:
    shop.on_order = lambda: failing(RateLimited("Slow down.", retry_after=12))

    answer = shop.admin.get(f"{ORDERS}/7")

    assert (answer.status, answer.headers["retry-after"]) == (429, "12")


def test_too_many_requests_are_refused_with_the_time_to_wait(shop: Shop) -> None:
    stranger = shop.stranger
    for left in ("1", "0"):
        assert stranger.post("/api/v1/auth/login", {"item": "tea"}).headers["x-ratelimit-remaining"] == left

    answer = stranger.post("/api/v1/auth/login", {"item": "tea"})

    assert (answer.status, answer.headers["retry-after"]) == (429, "60")
    assert shop.stranger.post("/api/v1/auth/login", {"item": "tea"}).status == 200


def test_refused_bodies_count_against_the_limit_as_well(shop: Shop) -> None:
    stranger = shop.stranger

    statuses = [stranger.send("POST", "/api/v1/auth/login", text="not json").status for _ in range(3)]

    assert statuses == [400, 400, 429]


def test_a_counted_answer_tells_what_is_left(shop: Shop) -> None:
    headers = shop.admin.get(f"{ORDERS}/7").headers

    assert headers["x-ratelimit-limit"] == "100"
    assert headers["x-ratelimit-remaining"] == "99"
    assert headers["x-ratelimit-reset"] == str(int(shop.clock().timestamp()) + 60)
    assert "x-ratelimit-limit" not in shop.stranger.get("/health").headers


@pytest.mark.parametrize("path", ["/health", "/nothing", ORDERS, "/api/v1/admin/broken"])
def test_every_answer_carries_its_id_and_the_security_headers(path: str, shop: Shop) -> None:
    for caller in (shop.admin, shop.stranger):
        headers = caller.get(path).headers

        assert headers["x-request-id"] == "request-1"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert headers["cache-control"] == "no-store"


def test_a_request_without_an_id_of_the_api_has_its_invocations(shop: Shop) -> None:
    event = http_event("GET", "/health", request_id="")

    answer = shop.api.handle(event, InvocationContext())

    assert answer["headers"]["X-Request-Id"] == "invocation-1"


@pytest.mark.parametrize("sent", ["order-7", "a" * 128, "1-67.2_b"])
def test_the_callers_own_id_is_used_in_answer_error_and_log(sent: str, shop: Shop, read_log: ReadLog) -> None:
    answer = shop.stranger.get("/api/v1/segments", x_request_id=sent)

    assert answer.headers["x-request-id"] == sent
    assert answer.body["request_id"] == sent
    [line] = read_log()
    assert (line["request_id"], line["gateway_request_id"]) == (sent, "request-1")


@pytest.mark.parametrize("sent", ["", "a" * 129, "two words", "id\r\nSet-Cookie: a=b", "<script>", "čaj", "a;b"])
def test_a_callers_id_that_could_do_harm_is_not_used(sent: str, shop: Shop) -> None:
    answer = shop.stranger.get("/health", x_request_id=sent)

    assert answer.headers["x-request-id"] == "request-1"


def test_a_body_over_the_limit_is_413_for_anybody(shop: Shop) -> None:
    text = json.dumps({"item": "x" * LARGEST_BODY})

    for caller in (shop.admin, shop.stranger):
        answer = caller.send("POST", ORDERS, text=text)
        assert (answer.status, answer.body["error"]["code"]) == (413, "too_large")
    assert stored_items("ADMISSIONS_TABLE") == []


@pytest.mark.parametrize("text", ["not json", "{", '{"item": "tea"', "[" * 5_000, '{"item": NaN}', '"\\ud800"'])
def test_broken_json_is_400_and_blames_the_body(text: str, shop: Shop) -> None:
    answer = shop.admin.send("POST", ORDERS, text=text)

    assert answer.status == 400
    assert answer.body["error"]["code"] == "validation_error"
    assert list(answer.body["error"]["details"]) == ["body"]


@pytest.mark.parametrize("text", [None, "", "null", "[]", '"tea"', "7"])
def test_a_body_that_is_no_object_is_400(text: str | None, shop: Shop) -> None:
    answer = shop.admin.send("POST", ORDERS, text=text)

    assert (answer.status, answer.body["error"]["code"]) == (400, "validation_error")


def test_each_field_that_is_wrong_is_named_with_its_reason(shop: Shop) -> None:
    answer = shop.admin.post(ORDERS, {"count": "many", "body": 7})

    assert answer.status == 400
    assert answer.body["error"]["message"] == "Validation failed"
    details = answer.body["error"]["details"]
    assert set(details) == {"item", "count", "body"}
    assert details["item"] == "this field is required"
    assert shop.orders == []


def test_a_wrong_query_parameter_is_named(shop: Shop) -> None:
    event = http_event(
        "GET",
        "/api/v1/admin/pages",
        query="page_size=all",
        headers={"authorization": "Bearer " + shop.tokens.issue_to_staff(ADMIN)},
    )
    event["queryStringParameters"] = {"page_size": "all"}

    answer = shop.api.handle(event, InvocationContext())

    assert answer["statusCode"] == 400
    assert set(json.loads(answer["body"])["error"]["details"]) == {"page_size"}


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "image/png"])
def test_a_type_that_is_not_understood_is_400(content_type: str, shop: Shop) -> None:
    answer = shop.admin.send("POST", ORDERS, text="item", headers={"content_type": content_type})

    assert answer.status == 400
    assert set(answer.body["error"]["details"]) == {"Content-Type"}


def test_json_may_come_with_a_charset_or_as_base64(shop: Shop) -> None:
    token = shop.tokens.issue_to_staff(ADMIN)
    event = http_event(
        "POST",
        ORDERS,
        text=base64.b64encode('{"item": "čaj"}'.encode()).decode(),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json; charset=utf-8"},
    )

    answer = shop.api.handle({**event, "isBase64Encoded": True}, InvocationContext())

    assert json.loads(answer["body"])["item"] == "čaj"


@pytest.mark.parametrize("content_type", ["application/json", ""])
def test_a_body_that_is_no_text_is_400_and_not_a_fault_of_ours(content_type: str, shop: Shop) -> None:
    event = http_event(
        "POST",
        ORDERS,
        text=base64.b64encode(b"\x1f\x8b\x08 compressed").decode(),
        headers={
            "authorization": "Bearer " + shop.tokens.issue_to_staff(ADMIN),
            "content-type": content_type,
            "content-encoding": "gzip",
        },
    )

    answer = shop.api.handle({**event, "isBase64Encoded": True}, InvocationContext())

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["error"]["details"] == {"body": "not UTF-8 text"}


def test_a_form_without_its_boundary_is_400(shop: Shop) -> None:
    answer = shop.admin.send("POST", ORDERS, text="item", headers={"content_type": "multipart/form-data"})

    assert answer.status == 400
    assert set(answer.body["error"]["details"]) == {"Content-Type"}


def test_an_endless_id_is_not_found_and_no_fault_of_ours(shop: Shop) -> None:
    answer = shop.admin.get(f"/api/v1/admin/orders/{'x' * 3000}")

    assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")


def test_a_refused_request_says_which_limit_it_broke(shop: Shop) -> None:
    stranger = shop.stranger
    answers = [stranger.post("/api/v1/auth/login", {"item": "tea"}) for _ in range(3)]

    assert answers[-1].status == 429
    assert answers[-1].headers["x-ratelimit-remaining"] == "0"


def test_a_media_type_may_be_written_in_capitals(shop: Shop) -> None:
    headers = {"content_type": "Application/JSON; charset=UTF-8"}

    assert shop.admin.send("POST", "/api/v1/admin/orders", text='{"item":"tea"}', headers=headers).status == 201
