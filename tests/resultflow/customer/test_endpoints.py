"""The person behind a link, at the JSON endpoints."""

from herald.results.reports.model import Report
from herald.results.reports.store import row_at
from herald.values.clock import utc_now
from tests.resultflow.customer.browser import authenticate, follow, look, submit
from tests.support.events import LINK_TOKEN, staff_token
from tests.support.functions import ask_sample
from tests.support.results import PASSWORD, as_pending, current, give_link, reports_store


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


def test_a_deleted_report_is_like_a_link_that_there_never_was(report: Report) -> None:
    access, submitted = authenticate().body["access_token"], submit(LINK_TOKEN, PASSWORD)
    row_at(report.place).delete()

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
