"""The whole thread through its real endpoints: from a workbook and a Word template to a PDF in each person's hands."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from local.samples.template import write_sample_template
from local.samples.workbook import PEOPLE, write_sample_workbook
from local.stack.running import RunningStack
from tests.support.carrier import CarrierControls
from tests.support.clinic import Clinic, new_person
from tests.support.customer import Customer, customer_of, follow
from tests.support.pages import pages_of

pytestmark = pytest.mark.stack


def samples(folder: Path) -> tuple[bytes, bytes]:
    """The sample template and workbook."""
    template, workbook = folder / "sample.docx", folder / "sample.xlsx"
    write_sample_template(template)
    write_sample_workbook(workbook)
    return template.read_bytes(), workbook.read_bytes()


def passwords_in(workbook: Path) -> dict[str, str]:
    """The password of each person, by name."""
    header, *rows = openpyxl.load_workbook(workbook).worksheets[0].iter_rows(values_only=True)
    people = [dict(zip(header, row, strict=True)) for row in rows]
    return {str(person["Name"]): str(person["Password"]) for person in people}


def test_25_people_each_get_one_text_and_open_a_one_page_pdf_of_their_own(
    stack: RunningStack, clinic: Clinic, carrier: CarrierControls, tmp_path: Path
) -> None:
    template, workbook = samples(tmp_path)
    batch = clinic.create_batch(clinic.upload_template(template)["id"])
    clinic.upload_workbook(batch, workbook)

    ended = clinic.wait_for_batch(batch["id"])
    assert (ended["status"], ended["total"], ended["successful"], ended["failed"]) == ("completed", 25, 25, 0)
    assert clinic.send_batch(batch["id"])["reports"] == 25
    reports = clinic.wait_for_deliveries(batch["id"])

    assert [report["name"] for report in reports] == [person.name for person in PEOPLE]
    assert {report["delivery"]["status"] for report in reports} == {"delivered"}
    carrier.wait_until_idle()
    texts = {report["name"]: carrier.one_text_to(report["phone"]) for report in reports}
    for report in reports:
        [page] = pages_of(follow(clinic.http.get(f"/api/v1/admin/reports/{report['id']}/pdf")))
        assert report["name"] in page
    for text in texts.values():
        assert [callback["message_status"] for callback in text["callbacks"]] == ["queued", "sent", "delivered"]
        assert {callback["response_status"] for callback in text["callbacks"]} == {200}

    passwords = passwords_in(tmp_path / "sample.xlsx")
    for name in [PEOPLE[0].name, PEOPLE[-1].name]:
        customer = Customer(stack.api_url, texts[name])
        customer.open(passwords[name])
        assert customer.report()["name"] == name
        [page] = pages_of(customer.pdf())
        assert name in page
        assert "Your laboratory results" in page


def test_the_page_behind_a_link_asks_for_the_password_and_leads_to_the_pdf(stack: RunningStack, clinic: Clinic) -> None:
    person = new_person("Zoë Ångström")
    customer = customer_of(stack, clinic, person)

    page = customer.http.get("/customer", params={"token": customer.token})
    wrong = customer.http.post("/customer", data={"token": customer.token, "password": "wrong"})
    right = customer.http.post("/customer", data={"token": customer.token, "password": person.password})

    assert page.status_code == 200
    assert 'type="password"' in page.text
    assert person.name not in page.text
    assert wrong.status_code == 401
    assert "The link or the password is wrong." in wrong.text
    assert right.status_code == 303
    # A browser takes 127.0.0.1 for a secure place; this client does not, and would keep the cookie to itself.
    cookie = {"Cookie": right.headers["Set-Cookie"].partition(";")[0]}
    report = right.headers["Location"].partition("?")[0]
    assert person.name in customer.http.get(report, headers=cookie).text
    [letter] = pages_of(follow(customer.http.get(f"{report}/pdf", headers=cookie)))
    assert "Dear Zoë Ångström," in letter


def test_a_wrong_password_opens_nothing_and_the_fifth_locks_the_link(stack: RunningStack, clinic: Clinic) -> None:
    person = new_person()
    customer = customer_of(stack, clinic, person)

    refusals = [customer.authenticate(f"wrong-{number}") for number in range(5)]
    locked = customer.authenticate(person.password)
    checked = customer.http.post("/api/v1/customer/validate_token", json={"token": customer.token})

    for refusal in [*refusals, locked, checked]:
        assert refusal.status_code == 401
        assert refusal.json()["error"]["code"] == "invalid_credentials"
    assert customer.http.get("/api/v1/customer/report").status_code == 401


def test_a_report_without_a_password_gets_one_that_is_shown_to_the_sender_once(
    stack: RunningStack, clinic: Clinic, carrier: CarrierControls
) -> None:
    person = new_person()
    batch = clinic.finished_batch([replace(person, password=None)])
    [report] = clinic.reports(batch["id"])

    refused = clinic.http.post(f"/api/v1/admin/batches/{batch['id']}/send", json={})
    sent = clinic.post(f"/api/v1/admin/reports/{report['id']}/send", {"custom_message": "Hello {name}: {link}"})
    clinic.wait_for_deliveries(batch["id"])

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "password_missing"
    text = carrier.one_text_to(person.phone)
    assert text["body"].startswith("Hello Amara Okeke: http")
    assert sent["password"] not in text["body"]
    customer = Customer(stack.api_url, text)
    customer.open(sent["password"])
    assert customer.report()["id"] == report["id"]


def test_signing_out_may_be_repeated_under_a_key(clinic: Clinic) -> None:
    answer = clinic.http.post("/api/v1/auth/logout", headers={"Idempotency-Key": "once"})

    assert answer.status_code == 200, answer.text
