"""Templates over HTTP: uploaded as a form, listed, shown."""

import base64

from tests.adapters.letters import letter
from tests.support.cloud import stored_items
from tests.support.events import sample_event, staff_token
from tests.support.functions import HttpAnswer, ask, ask_sample

BOUNDARY = "a-boundary"


def upload(
    content: bytes, *, name: str = "Letter", file_name: str = "letter.docx", boundary: str = BOUNDARY, **headers: str
) -> HttpAnswer:
    """What is answered to a form with one file."""
    event = sample_event("resultflow/templates/upload", access_token=staff_token())
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n'
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\n'
    body = head.encode() + file.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    event["headers"] |= {"content-type": f"multipart/form-data; boundary={boundary}", **headers}
    event["body"] = base64.b64encode(body).decode()
    return ask("resultflow/templates", event)


def test_an_uploaded_template_tells_what_it_needs(results_cloud: None) -> None:
    answer = ask_sample("resultflow/templates/upload", token=staff_token())

    assert answer.status == 201
    assert (answer.body["name"], answer.body["version"]) == ("Result letter", 1)
    assert answer.body["placeholders"] == ["fee", "name"]


def test_an_uploaded_template_is_listed_and_shown(results_cloud: None) -> None:
    template = upload(letter("Dear {{ name }}")).body

    listed = ask_sample("resultflow/templates/list", token=staff_token()).body
    shown = ask_sample(
        "resultflow/templates/detail", token=staff_token(), path=(_sample_template(), template["id"])
    ).body

    assert listed == {"templates": [template], "next_cursor": None}
    assert shown == template


def test_a_template_is_called_as_its_file_where_it_has_no_name(results_cloud: None) -> None:
    assert upload(letter("x"), name="", file_name="november.docx").body["name"] == "november"


def test_a_file_that_is_no_word_document_is_refused_and_not_kept(results_cloud: None) -> None:
    answer = upload(b"%PDF-1.7")

    assert answer.status == 400
    assert answer.error != "internal_error"
    assert stored_items("RESULTS_TABLE") == []


def test_a_template_with_a_broken_tag_is_refused_with_the_reason(results_cloud: None) -> None:
    answer = upload(letter("Dear {{ name"))

    assert answer.status == 400
    assert stored_items("RESULTS_TABLE") == []


def test_a_template_of_more_than_four_megabytes_is_too_large(results_cloud: None) -> None:
    assert upload(b"PK" + bytes(4 * 1024 * 1024)).status == 413


def test_the_same_upload_again_is_the_same_template(results_cloud: None) -> None:
    content = letter("x")

    first, second = (upload(content, boundary=boundary, **{"idempotency-key": "once"}) for boundary in ("one", "two"))

    assert (first.status, second.status, first.body) == (201, 201, second.body)
    assert len(stored_items("RESULTS_TABLE")) == 2, "the template and its one version"


def test_nobody_uploads_without_signing_in(results_cloud: None) -> None:
    answer = ask_sample("resultflow/templates/upload", token="nonsense")

    assert (answer.status, answer.error) == (401, "auth_required")


def _sample_template() -> str:
    return str(sample_event("resultflow/templates/detail")["pathParameters"]["proxy"])
