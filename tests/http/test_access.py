"""What a caller may do, told before the body is looked at; and API keys."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from herald.http.access import also_while_closed, requires
from herald.http.api import HttpApi
from herald.http.authentication import Authenticator
from herald.http.contracts.prefixes import EVERY_PATH
from herald.http.idempotency import IdempotentAnswers
from herald.identity.composition import identity
from herald.identity.keys.cache import CachedApiKeys
from herald.identity.keys.service import ApiKeys
from herald.identity.keys.store import KeyStore
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission
from herald.identity.rate_limits.model import Limit, subject_of_user
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.store import tenant_partition
from herald.identity.tenants.standings import TenantStandings
from herald.identity.tenants.store import TenantStore
from herald.storage import dynamodb_client
from herald.values.ids import new_id
from tests.http.conftest import ADMIN, Order, Receipt
from tests.support.clock import FakeClock
from tests.support.cloud import SIGNING_KEY, stored_items
from tests.support.people import found
from tests.support.requests import Answer, Caller
from tests.support.tenants import mark, open_again

VIEWER = replace(ADMIN, user_id="user-2", role=Role.VIEWER)
OTHER_TENANT = replace(ADMIN, tenant_id="22222222-2222-4222-8222-222222222222")
ORDERS = "/api/v1/admin/orders"


@dataclass
class Office:
    """A small API with keys, and its callers."""

    api: HttpApi
    tokens: AccessTokens
    keys: ApiKeys
    clock: FakeClock

    def person(self, principal: Principal) -> Caller:
        return Caller(self.api.handle, token=self.tokens.issue_to_staff(principal))

    def program(self, *scopes: str, days: int | None = None) -> Caller:
        return Caller(self.api.handle, token=self.new_key(*scopes, days=days))

    def new_key(self, *scopes: str, days: int | None = None) -> str:
        return self.keys.generate(ADMIN, key_id=new_id(), name="Shop", scopes=scopes, days=days)[1]


@pytest.fixture
def clock(cloud: None) -> FakeClock:
    return FakeClock()


@pytest.fixture
def open_office(clock: FakeClock) -> Callable[[], Office]:
    """Each call gives the same API as another function that runs it."""
    found(ADMIN)
    return lambda: _office(clock)


@pytest.fixture
def office(open_office: Callable[[], Office]) -> Office:
    return open_office()


def _office(clock: FakeClock) -> Office:
    tokens = AccessTokens(lambda: {"signing_key": SIGNING_KEY}, clock=clock)
    rate_limits = RateLimitStore(clock=clock)
    keys = ApiKeys(KeyStore(), identity().membership_store, rate_limits, clock=clock)
    authenticator = Authenticator(
        tokens,
        rate_limits,
        verify_key=CachedApiKeys(keys, clock=clock).verify,
        standing_of_tenant=TenantStandings(TenantStore(), clock=clock).of_tenant,
    )
    api = HttpApi(authenticator, EVERY_PATH, idempotent_answers=IdempotentAnswers("IDEMPOTENCY_TABLE"))

    @api.post(ORDERS, status_code=201)
    @requires(Permission.RESULTS_WRITE)
    def take_order(order: Order) -> Receipt:
        return Receipt(id=api.creation_id(), item=order.item)

    @api.get(ORDERS)
    @api.get("/api/v1/leads")
    @api.get("/api/v1/segments")
    @api.get("/api/messaging/contacts")
    @requires(Permission.RESULTS_READ)
    def list_orders() -> dict[str, str]:
        return {"caller": api.caller.user_id}

    @api.get("/api/v1/admin/rare")
    @requires(Permission.RESULTS_READ, limit=Limit("rare", 2))
    def look_rarely() -> dict[str, str]:
        return {}

    @api.get("/api/v1/auth/me")
    @also_while_closed
    @requires(Permission.OWN_ACCOUNT)
    def own_account() -> dict[str, str]:
        return {"caller": api.caller.user_id}

    return Office(api, tokens, keys, clock)


def agree_on_limits(**limits: int) -> None:
    dynamodb_client().put_item(
        TableName="IDENTITY_TABLE",
        Item={
            "pk": {"S": tenant_partition(ADMIN.tenant_id)},
            "sk": {"S": "tenant"},
            "limits": {"M": {name: {"N": str(requests)} for name, requests in limits.items()}},
        },
    )


# Organisations that are closed, or erased


def test_a_closed_organisation_lets_its_people_and_its_keys_do_only_what_is_there_for_that(office: Office) -> None:
    program = office.program()
    mark(ADMIN.tenant_id, closed_at=office.clock())

    for caller in (office.person(ADMIN), program):
        answer = caller.get(ORDERS)
        assert (answer.status, answer.body["error"]["code"]) == (403, "organisation_closed")
        assert "x-ratelimit-remaining" not in answer.headers
    assert office.person(ADMIN).get("/api/v1/auth/me").status == 200


def test_that_it_is_closed_holds_within_a_minute_and_so_does_that_it_is_open(office: Office) -> None:
    admin = office.person(ADMIN)
    assert admin.get(ORDERS).status == 200

    mark(ADMIN.tenant_id, closed_at=office.clock())
    office.clock.advance(60)
    assert admin.get(ORDERS).status == 403

    open_again(ADMIN.tenant_id)
    office.clock.advance(60)
    assert admin.get(ORDERS).status == 200


def test_an_organisation_that_is_erased_is_there_for_nobody(office: Office) -> None:
    mark(ADMIN.tenant_id, closed_at=office.clock(), erasing_since=office.clock())

    for path in (ORDERS, "/api/v1/auth/me"):
        answer = office.person(ADMIN).get(path)
        assert (answer.status, answer.body["error"]["code"]) == (401, "organisation_deleted")
    assert [item for item in stored_items("ADMISSIONS_TABLE") if ADMIN.tenant_id in str(item)] == []


# Roles


@pytest.mark.parametrize("text", ['{"item": "tea"}', "{}", "not json", None])
def test_whoever_may_not_learns_it_before_the_body_is_looked_at(text: str | None, office: Office) -> None:
    answer = office.person(VIEWER).send("POST", ORDERS, text=text)

    assert (answer.status, answer.body["error"]["code"]) == (403, "permission_denied")
    assert answer.body["error"]["details"] == {"permission": "results:write"}


def test_a_refused_request_counts_and_says_what_is_left(office: Office) -> None:
    viewer = office.person(VIEWER)

    left = [viewer.post(ORDERS, {"item": "tea"}).headers["x-ratelimit-remaining"] for _ in range(2)]

    assert left == ["99", "98"]


def test_a_refused_request_leaves_nothing_under_its_idempotency_key(office: Office) -> None:
    office.person(VIEWER).post(ORDERS, {"item": "tea"}, idempotency_key="key-1")

    assert stored_items("IDEMPOTENCY_TABLE") == []


def test_whoever_may_goes_on(office: Office) -> None:
    assert office.person(VIEWER).get(ORDERS).body == {"caller": VIEWER.user_id}
    assert office.person(ADMIN).post(ORDERS, {"item": "tea"}).status == 201


# API keys


def test_a_key_opens_what_its_scopes_name(office: Office) -> None:
    program = office.program("results:read")

    assert program.get(ORDERS).status == 200
    assert program.post(ORDERS, {"item": "tea"}).status == 403


def test_a_key_with_every_scope_has_no_account_of_its_own(office: Office) -> None:
    program = office.program()

    assert program.post(ORDERS, {"item": "tea"}).status == 201
    assert program.get("/api/v1/auth/me").status == 403


def test_a_key_is_looked_up_once_a_minute(office: Office) -> None:
    program = office.program()
    assert program.get(ORDERS).status == 200
    [key] = office.keys.of_tenant(ADMIN)
    KeyStore().delete(key)

    assert [program.get(ORDERS).status for _ in range(3)] == [200] * 3
    office.clock.advance(60)

    assert program.get(ORDERS).status == 401


def test_a_revoked_key_is_refused_at_once_by_functions_that_remember_it(open_office: Callable[[], Office]) -> None:
    here, elsewhere = open_office(), open_office()
    text = here.new_key()
    program = Caller(elsewhere.api.handle, token=text)
    assert program.get(ORDERS).status == 200

    [key] = here.keys.of_tenant(ADMIN)
    here.keys.revoke(ADMIN, key.key_id)

    assert program.get(ORDERS).status == 401


def test_a_remembered_key_ends_with_its_day(office: Office) -> None:
    program = office.program(days=1)
    office.clock.advance(24 * 3600 - 10)
    assert program.get(ORDERS).status == 200

    office.clock.advance(10)

    answer = program.get(ORDERS)
    assert (answer.status, answer.body["error"]["code"]) == (401, "token_expired")


def test_what_is_no_key_is_not_remembered(office: Office) -> None:
    stranger = Caller(office.api.handle, token="hk_" + "0" * 54)

    assert [stranger.get(ORDERS).status for _ in range(2)] == [401, 401]


def test_one_keys_idempotency_is_not_anothers(office: Office) -> None:
    one, other = office.program(), office.program()

    first = one.post(ORDERS, {"item": "tea"}, idempotency_key="key-1")
    again = one.post(ORDERS, {"item": "tea"}, idempotency_key="key-1")
    theirs = other.post(ORDERS, {"item": "tea"}, idempotency_key="key-1")

    assert again.body == first.body
    assert theirs.body["id"] != first.body["id"]


# Limits


def limit_of(answer: Answer) -> tuple[str, str]:
    return answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]


@pytest.mark.parametrize(
    ("path", "limit"),
    [(ORDERS, "100"), ("/api/v1/leads", "1000"), ("/api/v1/segments", "10000"), ("/api/messaging/contacts", "100")],
)
def test_each_contract_counts_by_its_own_limit(path: str, limit: str, office: Office) -> None:
    for caller in (office.person(ADMIN), office.program()):
        assert limit_of(caller.get(path)) == (limit, str(int(limit) - 1))


def test_a_limit_of_an_hour_begins_anew_with_the_hour(office: Office) -> None:
    office.clock.advance(1234)

    reset = int(office.program().get("/api/v1/segments").headers["x-ratelimit-reset"])

    assert reset - int(office.clock().timestamp()) == 3600 - 1234


def test_a_routes_own_limit_goes_before_that_of_its_contract(office: Office) -> None:
    admin = office.person(ADMIN)

    assert [admin.get("/api/v1/admin/rare").status for _ in range(3)] == [200, 200, 429]
    assert admin.get(ORDERS).status == 200


def test_a_session_that_ended_is_refused_by_every_limit(office: Office) -> None:
    admin = office.person(ADMIN)
    paths = [ORDERS, "/api/v1/leads", "/api/v1/segments", "/api/v1/admin/rare"]
    assert [admin.get(path).status for path in paths] == [200] * 4

    RateLimitStore(clock=office.clock).end_session(subject_of_user(ADMIN.tenant_id, ADMIN.user_id), ADMIN.session_id)

    assert [admin.get(path).status for path in paths] == [401] * 4


def test_an_organisation_may_have_limits_of_its_own(office: Office) -> None:
    agree_on_limits(staff=5000, rare=3)

    assert limit_of(office.person(ADMIN).get(ORDERS)) == ("5000", "4999")
    assert limit_of(office.person(OTHER_TENANT).get(ORDERS)) == ("100", "99")
    assert limit_of(office.person(ADMIN).get("/api/v1/leads")) == ("1000", "999")
    admin = office.person(ADMIN)
    assert [admin.get("/api/v1/admin/rare").status for _ in range(4)] == [200, 200, 200, 429]


def test_a_limit_that_is_raised_holds_within_a_minute_also_for_whoever_was_refused(office: Office) -> None:
    admin = office.person(ADMIN)
    assert [admin.get("/api/v1/admin/rare").status for _ in range(3)] == [200, 200, 429]

    agree_on_limits(rare=1000)
    office.clock.advance(60)

    assert limit_of(admin.get("/api/v1/admin/rare")) == ("1000", "999")


def test_event_stream_counts_strangers_by_their_address_and_others_do_not(office: Office) -> None:
    address = "192.0.2.77"
    stranger = Caller(office.api.handle, source_ip=address)
    dynamodb_client().put_item(
        TableName="ADMISSIONS_TABLE",
        Item={
            "pk": {"S": f"address#{address}"},
            "sk": {"S": "admission"},
            "count_event_stream_address": {"N": "999"},
            "window_event_stream_address": {"N": str(int(office.clock().timestamp()))},
        },
    )

    unknown = stranger.get("/api/v1/segments")
    assert (unknown.status, unknown.headers["x-ratelimit-remaining"]) == (401, "0")
    refused = stranger.get("/api/v1/segments")

    assert (refused.status, refused.body["error"]) == (429, "rate_limit_exceeded")
    assert refused.body["retry_after_seconds"] == int(refused.headers["retry-after"]) == 3600
    assert refused.headers["x-ratelimit-limit"] == "1000"
    assert Caller(office.api.handle, token="nonsense", source_ip=address).get(ORDERS).status == 401
    assert stranger.with_token(office.new_key()).get("/api/v1/segments").status == 200
