"""The person behind a link, at the JSON endpoints."""

import pytest

from herald.results.reports.model import Report
from herald.values.clock import utc_now
from tests.resultflow.customer.browser import authenticate, follow, look, submit
from tests.support.events import LINK_TOKEN, staff_token
from tests.support.functions import ask_sample
from tests.support.results import PASSWORD, as_pending, current, give_link, reports_store

OF_THE_REPORT = ("report", "report_pdf", "record_download")


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
        for sample in OF_THE_REPORT:
            answer = ask_sample(f"resultflow/customer/{sample}", token=token)
            assert (answer.status, answer.error) == (401, "auth_required")


def test_a_recipient_is_not_staff(report: Report) -> None:
    access = authenticate().body["access_token"]

    assert ask_sample("resultflow/batches/list", token=access).status == 401
    assert ask_sample("resultflow/reports/pdf", token=access).status == 401


@pytest.mark.parametrize("way", ["delete", "withdraw", "update"])
def test_a_withdrawn_report_says_so_at_every_endpoint_and_on_its_pages(report: Report, way: str) -> None:
    access, submitted = authenticate().body["access_token"], submit(LINK_TOKEN, PASSWORD)
    body = {"phone": "+1 202 555 0188"} if way == "update" else None

    assert ask_sample(f"resultflow/reports/{way}", token=staff_token(), body=body).status < 300

    asked = [ask_sample(f"resultflow/customer/{sample}", token=access) for sample in OF_THE_REPORT]
    answers = [authenticate(), ask_sample("resultflow/customer/validate_token"), *asked]
    assert {(answer.status, answer.error) for answer in answers} == {(401, "link_withdrawn")}
    pages = [look(), submit(LINK_TOKEN, PASSWORD), follow(submitted), follow(submitted, "pdf_from_page")]
    assert {(page.status, "This report was withdrawn" in page.text) for page in pages} == {(401, True)}


def test_a_withdrawn_report_says_so_in_the_readers_language(report: Report) -> None:
    ask_sample("resultflow/reports/withdraw", token=staff_token())

    assert "Ripoti hii imeondolewa" in look(accept_language="sw").text


def test_a_locked_link_closes_what_was_opened_by_it(report: Report) -> None:
    access, submitted = authenticate().body["access_token"], submit(LINK_TOKEN, PASSWORD)
    for _ in range(5):
        authenticate(password="wrong")

    answers = [ask_sample(f"resultflow/customer/{sample}", token=access) for sample in OF_THE_REPORT]

    assert {(answer.status, answer.error) for answer in answers} == {(401, "link_locked")}
    assert "This link is locked" in follow(submitted).text


def test_a_report_that_is_rendered_again_is_said_to_be_prepared(report: Report) -> None:
    access = authenticate().body["access_token"]
    reports_store().put_many([as_pending(report)])

    submitted = submit(LINK_TOKEN, PASSWORD)

    assert "is being prepared" in follow(submitted).text
    assert follow(submitted, "pdf_from_page", language="en").status == 422
    assert current(report).downloads == 0
    assert ask_sample("resultflow/customer/report_pdf", token=access).error == "report_not_ready"
