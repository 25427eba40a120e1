"""Routes for whoever runs the installation: known by IAM alone, and everything they ask is on record."""

from collections.abc import Sequence

import pytest

from herald.errors import Conflict
from herald.http.access import for_operators
from herald.identity.audit.model import AuditEntry, AuditFilter
from herald.identity.audit.service import AuditLog
from herald.identity.audit.store import AuditStore
from herald.identity.model import Operator
from tests.http.conftest import ADMIN, Shop
from tests.support.operators import ARN, operator
from tests.support.requests import Caller

PATH = "/operator/v1/shops/<shop_id>"


@pytest.fixture
def closable(shop: Shop) -> Shop:
    """The shop, which operators may look at and close, and a second time not."""

    @shop.api.get(PATH)
    @for_operators()
    def look(shop_id: str) -> dict[str, str]:
        return {"id": shop_id}

    @shop.api.delete(PATH)
    @for_operators()
    def close(shop_id: str) -> dict[str, str]:
        if shop_id in shop.orders:
            raise Conflict("It is closed already.")
        shop.orders.append(shop_id)
        return {"closed": shop_id}

    return shop


def acts(tenant_id: str = Operator.tenant_id) -> Sequence[AuditEntry]:
    return AuditLog(AuditStore()).page(tenant_id, AuditFilter(), size=100, cursor=None).items


def test_whoever_signed_for_iam_is_let_in(closable: Shop) -> None:
    assert operator(closable.api.handle).get("/operator/v1/shops/7").body == {"id": "7"}


def test_no_token_is_good_there(closable: Shop) -> None:
    for caller in (closable.admin, closable.reader, closable.stranger):
        answer = caller.get("/operator/v1/shops/7")

        assert (answer.status, answer.error) == (403, "not_signed")
    assert acts() == acts(ADMIN.tenant_id) == []


def test_a_signature_is_of_no_use_where_a_token_is_asked_for(closable: Shop) -> None:
    for path in ("/api/v1/admin/orders/1", "/api/v1/customer/report"):
        assert operator(closable.api.handle).get(path).status == 401


def test_a_caller_cannot_say_that_they_signed(closable: Shop) -> None:
    caller = Caller(closable.api.handle)

    answer = caller.get("/operator/v1/shops/7?userArn=root", authorization="AWS4-HMAC-SHA256 x", x_amz_user=ARN)

    assert answer.status == 403


def test_whatever_operators_ask_is_on_record_with_how_it_ended_and_no_tenant_sees_it(closable: Shop) -> None:
    caller = operator(closable.api.handle)
    assert [
        caller.get("/operator/v1/shops/7").status,
        *(caller.delete("/operator/v1/shops/7").status for _ in "12"),
    ] == [
        200,
        200,
        409,
    ]

    told = [(entry.event.action, entry.event.record, entry.event.status) for entry in acts()]
    assert sorted(told) == [
        (f"DELETE {PATH}", ("7",), 200),
        (f"DELETE {PATH}", ("7",), 409),
        (f"GET {PATH}", ("7",), 200),
    ]
    assert {(entry.event.actor, entry.request_id) for entry in acts()} == {(ARN, "request-1")}
    assert acts(ADMIN.tenant_id) == []
