"""The person behind a link: the page, and the JSON endpoints."""

import base64
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from herald.http.contracts.resultflow import CUSTOMER_ADDRESS_LIMIT
from herald.results.reports.model import Report
from herald.results.reports.store import report_partition, report_sort
from herald.storage import dynamodb_client
from herald.values.clock import utc_now
from herald.values.ids import derived_id
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.events import BATCH, LINK_TOKEN, keep_sample_link, recipient_token, sample_event, staff_token
from tests.support.functions import HttpAnswer, ask, ask_sample, function, invoke
from tests.support.results import (
    PASSWORD,
    add_batch,
    as_pending,
    current,
    give_link,
    rendered_batch,
    reports_store,
)


@pytest.fixture
def report(results_cloud: None) -> Report:
    """A report whose link was sent."""
    _, reports = rendered_batch(2, batch=add_batch(identifier=BATCH))
    keep_sample_link(reports[0])
    return reports[0]


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The minute that all of a test's requests are counted in."""
    clock = FakeClock(utc_now())
    monkeypatch.setattr(function("resultflow/customer").api._authenticator._admissions, "_clock", clock)
    return clock()


def authenticate(token: str = LINK_TOKEN, password: str = PASSWORD) -> HttpAnswer:
    return ask_sample("resultflow/customer/authenticate", body={"token": token, "password": password})


def submit(token: str, password: str, *, language: str = "", **headers: str) -> HttpAnswer:
    """What the page's form is answered."""
    event = sample_event("resultflow/customer/open_from_page")
    event["body"] = base64.b64encode(urlencode({"token": token, "password": password}).encode()).decode()
    event["headers"] |= {name.replace("_", "-"): value for name, value in headers.items()}
    if language:
        event |= {"rawQueryString": f"language={language}", "queryStringParameters": {"language": language}}
    return ask("resultflow/customer", event)


def look(token: str = LINK_TOKEN, **headers: str) -> HttpAnswer:
    """The page behind a link."""
    return ask_sample("resultflow/customer/page", path=(LINK_TOKEN, token), **headers)


def follow(submitted: HttpAnswer, sample: str = "report_page", **query: str) -> HttpAnswer:
    """What a browser is shown that was led to a report's page; ``pdf_from_page`` for its PDF."""
    event = sample_event(f"resultflow/customer/{sample}")
    address = urlsplit(submitted.headers["location"])
    wanted = query or dict(parse_qsl(address.query))
    event |= {
        "rawPath": address.path + ("/pdf" if sample == "pdf_from_page" else ""),
        "rawQueryString": urlencode(wanted),
        "queryStringParameters": wanted,
        "cookies": [cookie.partition(";")[0] for cookie in submitted.cookies],
    }
    return ask("resultflow/customer", event)


def links_in(page: str) -> list[str]:
    """Where a page leads."""
    return [unescape(address) for address in re.findall(r'href="([^"]+)"', page)]


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
    answer = look()

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert LINK_TOKEN in answer.text
    assert 'type="password"' in answer.text
    assert "Person 2" not in answer.text


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


def test_a_deleted_report_is_like_a_link_that_there_never_was(report: Report) -> None:
    access, submitted = authenticate().body["access_token"], submit(LINK_TOKEN, PASSWORD)
    delete(report)

    assert look().text == look("nobody").text
    assert submit(LINK_TOKEN, PASSWORD).text.replace(LINK_TOKEN, "") == submit("nobody", PASSWORD).text.replace(
        "nobody", ""
    )
    assert authenticate().error == "invalid_credentials"
    assert ask_sample("resultflow/customer/validate_token").error == "invalid_credentials"
    for sample in ("report", "report_pdf", "record_download"):
        answer = ask_sample(f"resultflow/customer/{sample}", token=access)
        assert (answer.status, answer.error) == (401, "invalid_credentials")
    assert "This link does not work" in follow(submitted).text


def test_a_report_that_is_rendered_again_is_said_to_be_prepared(report: Report) -> None:
    access = authenticate().body["access_token"]
    reports_store().put_many([as_pending(report)])

    submitted = submit(LINK_TOKEN, PASSWORD)

    assert "is being prepared" in follow(submitted).text
    assert follow(submitted, "pdf_from_page", language="en").status == 422
    assert current(report).downloads == 0
    assert ask_sample("resultflow/customer/report_pdf", token=access).error == "report_not_ready"


@pytest.mark.parametrize(
    ("sheet", "browser", "spoken"),
    [
        ("sw", "en-GB,en;q=0.9", "sw"),
        ("Español", "", "es"),
        ("pt-BR", "fr", "pt"),
        ("", "fr-CA,fr;q=0.9,en;q=0.1", "fr"),
        ("Klingon", "de,sw;q=0.5", "sw"),
        ("", "de", "en"),
        ("", "", "en"),
    ],
)
def test_the_page_speaks_the_recipients_language_or_the_browsers(
    report: Report, sheet: str, browser: str, spoken: str
) -> None:
    reports_store().put_many([replace(report, recipient=replace(report.recipient, language=sheet))])

    page = look(accept_language=browser)
    submitted = submit(LINK_TOKEN, PASSWORD, language=spoken)

    assert f'<html lang="{spoken}">' in page.text
    assert f'action="/customer?language={spoken}"' in page.text
    assert f'<html lang="{spoken}">' in follow(submitted).text


def test_the_language_of_a_refusal_is_the_forms_and_tells_nothing_of_the_recipient(report: Report) -> None:
    reports_store().put_many([replace(report, recipient=replace(report.recipient, language="sw"))])

    for token in (LINK_TOKEN, "nobody"):
        assert '<html lang="fr">' in submit(token, "wrong", language="fr").text
        assert '<html lang="pt">' in submit(token, "wrong", accept_language="pt-PT").text


def test_a_person_can_choose_another_language(report: Report) -> None:
    [swahili] = [address for address in links_in(look().text) if address.endswith("language=sw")]

    assert swahili == f"/customer?token={LINK_TOKEN}&language=sw"
    assert '<html lang="sw">' in look(f"{LINK_TOKEN}&language=sw").text


def test_twenty_requests_a_minute_are_what_a_token_is_good_for_wherever_they_come_from(
    report: Report, minute: datetime
) -> None:
    token = give_link(report, now=utc_now())
    for _ in range(8):
        assert look(token).status == 200
        assert ask_sample("resultflow/customer/validate_token", body={"token": token}).status == 200
    access = authenticate(token).body["access_token"]
    submitted = submit(token, PASSWORD)
    assert follow(submitted).headers["x-ratelimit-remaining"] == "1"
    assert ask_sample("resultflow/customer/report", token=access).headers["x-ratelimit-remaining"] == "0"

    told = [ask_sample("resultflow/customer/report", token=access), authenticate(token)]
    shown = [look(token), follow(submitted), submit(token, "wrong"), submit(token, PASSWORD)]

    assert [(answer.status, answer.error) for answer in told] == [(429, "rate_limited")] * 2
    for answer in shown:
        assert answer.status == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert "Please wait a moment" in answer.text
        assert answer.headers["x-ratelimit-limit"] == "20"
    assert look().status == 200


def test_whoever_tries_token_after_token_is_stopped_by_their_address(report: Report, minute: datetime) -> None:
    event = sample_event("resultflow/customer/page")
    event["requestContext"]["http"]["sourceIp"] = "198.51.100.7"
    assert invoke("resultflow/customer", event)["statusCode"] == 200
    dynamodb_client().update_item(
        TableName="ADMISSIONS_TABLE",
        Key={"pk": {"S": "address#198.51.100.7"}, "sk": {"S": "admission"}},
        UpdateExpression="SET #count = :nearly_all",
        ExpressionAttributeNames={"#count": "count_customer"},
        ExpressionAttributeValues={":nearly_all": {"N": str(CUSTOMER_ADDRESS_LIMIT.requests - 1)}},
    )

    statuses = [invoke("resultflow/customer", event)["statusCode"] for _ in range(2)]

    assert statuses == [200, 429]
    assert look().status == 200


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


def delete(report: Report) -> None:
    """Takes a report's row away."""
    dynamodb_client().delete_item(
        TableName="RESULTS_TABLE",
        Key={
            "pk": {"S": report_partition(report.tenant_id, report.batch_id)},
            "sk": {"S": report_sort(report.row)},
        },
    )
