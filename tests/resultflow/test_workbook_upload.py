"""Workbooks through the API: small ones, for a batch that waits or for a new one."""

import base64
from typing import Any

import pytest

from herald.results.batches.model import Batch
from herald.results.batches.service import workbook_key
from herald.results.files import LARGEST_FILE_THROUGH_API
from tests.adapters.workbooks import compound_file
from tests.support.events import BATCH, TEMPLATE, sample_event, staff_token
from tests.support.functions import ask, ask_sample
from tests.support.objects import keys_in
from tests.support.requests import Answer
from tests.support.results import TENANT, add_batch, add_template, fill_batch, row_of, uploads

_BOUNDARY = "a-boundary-of-this-test"


def send_form(content: bytes, **fields: str) -> Answer:
    """What the endpoint answers to a form with a file and these fields."""
    event: dict[str, Any] = sample_event("resultflow/batches/upload", access_token=staff_token())
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="visits.xlsx"\r\n\r\n'.encode()
    form = b"".join([*parts, head, content, f"\r\n--{_BOUNDARY}--\r\n".encode()])
    event["headers"]["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    event["body"] = base64.b64encode(form).decode()
    return ask("resultflow/batches", event)


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    return add_batch(add_template(identifier=TEMPLATE), identifier=BATCH)


def test_the_sample_form_makes_a_batch_with_its_workbook(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)

    answer = ask_sample("resultflow/batches/upload", token=staff_token())

    assert answer.status == 202
    assert (answer.body["name"], answer.body["status"]) == ("November results", "pending")
    assert keys_in("uploads-bucket") == [workbook_key(TENANT, answer.body["id"])]


def test_a_waiting_batch_gets_its_workbook(batch: Batch) -> None:
    answer = send_form(b"PK\x03\x04 workbook", batch_id=BATCH)

    assert (answer.status, answer.body["id"]) == (202, BATCH)
    assert uploads().get(workbook_key(TENANT, BATCH)) == b"PK\x03\x04 workbook"


def test_a_new_batch_has_its_options_and_the_name_of_the_file(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)

    answer = send_form(b"PK\x03\x04", template_id=TEMPLATE, sheet="Visits", country="ke", protect_pdf="true")

    assert answer.status == 202
    shown = {name: answer.body[name] for name in ("name", "sheet", "country", "protect_pdf")}
    assert shown == {"name": "visits", "sheet": "Visits", "country": "KE", "protect_pdf": True}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Name,Phone", "workbook_not_xlsx"),
        (b"", "workbook_empty"),
        (compound_file("EncryptedPackage"), "workbook_encrypted"),
        (compound_file("Workbook"), "workbook_legacy_format"),
    ],
)
def test_what_is_no_workbook_is_refused_at_once(batch: Batch, content: bytes, code: str) -> None:
    answers = [send_form(content, batch_id=BATCH), send_form(content, template_id=TEMPLATE)]

    assert [(answer.status, answer.error) for answer in answers] == [(400, code)] * 2
    assert keys_in("uploads-bucket") == []


def test_a_large_workbook_is_told_where_to_go(batch: Batch) -> None:
    content = b"PK\x03\x04" + b"0" * LARGEST_FILE_THROUGH_API

    answer = send_form(content, batch_id=BATCH)

    assert (answer.status, answer.error) == (413, "too_large")
    assert f"{BATCH}/workbook.xlsx?" in answer.body["error"]["details"]["upload_url"]
    assert "upload_url" in answer.body["error"]["message"]


def test_a_batch_that_has_its_workbook_takes_no_other(batch: Batch) -> None:
    fill_batch(batch, [row_of(batch, 2)])

    answer = send_form(b"PK\x03\x04", batch_id=BATCH)

    assert (answer.status, answer.error) == (422, "batch_has_workbook")


def test_a_form_that_names_neither_batch_nor_template_is_refused(results_cloud: None) -> None:
    answer = send_form(b"PK\x03\x04")

    assert (answer.status, answer.error) == (400, "validation_error")
    assert "batch_id" in answer.body["error"]["details"]


def test_fields_that_a_form_does_not_have_are_refused_by_name_and_nothing_is_made(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)

    answer = send_form(b"PK\x03\x04", template_id=TEMPLATE, protect="true", contry="KE")

    assert (answer.status, answer.error) == (400, "validation_error")
    assert set(answer.body["error"]["details"]) == {"protect", "contry"}
    assert keys_in("uploads-bucket") == []


def test_a_second_file_is_refused_by_name(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)

    answer = send_form(b"PK\x03\x04", template_id=TEMPLATE, file="another one")

    assert (answer.status, set(answer.body["error"]["details"])) == (400, {"file"})


def test_what_stands_in_a_file_is_no_field_of_the_form(batch: Batch) -> None:
    content = b'PK\x03\x04\r\nContent-Disposition: form-data; name="odd"\r\n\r\n'

    assert send_form(content, batch_id=BATCH).status == 202


def test_a_form_without_a_file_is_refused(results_cloud: None) -> None:
    form = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="batch_id"\r\n\r\n{BATCH}\r\n--{_BOUNDARY}--\r\n'
    event: dict[str, Any] = sample_event("resultflow/batches/upload", access_token=staff_token())
    event["headers"]["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    event["body"] = base64.b64encode(form.encode()).decode()

    answer = ask("resultflow/batches", event)

    assert (answer.status, list(answer.body["error"]["details"])) == (400, ["file"])
