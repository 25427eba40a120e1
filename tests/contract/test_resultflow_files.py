"""ResultFlow's uploads, deletions and page: the operations that change what the others look at."""

import httpx
import pytest

from tests.adapters.letters import letter
from tests.contract.conftest import Practice
from tests.contract.test_resultflow import BOTH_ENDINGS, Batch
from tests.support.clinic import LETTER, WORD_TYPE, new_person
from tests.support.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("engine")]

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@BOTH_ENDINGS
def test_a_workbook_is_uploaded_as_a_form_and_rendered(ending: str, practice: Practice) -> None:
    clinic = practice.clinic
    workbook = clinic.workbook([new_person()])

    answer = clinic.http.post(
        f"/api/v1/admin/upload/excel{ending}",
        files={"file": ("november.xlsx", workbook, EXCEL_TYPE)},
        data={"template_id": clinic.upload_template()["id"], "name": "November"},
    )

    assert answer.status_code == 202, answer.text
    batch = Batch.model_validate_json(answer.content)
    assert batch.name == "November"
    assert clinic.wait_for_batch(batch.id)["successful"] == 1


def test_a_template_that_was_put_at_its_address_becomes_ready(practice: Practice) -> None:
    clinic = practice.clinic
    awaited = clinic.post("/api/v1/admin/templates", {"name": "Letter", "description": ""})
    assert awaited["status"] == "pending"

    httpx.put(
        awaited["upload_url"], content=letter(*LETTER), headers={"Content-Type": WORD_TYPE}, trust_env=False
    ).raise_for_status()

    ready = eventually(
        lambda: clinic.get(f"/api/v1/admin/templates/{awaited['id']}"),
        until=lambda template: template["status"] != "pending",
        glance_seconds=0.7,
    )
    assert (ready["status"], ready["placeholders"]) == ("ready", ["fee", "name"])


def test_a_preview_is_the_template_with_sample_values(practice: Practice) -> None:
    answer = practice.clinic.http.get(f"/api/v1/admin/templates/{practice.known['template_id']}/preview")

    assert answer.status_code == 302, answer.text
    assert httpx.get(answer.headers["Location"], trust_env=False).content.startswith(b"%PDF-")


@BOTH_ENDINGS
def test_a_template_is_deleted_once(ending: str, practice: Practice) -> None:
    clinic = practice.clinic
    path = f"/api/v1/admin/templates/{clinic.upload_template()['id']}{ending}"

    answers = [clinic.http.delete(path).status_code for _ in range(2)]

    assert answers == [204, 404]
    assert clinic.http.get(path).status_code == 404


@BOTH_ENDINGS
def test_a_report_is_deleted_with_its_pdf(ending: str, practice: Practice) -> None:
    clinic = practice.clinic
    batch = clinic.finished_batch([new_person(), new_person()])
    report = clinic.reports(batch["id"])[0]
    path = f"/api/v1/admin/reports/{report['id']}"
    pdf = clinic.http.get(f"{path}/pdf").headers["Location"]

    answers = [clinic.http.delete(path + ending).status_code for _ in range(2)]

    assert answers == [204, 404]
    assert httpx.get(pdf, trust_env=False).status_code == 404
    assert clinic.get(f"/api/v1/admin/batches/{batch['id']}")["total"] == 1


@BOTH_ENDINGS
def test_a_batch_is_deleted_with_all_that_it_made(ending: str, practice: Practice) -> None:
    clinic = practice.clinic
    batch = clinic.finished_batch([new_person()])
    [report] = clinic.reports(batch["id"])
    pdf = clinic.http.get(f"/api/v1/admin/reports/{report['id']}/pdf").headers["Location"]

    answers = [clinic.http.delete(f"/api/v1/admin/batches/{batch['id']}{ending}").status_code for _ in range(2)]

    assert answers[0] == 204
    assert answers[1] in {204, 404}, "the same again, as long as its traces are being removed"
    assert clinic.http.get(f"/api/v1/admin/batches/{batch['id']}").status_code == 404
    eventually(
        lambda: httpx.get(pdf, trust_env=False).status_code,
        until=lambda status: status == 404,
        glance_seconds=0.7,
    )
    assert clinic.http.get(f"/api/v1/admin/reports/{report['id']}").status_code == 404


@BOTH_ENDINGS
def test_the_link_is_a_page_that_asks_for_the_password(ending: str, practice: Practice) -> None:
    page = practice.customer.http.get(f"/customer{ending}", params={"token": practice.known["link_token"]})

    assert page.status_code == 200, page.text
    assert page.headers["Content-Type"].startswith("text/html")
    assert len(page.content) < 50 * 1024
    assert 'type="password"' in page.text
