"""What a signed-in caller changed is in the audit log, once, and nothing else is."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from herald.errors import Conflict
from herald.http.access import requires, shows_personal_data
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.audit.model import AuditEntry, AuditFilter
from herald.identity.audit.service import AuditLog
from herald.identity.audit.store import AuditStore
from herald.identity.composition import identity
from herald.identity.model import Role
from herald.identity.permissions import Permission
from herald.storage import dynamodb_client
from tests.http.conftest import ADMIN, Shop
from tests.http.test_api import ORDERS, failing
from tests.support.cloud import make_table, stored_items
from tests.support.log import ReadLog
from tests.support.people import found
from tests.support.requests import Caller


def entries() -> Sequence[AuditEntry]:
    return AuditLog(AuditStore()).page(ADMIN.tenant_id, AuditFilter(), size=100, cursor=None).items


def test_a_change_is_told_with_who_what_which_when_and_from_where(shop: Shop) -> None:
    caller = Caller(shop.api.handle, token=shop.tokens.issue_to_staff(ADMIN), source_ip="192.0.2.44")

    made = caller.post(ORDERS, {"item": "tea"})

    [entry] = entries()
    assert (entry.event.actor, entry.event.role) == (ADMIN.user_id, ADMIN.role.value)
    assert (entry.event.action, entry.event.record) == (f"POST {ORDERS}", (made.body["id"],))
    assert (entry.event.address, entry.event.status) == ("192.0.2.44", 201)
    assert entry.at == shop.clock()


def test_an_entry_has_the_gateways_request_id_which_no_caller_chooses(shop: Shop) -> None:
    shop.admin.post(ORDERS, {"item": "tea"}, x_request_id="mine-7")

    [entry] = entries()
    assert entry.request_id == "request-1"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_action_is_the_routes_pattern_and_the_record_what_stands_in_the_path(method: str, shop: Shop) -> None:
    @shop.api.route("/api/v1/admin/orders/<order_id>/lines/<line_id>", method=method)
    def change(order_id: str, line_id: str) -> dict[str, str]:
        return {order_id: line_id}

    assert shop.admin.send(method, f"{ORDERS}/7/lines/2").status == 200

    [entry] = entries()
    assert entry.event.action == f"{method} {ORDERS}/<order_id>/lines/<line_id>"
    assert entry.event.record == ("7", "2")


def test_an_answer_that_leads_elsewhere_is_a_change_as_well(shop: Shop) -> None:
    assert shop.admin.post(f"{ORDERS}/links").status == 302

    assert [entry.event.status for entry in entries()] == [302]


def test_nothing_that_was_sent_in_body_query_or_headers_is_kept(shop: Shop) -> None:
    shop.admin.post(f"{ORDERS}?note=hunter2", {"item": "hunter2"}, user_agent="hunter2")

    assert len(entries()) == 1
    assert "hunter2" not in str(stored_items("IDENTITY_TABLE"))


def test_reading_leaves_nothing(shop: Shop) -> None:
    assert shop.admin.get(f"{ORDERS}/7").status == 200

    assert not entries()


def test_reading_somebodys_results_is_told_as_a_change_is(shop: Shop) -> None:
    @shop.api.get("/api/v1/admin/results/<result_id>")
    @shows_personal_data
    def show(result_id: str) -> dict[str, str]:
        return {"id": result_id}

    assert shop.admin.get("/api/v1/admin/results/9").status == 200

    [entry] = entries()
    assert (entry.event.action, entry.event.record) == ("GET /api/v1/admin/results/<result_id>", ("9",))


def test_what_a_caller_was_not_allowed_to_do_is_told(shop: Shop) -> None:
    @shop.api.get("/api/v1/admin/keys/<key_id>")
    @requires(Permission.KEYS_MANAGE)
    def show(key_id: str) -> dict[str, str]:
        return {"id": key_id}

    assert shop.signed_in(replace(ADMIN, role=Role.VIEWER)).get("/api/v1/admin/keys/3").status == 403

    [entry] = entries()
    assert (entry.event.actor, entry.event.role, entry.event.status) == (ADMIN.user_id, "VIEWER", 403)
    assert (entry.event.action, entry.event.record) == ("GET /api/v1/admin/keys/<key_id>", ("3",))


def test_what_failed_leaves_nothing(shop: Shop) -> None:
    assert shop.admin.post(ORDERS, {"item": 3}).status == 400
    shop.on_order = lambda: failing(Conflict("Sold out."))
    assert shop.admin.post(ORDERS, {"item": "tea"}).status == 409
    shop.on_order = lambda: failing(RuntimeError())
    assert shop.admin.post(ORDERS, {"item": "tea"}).status == 500

    assert not entries()


def test_whoever_is_not_signed_in_leaves_nothing(shop: Shop) -> None:
    assert shop.stranger.post(ORDERS, {"item": "tea"}).status == 401
    assert shop.stranger.post("/api/v1/auth/login", {"item": "tea"}).status == 200
    assert shop.reader.get("/api/v1/customer/report").status == 200

    assert not stored_items("IDENTITY_TABLE")


def test_a_replayed_answer_is_no_second_change(shop: Shop) -> None:
    first = shop.admin.post(ORDERS, {"item": "tea"}, idempotency_key="key-1")
    again = shop.admin.post(ORDERS, {"item": "tea"}, idempotency_key="key-1")

    assert first.body == again.body
    [entry] = entries()
    assert entry.event.record == (first.body["id"],)


def test_what_one_request_made_is_not_in_the_entry_of_the_next(shop: Shop) -> None:
    shop.admin.post(ORDERS, {"item": "tea"})
    shop.clock.advance(seconds=1)
    shop.admin.post(f"{ORDERS}/links")

    assert entries()[0].event.record == ()


def test_a_request_whose_entry_is_lost_succeeds_and_says_so_in_its_log_line(shop: Shop, read_log: ReadLog) -> None:
    dynamodb_client().delete_table(TableName="IDENTITY_TABLE")
    lost = shop.admin.post(ORDERS, {"item": "tea"})
    make_table("IDENTITY_TABLE")
    kept = shop.admin.post(ORDERS, {"item": "cake"})

    assert (lost.status, kept.status) == (201, 201)
    first, second = read_log()
    assert (first["level"], first["audit"], first["outcome"]) == ("ERROR", "lost", "201")
    assert (second["level"], "audit" in second) == ("INFO", False)
    assert len(entries()) == 1


def test_a_program_is_known_by_its_keys_id(cloud: None) -> None:
    found(ADMIN)
    key, text = identity().api_keys.generate(ADMIN, key_id="key-7", name="Shop", scopes=[], days=None)
    api = compose_api(RESULTFLOW)

    @api.delete("/api/v1/admin/orders/<order_id>")
    def delete_order(order_id: str) -> dict[str, str]:
        return {"deleted": order_id}

    assert Caller(api.handle, token=text).delete(f"{ORDERS}/7").status == 200

    [entry] = entries()
    assert (entry.event.actor, entry.event.role, entry.event.record) == (key.principal.user_id, "INTEGRATION", ("7",))
    assert key.key_id in entry.event.actor
    assert text not in str(stored_items("IDENTITY_TABLE"))
