"""The documentation pages in a real browser."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from local.assets import build_assets
from local.stack.running import RunningStack

pytestmark = pytest.mark.stack

A_SUMMARY = "Register a new user"
PATIENCE_MILLISECONDS = 30_000


@pytest.fixture
def site(stack: RunningStack) -> str:
    build_assets()
    return stack.api_url


class Visit:
    """One page, and everything it asked for or complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        page.context.on("request", lambda request: self.addresses.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def other_hosts(self, site: str) -> list[str]:
        asked = [address for address in self.addresses if urlsplit(address).scheme in {"http", "https", "ws", "wss"}]
        return [address for address in asked if not address.startswith(f"{site}/")]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        yield Visit(context.new_page())


@pytest.mark.parametrize("path", ["/docs", "/api/v1/docs", "/redoc", "/rapidoc"])
def test_a_page_shows_an_operation_and_asks_nobody_else(visit: Visit, site: str, path: str) -> None:
    visit.page.goto(f"{site}{path}")
    visit.page.get_by_text(A_SUMMARY).filter(visible=True).first.wait_for()
    visit.page.wait_for_load_state("networkidle")
    assert f"{site}/api-docs/openapi.json" in visit.addresses
    assert visit.other_hosts(site) == []
    assert visit.complaints == []


def test_swagger_calls_an_operation_of_this_site(visit: Visit, site: str) -> None:
    visit.page.goto(f"{site}/docs")
    visit.page.get_by_text("Health check").first.click()
    visit.page.get_by_role("button", name="Try it out").click()
    visit.page.get_by_role("button", name="Execute").click()
    visit.page.locator(".live-responses-table").get_by_text("healthy").first.wait_for()
    assert f"{site}/health" in visit.addresses
    assert visit.other_hosts(site) == []


def test_redoc_finds_an_operation(visit: Visit, site: str) -> None:
    visit.page.goto(f"{site}/redoc")
    visit.page.get_by_placeholder("Search").fill("service status")
    visit.page.get_by_role("search").get_by_text("Service status").first.wait_for()
    assert visit.other_hosts(site) == []
    assert visit.complaints == []
