"""The page behind a link: what a browser is shown, and where its form leads."""

from datetime import timedelta

import pytest

from herald.results.reports.model import Report
from herald.storage import dynamodb_client
from herald.values.clock import utc_now
from herald.values.ids import derived_id
from tests.resultflow.customer.browser import follow, links_in, look, submit
from tests.support.cloud import stored_items
from tests.support.events import BATCH, LINK_TOKEN, keep_sample_link, recipient_token, sample_event
from tests.support.functions import ask
from tests.support.results import PASSWORD, add_batch, current, give_link, rendered_batch


def test_the_page_asks_for_the_password_and_says_nothing_else(report: Report) -> None:
    answer = look()

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert LINK_TOKEN in answer.text
    assert 'type="password"' in answer.text
    assert "Person 2" not in answer.text


def test_the_pages_say_who_sent_the_report_except_where_that_would_tell_a_good_token(results_cloud: None) -> None:
    _, reports = rendered_batch(1, batch=add_batch(identifier=BATCH, sender_name="Greenfield <Clinic>"))
    keep_sample_link(reports[0])
    sender = "Greenfield &lt;Clinic&gt;"

    assert sender in look().text
    assert sender in follow(submit(LINK_TOKEN, PASSWORD)).text
    assert sender not in submit(LINK_TOKEN, "wrong").text


def test_a_page_is_neither_kept_nor_found_nor_told_on(report: Report) -> None:
    headers = look().headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"


def test_a_preview_of_the_link_opens_and_counts_nothing(report: Report) -> None:
    before = stored_items("RESULTS_TABLE")

    for _ in range(6):
        look()

    assert stored_items("RESULTS_TABLE") == before


def test_what_stands_in_the_address_is_not_believed_by_the_page(report: Report) -> None:
    assert "<script>" not in look('"><script>alert(1)</script>').text


def test_the_form_leads_to_the_report_and_from_there_to_the_pdf(report: Report) -> None:
    submitted = submit(LINK_TOKEN, PASSWORD)
    shown = follow(submitted)
    pdf = follow(submitted, "pdf_from_page", language="en")

    assert (submitted.status, current(report).downloads) == (303, 1)
    assert shown.status == 200
    assert 'Hello, <span dir="auto">Person 2</span>' in shown.text
    assert "22 November 2026" in shown.text
    assert "23 hours" in shown.text
    assert (pdf.status, report.pdf_key in pdf.headers["location"]) == (302, True)
    assert "inline" in pdf.headers["location"]


def test_the_report_page_offers_to_look_and_to_save(report: Report) -> None:
    submitted = submit(LINK_TOKEN, PASSWORD)
    view, download, *_ = links_in(follow(submitted).text)

    assert view == f"/customer/reports/{report.report_id}/pdf?language=en"
    assert download == f"/customer/reports/{report.report_id}/pdf?download=yes&language=en"
    assert "attachment" in follow(submitted, "pdf_from_page", download="yes", language="en").headers["location"]


def test_the_cookie_goes_to_this_report_alone_and_to_no_script(report: Report) -> None:
    [cookie] = submit(LINK_TOKEN, PASSWORD).cookies

    attributes = set(cookie.split("; ")[1:])

    assert attributes == {
        f"Path=/customer/reports/{report.report_id}",
        "Max-Age=3600",
        "HttpOnly",
        "Secure",
        "SameSite=Strict",
    }


def test_the_cookie_of_one_report_opens_no_other(report: Report) -> None:
    submitted = submit(LINK_TOKEN, PASSWORD)
    submitted.headers["location"] = submitted.headers["location"].replace(report.report_id, derived_id(BATCH, "3"))

    assert (follow(submitted).status, follow(submitted, "pdf_from_page", language="en").status) == (401, 401)


@pytest.mark.parametrize("cookies", [[], ["report="], ["report=nonsense"], ["other=1"]])
def test_without_the_cookie_a_person_is_sent_back_to_the_message(report: Report, cookies: list[str]) -> None:
    event = sample_event("resultflow/customer/report_page")
    event["cookies"] = cookies

    answer = ask("resultflow/customer", event)

    assert answer.status == 401
    assert "Please open the link again" in answer.text


def test_a_cookie_is_taken_from_its_header_too(report: Report) -> None:
    event = sample_event("resultflow/customer/report_page", access_token=recipient_token())
    event["headers"]["cookie"] = "first=1; " + event.pop("cookies")[0]

    assert ask("resultflow/customer", event).status == 200


def test_the_page_asks_again_after_a_wrong_password(report: Report) -> None:
    answer = submit(LINK_TOKEN, '"><script>')

    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert 'aria-describedby="complaint hint"' in answer.text
    assert "<title>Error: Your report</title>" in answer.text
    assert "<script>" not in answer.text
    assert current(report).downloads == 0


def test_a_form_without_a_password_asks_for_it_and_is_no_try(report: Report) -> None:
    answers = [submit(LINK_TOKEN, password) for password in ("", "  ", "", "", "", "")]

    assert {(answer.status, "Please enter the password." in answer.text) for answer in answers} == {(400, True)}
    assert submit(LINK_TOKEN, PASSWORD).status == 303


def test_a_form_without_anything_is_answered_with_a_page(report: Report) -> None:
    event = sample_event("resultflow/customer/open_from_page")
    event |= {"body": "", "isBase64Encoded": False}

    answer = ask("resultflow/customer", event)

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.status == 400


def test_a_wrong_token_and_a_wrong_password_are_answered_alike_to_the_last_try(report: Report) -> None:
    unknown = LINK_TOKEN[:-1] + "z"
    told = [
        {(answer.status, answer.text.replace(token, "")) for token in tokens for answer in [submit(token, "wrong")]}
        for tokens in [(LINK_TOKEN, unknown, "nobody", "x" * 44)] * 7
    ]

    assert [len(answers) for answers in told] == [1] * 7
    locked = ["This link is locked" in text for answers in told for _, text in answers]
    assert locked == [False] * 4 + [True] * 3


def test_a_locked_link_says_so_also_when_it_is_opened_anew(report: Report) -> None:
    for _ in range(5):
        submit(LINK_TOKEN, "wrong")

    answer = look()

    assert "This link is locked" in answer.text
    assert "<form" not in answer.text
    assert submit(LINK_TOKEN, PASSWORD).status == 401


def test_an_expired_link_says_so(report: Report) -> None:
    token = give_link(report, now=utc_now() - timedelta(hours=25))

    assert "This link has expired" in look(token).text
    assert "This link has expired" in submit(token, PASSWORD).text
    assert "The link or the password is wrong" in submit(token, "wrong").text


@pytest.mark.parametrize("token", ["", "nobody", LINK_TOKEN[:-1], LINK_TOKEN[:-1] + "z"])
def test_a_link_that_there_is_not_says_so(report: Report, token: str) -> None:
    answer = look(token)

    assert answer.status == 401
    assert "This link does not work" in answer.text


def test_what_is_nowhere_is_a_page_as_well(report: Report) -> None:
    event = sample_event("resultflow/customer/report_page")
    event["rawPath"] = "/customer/elsewhere"

    answer = ask("resultflow/customer", event)

    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"


def test_a_fault_of_ours_is_a_page_with_a_number_to_quote(report: Report) -> None:
    dynamodb_client().delete_table(TableName="RESULTS_TABLE")

    answer = look()

    assert answer.status == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "Something went wrong" in answer.text
