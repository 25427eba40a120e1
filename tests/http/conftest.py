"""What the tests of this package share: a small API, with each kind of route, and a caller signed in to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from herald.errors import HeraldError
from herald.http.access import for_recipients, open_to_everyone
from herald.http.answers import redirect_to
from herald.http.api import HttpApi
from herald.http.authentication import Authenticator
from herald.http.contracts.prefixes import EVERY_PATH
from herald.http.idempotency import IdempotentAnswers
from herald.identity.audit.service import AuditLog
from herald.identity.audit.store import AuditStore
from herald.identity.model import Principal, Recipient, Role
from herald.identity.rate_limits.model import Limit
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from tests.support.clock import FakeClock
from tests.support.cloud import SIGNING_KEY, cloud
from tests.support.log import read_log
from tests.support.requests import Caller

__all__ = ["cloud", "read_log"]

ADMIN = Principal("user-1", "11111111-1111-4111-8111-111111111111", Role.ADMIN, "session-1")
READER = Recipient(ADMIN.tenant_id, "report-1", "link-1")


class Order(BaseModel):
    """What a shop is asked for."""

    item: str
    count: int = 1
    body: str = ""


class Receipt(BaseModel):
    """What a shop answers."""

    id: str
    item: str


class Surprise(HeraldError):
    """An error that the table of statuses does not list."""


@dataclass
class Shop:
    """A small API, what happened in it, and what its next order meets."""

    api: HttpApi
    tokens: AccessTokens
    clock: FakeClock
    orders: list[str] = field(default_factory=list)
    on_order: Callable[[], object] = lambda: None

    @property
    def stranger(self) -> Caller:
        """Somebody without a token, from an address of their own."""
        return Caller(self.api.handle)

    @property
    def admin(self) -> Caller:
        """A signed-in user."""
        return self.signed_in(ADMIN)

    @property
    def reader(self) -> Caller:
        """Somebody who opened a link."""
        return Caller(
            self.api.handle,
            token=self.tokens.issue_to_recipient(READER, expires_at=self.clock() + timedelta(hours=1)),
        )

    def signed_in(self, principal: Principal) -> Caller:
        """A caller with that principal's token."""
        return Caller(self.api.handle, token=self.tokens.issue_to_staff(principal))


@pytest.fixture
def shop(cloud: None) -> Shop:
    """The small API: ``/api/v1/admin/...`` for staff, ``/api/v1/customer/...`` for recipients, ``/health`` for all."""
    clock = FakeClock()
    tokens = AccessTokens(lambda: {"signing_key": SIGNING_KEY}, clock=clock)
    api = HttpApi(
        Authenticator(tokens, RateLimitStore(clock=clock)),
        EVERY_PATH,
        idempotent_answers=IdempotentAnswers("IDEMPOTENCY_TABLE"),
        audit=AuditLog(AuditStore(), clock=clock),
    )
    shop = Shop(api, tokens, clock)
    _add_staff_routes(shop)
    _add_open_routes(shop)
    return shop


def _add_staff_routes(shop: Shop) -> None:
    api = shop.api

    @api.post("/api/v1/admin/orders", status_code=201)
    @api.post("/api/v1/admin/other-orders", status_code=201)
    def take_order(order: Order) -> Receipt:
        identifier = api.creation_id()
        shop.orders.append(identifier)
        shop.on_order()
        return Receipt(id=identifier, item=order.item)

    @api.post("/api/v1/admin/orders/links")
    def link_to_order() -> Response[str]:
        return redirect_to("https://files.example/one")

    @api.get("/api/v1/admin/orders/<order_id>")
    def get_order(order_id: str) -> Receipt:
        shop.on_order()
        return Receipt(id=order_id, item=api.caller.user_id)

    @api.get("/api/v1/admin/broken")
    def broken_answer() -> Receipt:
        return {"id": "internal-7", "secret_column": "hunter2"}  # type: ignore[return-value]  # that is the point

    @api.get("/api/v1/admin/pages")
    def list_page(page_size: int = 20) -> list[str]:
        return ["x"] * page_size


def _add_open_routes(shop: Shop) -> None:
    api = shop.api

    @api.get("/api/v1/customer/report")
    @for_recipients()
    def get_report() -> dict[str, str]:
        return {"report": api.recipient.report_id}

    @api.get("/health")
    @open_to_everyone()
    def health() -> dict[str, str]:
        shop.on_order()
        return {"status": "ok"}

    @api.post("/api/v1/auth/login")
    @open_to_everyone(limit=Limit("sign_in", 2))
    def sign_in(order: Order) -> dict[str, str]:
        return {"item": order.item}

    @api.get("/api/v1/status")
    @open_to_everyone()
    def wrongly_open() -> dict[str, str]:
        return {"caller": api.caller.user_id}
