"""The person behind a link: the page, and the JSON endpoints."""

import base64
from urllib.parse import urlencode

import pytest

from herald.results.model import Report
from herald.values.clock import utc_now
from tests.support.events import BATCH, LINK_TOKEN, keep_sample_link, sample_event, staff_token
from tests.support.functions import HttpAnswer, ask, ask_sample
from tests.support.results import PASSWORD, add_batch, current, give_link, rendered_batch


@pytest.fixture
def report(results_cloud: None) -> Report:
    """A report whose link was sent."""
    _, reports = rendered_batch(2, batch=add_batch(identifier=BATCH))
    keep_sample_link(reports[0])
    return reports[0]


def authenticate(token: str = LINK_TOKEN, password: str = PASSWORD) -> HttpAnswer:
    return ask_sample("resultflow/customer/authenticate", body={"token": token, "password": password})


def submit(token: str, password: str) -> HttpAnswer:
    """What the page's form is answered."""
    event = sample_event("resultflow/customer/open_from_page")
    event["body"] = base64.b64encode(urlencode({"token": token, "password": password}).encode()).decode()
    return ask("resultflow/customer", event)


def test_a_link_can_be_checked_without_learning_whose_it_is(report: Report) -> None:
    answer = ask_sample("resultflow/customer/validate_token")

    assert answer.status == 200
    assert answer.body.keys() == {"valid", "expires_at"}


def test_a_token_and_its_password_open_one_report(report: Report) -> None:
    access = authenticate().body

    shown = ask_sample("resultflow/customer/report", token=access["access_token"])
    pdf = ask_sample("resultflow/customer/report_pdf", token=access["access_token"])

    assert 24 * 3600 - 60 < access["expires_in"] <= 24 * 3600
    assert (shown.body["id"], shown.body["name"]) == (report.report_id, "Person 2")
    assert (pdf.status, report.pdf_key in pdf.headers["location"]) == (302, True)


def test_a_download_is_counted(report: Report) -> None:
    access = authenticate().body

    answer = ask_sample("resultflow/customer/record_download", token=access["access_token"])

    assert (answer.status, current(report).downloads) == (200, 1)


def test_an_unknown_token_a_wrong_password_and_a_locked_link_are_answered_alike(report: Report) -> None:
    locked = give_link(report, now=utc_now())
    for _ in range(5):
        authenticate(locked, "wrong")

    answers = {
        (answer.status, answer.text)
        for answer in (authenticate(password="wrong"), authenticate("x" * 44), authenticate(locked))
    }

    assert len(answers) == 1
    assert answers.pop()[0] == 401


def test_staff_and_strangers_are_not_recipients(report: Report) -> None:
    for token in ("", staff_token(), "nonsense"):
        for sample in ("report", "report_pdf", "record_download"):
            answer = ask_sample(f"resultflow/customer/{sample}", token=token)
            assert (answer.status, answer.error) == (401, "auth_required")


def test_a_recipient_is_not_staff(report: Report) -> None:
    access = authenticate().body["access_token"]

    assert ask_sample("resultflow/batches/list", token=access).status == 401
    assert ask_sample("resultflow/reports/pdf", token=access).status == 401


def test_the_page_asks_for_the_password_and_says_nothing_else(report: Report) -> None:
    answer = ask_sample("resultflow/customer/page")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert LINK_TOKEN in answer.text
    assert 'type="password"' in answer.text
    assert "Person 2" not in answer.text


def test_what_stands_in_the_address_is_not_believed_by_the_page(report: Report) -> None:
    answer = ask_sample("resultflow/customer/page", path=(LINK_TOKEN, '"><script>alert(1)</script>'))

    assert "<script>" not in answer.text


def test_the_pages_form_leads_to_the_pdf_and_counts_it(report: Report) -> None:
    answer = submit(LINK_TOKEN, PASSWORD)

    assert (answer.status, report.pdf_key in answer.headers["location"]) == (302, True)
    assert current(report).downloads == 1


def test_the_page_asks_again_after_a_wrong_password(report: Report) -> None:
    answer = submit(LINK_TOKEN, '"><script>')

    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text
    assert current(report).downloads == 0
