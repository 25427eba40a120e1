"""The page behind a link, in a real browser on a screen of a phone's size."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from local.stack.running import RunningStack
from tests.support.clinic import Clinic, new_person
from tests.support.customer import customer_of

pytestmark = pytest.mark.stack


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield browser.new_page(viewport={"width": 375, "height": 667})
        browser.close()


def test_a_person_comes_from_the_link_to_the_pdf_and_is_told_of_a_wrong_password(
    stack: RunningStack, clinic: Clinic, page: Page
) -> None:
    person = new_person()
    customer = customer_of(stack, clinic, person)

    page.goto(f"{stack.api_url}/customer?token={customer.token}")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button").click()
    assert page.get_by_role("alert").inner_text() == "The link or the password is wrong."

    page.get_by_label("Password").fill(person.password or "")
    with page.expect_response(lambda response: response.headers.get("content-type") == "application/pdf") as pdf:
        page.get_by_role("button").click()
    assert pdf.value.status == 200
