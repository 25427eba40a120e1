"""The page behind a link, in a real browser on a screen of a phone's size."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from local.stack.running import ROOT, RunningStack
from tests.support.clinic import Clinic, Person, new_person
from tests.support.customer import customer_of

pytestmark = pytest.mark.stack

PICTURES = ROOT / ".local" / "pictures"
_PHONE = ViewportSize(width=390, height=844)
_FINGER = 44
"""WCAG 2.5.5 and Apple's guidelines: the least width and height, in CSS pixels, of what a finger is to meet."""


@dataclass(frozen=True)
class Visit:
    """Somebody with a text on their phone, and the browser that its link opened."""

    page: Page
    person: Person
    address: str

    def look(self, language: str = "") -> None:
        """Opens the link."""
        self.page.goto(f"{self.address}&language={language}" if language else self.address)

    def submit(self, password: str) -> None:
        """Types a password and presses Enter: the field has the focus."""
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")

    def photograph(self, name: str) -> None:
        """Keeps what the phone shows, to be looked at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def visit(stack: RunningStack, clinic: Clinic, browser: Browser) -> Iterator[Visit]:
    person = new_person()
    customer = customer_of(stack, clinic, person)
    context = browser.new_context(viewport=_PHONE, java_script_enabled=False, has_touch=True, locale="en-US")
    yield Visit(context.new_page(), person, f"{stack.api_url}/customer?token={customer.token}")
    context.close()


def test_a_person_comes_from_the_link_to_the_pdf_by_keyboard_alone_and_without_scripts(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit.page

    visit.look()
    expect(page.get_by_label("Password")).to_be_focused()
    visit.photograph("form")
    visit.submit("wrong")
    expect(page.get_by_role("alert")).to_contain_text("The link or the password is wrong.")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page).to_have_title("Error: Your report")
    visit.photograph("wrong-password")

    visit.submit(visit.person.password or "")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hello, {visit.person.name}")
    expect(page.get_by_text("Time left for this link: 23 hours")).to_be_visible()
    assert "token=" not in page.url
    visit.photograph("report")

    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="View the report")).to_be_focused()
    page.keyboard.press("Tab")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert saved.value.suggested_filename == "report.pdf"
    saved.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")

    with page.expect_response(lambda response: response.headers.get("content-type") == "application/pdf") as pdf:
        page.get_by_role("link", name="View the report").click()
    assert pdf.value.status == 200


def test_a_person_is_told_at_the_fifth_wrong_password_that_the_link_is_locked(visit: Visit) -> None:
    page = visit.page

    visit.look()
    for number in range(4):
        visit.submit(f"wrong-{number}")
        expect(page.get_by_role("alert")).to_contain_text("After five wrong passwords the link is locked.")
    visit.submit("wrong-4")

    expect(page.get_by_role("heading", level=1)).to_have_text("This link is locked")
    visit.photograph("locked")
    visit.look()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is locked")
    expect(page.get_by_label("Password")).to_have_count(0)


def test_the_cookie_stays_in_the_browser_that_knew_the_password(visit: Visit, browser: Browser) -> None:
    visit.look()
    visit.submit(visit.person.password or "")
    expect(visit.page.get_by_role("link", name="View the report")).to_be_visible()
    [cookie] = visit.page.context.cookies()

    elsewhere = browser.new_context().new_page()
    elsewhere.goto(visit.page.url)

    assert (cookie.get("httpOnly"), cookie.get("secure"), cookie.get("sameSite")) == (True, True, "Strict")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Please open the link again")


@pytest.mark.parametrize("language", ["en", "es", "pt", "fr", "sw"])
def test_every_language_fits_the_smallest_screen_and_a_finger(visit: Visit, language: str) -> None:
    page = visit.page
    page.set_viewport_size({"width": 320, "height": 480})

    visit.look(language)

    for control in [*page.get_by_role("link").all(), *page.get_by_role("button").all(), page.locator("#password")]:
        box = control.bounding_box()
        assert box is not None
        assert (box["width"] >= _FINGER, box["height"] >= _FINGER) == (True, True)
        assert box["x"] + box["width"] <= 320


def test_a_person_chooses_a_language_and_stays_in_it(visit: Visit) -> None:
    page = visit.page

    visit.look()
    page.get_by_role("link", name="Kiswahili").click()
    visit.submit("si-sahihi")
    expect(page.get_by_role("alert")).to_contain_text("Kiungo au nenosiri si sahihi.")
    visit.submit(visit.person.password or "")

    expect(page.get_by_role("link", name="Tazama ripoti")).to_be_visible()
    visit.photograph("report-sw")
