"""Pages of other sites: let in where they are configured, and nowhere else."""

import pytest

from herald.http.access import open_to_everyone
from herald.http.api import HttpApi
from herald.http.authentication import Authenticator
from herald.http.contracts.prefixes import EVERY_PATH
from herald.http.cors import Cors
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from tests.support.cloud import SIGNING_KEY
from tests.support.requests import Answer, Caller

APP = "https://app.example.org"
STRANGER = "https://evil.example.net"


def browser(*origins: str) -> Caller:
    authenticator = Authenticator(AccessTokens(lambda: {"signing_key": SIGNING_KEY}), RateLimitStore())
    api = HttpApi(authenticator, EVERY_PATH, cors=Cors(origins))

    @api.get("/health")
    @open_to_everyone()
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @api.post("/api/v1/admin/orders")
    def take_order() -> dict[str, str]:
        return {}

    return Caller(api.handle)


def preflight(caller: Caller, origin: str, path: str = "/api/v1/admin/orders") -> Answer:
    headers = {"origin": origin, "access_control_request_method": "POST"}
    return caller.send("OPTIONS", path, headers=headers)


def allowed(answer: Answer) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("origins", [(APP,), (f" {APP}/ ", ""), ("https://other.example.org", APP), ("*",)])
def test_a_configured_sites_page_may_ask_and_read(origins: tuple[str, ...], cloud: None) -> None:
    caller = browser(*origins)

    asked = preflight(caller, APP)
    answer = caller.get("/health", origin=APP)

    assert (asked.status, asked.text) == (204, "")
    assert asked.headers["access-control-allow-origin"] == APP
    assert "POST" in asked.headers["access-control-allow-methods"]
    for name in ("Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id"):
        assert name in asked.headers["access-control-allow-headers"].split(", ")
    assert answer.headers["access-control-allow-origin"] == APP
    assert answer.headers["vary"] == "Origin"
    for name in ("X-Request-Id", "Retry-After", "X-RateLimit-Remaining"):
        assert name in answer.headers["access-control-expose-headers"].split(", ")


def test_a_site_may_be_let_in_with_any_port(cloud: None) -> None:
    caller = browser("http://localhost:*")

    for origin in ("http://localhost", "http://localhost:3000", "http://localhost:65535"):
        assert caller.get("/health", origin=origin).headers["access-control-allow-origin"] == origin
    for origin in ("http://localhost.example.net:3000", "https://localhost:3000", "http://localhost:3000.example.net"):
        assert allowed(caller.get("/health", origin=origin)) == set()


def test_failures_can_be_read_as_well(cloud: None) -> None:
    answer = browser(APP).post("/api/v1/admin/orders", {}, origin=APP)

    assert (answer.status, answer.headers["access-control-allow-origin"]) == (401, APP)


def test_another_sites_page_learns_nothing(cloud: None) -> None:
    caller = browser(APP)

    for origin in (STRANGER, APP + ".example.net", "http://app.example.org", "null"):
        assert allowed(preflight(caller, origin)) == set()
        assert allowed(caller.get("/health", origin=origin)) == set()


def test_nobody_is_let_in_by_default(cloud: None) -> None:
    caller = browser()

    assert preflight(caller, APP).status == 404
    assert allowed(preflight(caller, APP)) == set()
    assert allowed(caller.get("/health", origin=APP)) == set()


def test_no_site_may_use_the_browsers_cookies(cloud: None) -> None:
    assert "access-control-allow-credentials" not in allowed(preflight(browser("*"), APP))


def test_a_preflight_carries_its_id_and_the_security_headers_and_is_not_counted(cloud: None) -> None:
    answer = preflight(browser(APP), APP)

    assert answer.headers["x-request-id"] == "request-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "x-ratelimit-limit" not in answer.headers


def test_an_options_request_that_is_no_preflight_is_like_any_other(cloud: None) -> None:
    assert browser(APP).send("OPTIONS", "/health", headers={"origin": APP}).status == 404
