"""Templates over HTTP: created, uploaded as a form, listed, shown, changed, previewed, deleted."""

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import docx
import pytest

from herald.identity.model import Role
from herald.results.composition import results
from tests.adapters.letters import letter
from tests.support.cloud import stored_items
from tests.support.events import ADMIN, sample_event, staff_token
from tests.support.functions import ask, ask_sample, invoke, started_anew
from tests.support.renderer import FakeRenderer
from tests.support.requests import Answer
from tests.support.results import uploads

BOUNDARY = "a-boundary"


@pytest.fixture
def renderer(results_cloud: None) -> Iterator[FakeRenderer]:
    """Takes the place of the function that renders."""
    renderer = FakeRenderer()
    results().renderer = renderer
    with started_anew("resultflow/templates"):
        yield renderer


def upload(
    content: bytes,
    *,
    name: str = "Letter",
    file_name: str = "letter.docx",
    boundary: str = BOUNDARY,
    template_id: str = "",
    **headers: str,
) -> Answer:
    """What is answered to a form with one file."""
    event = sample_event("resultflow/templates/upload", access_token=staff_token())
    fields = {"name": name, "template_id": template_id}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{text}\r\n'
        for field, text in fields.items()
        if text
    )
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


def test_a_font_that_will_be_replaced_is_warned_of(results_cloud: None) -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Dear {{ name }}").font.name = "Aptos"
    written = io.BytesIO()
    document.save(written)

    answer = upload(written.getvalue())

    assert answer.status == 201
    assert "The font Aptos will be replaced; lines may break elsewhere." in answer.body["warnings"]


def test_a_file_that_is_no_word_document_is_refused_and_not_kept(results_cloud: None) -> None:
    answer = upload(b"%PDF-1.7")

    assert answer.status == 400
    assert answer.error != "internal_error"
    assert stored_items("RESULTS_TABLE") == []


def test_a_template_with_a_broken_tag_is_refused_with_the_reason(results_cloud: None) -> None:
    answer = upload(letter("Good day,", "Dear {{ name"))

    assert (answer.status, answer.error) == (400, "template_broken_tag")
    assert answer.body["error"]["details"]["paragraph"] == "Dear {{ name"
    assert stored_items("RESULTS_TABLE") == []


def test_a_template_of_more_than_four_megabytes_is_too_large(results_cloud: None) -> None:
    assert upload(b"PK" + bytes(4 * 1024 * 1024)).status == 413


def test_the_same_upload_again_is_the_same_template(results_cloud: None) -> None:
    content = letter("x")

    first, second = (upload(content, boundary=boundary, **{"idempotency-key": "once"}) for boundary in ("one", "two"))

    assert (first.status, second.status, first.body) == (201, 201, second.body)
    assert len(stored_items("RESULTS_TABLE")) == 3, "the template, its one version and the upload that it came by"


def test_a_form_that_names_a_template_makes_its_next_version(results_cloud: None) -> None:
    first = upload(letter("Dear {{ name }}")).body

    second = upload(letter("Dear {{ name }}, {{ fee }}"), name="", template_id=first["id"])

    assert second.status == 201
    assert (second.body["id"], second.body["name"], second.body["version"]) == (first["id"], "Letter", 2)
    assert second.body["placeholders"] == ["fee", "name"]


def test_a_broken_version_leaves_the_template_as_it_is(results_cloud: None) -> None:
    template = upload(letter("Dear {{ name }}")).body

    assert upload(letter("Dear {{ name"), template_id=template["id"]).status == 400
    assert asked("detail", template) == template


def test_nobody_makes_a_version_of_what_is_not_there(results_cloud: None) -> None:
    assert (upload(letter("x"), template_id="nothing").status, stored_items("RESULTS_TABLE")) == (404, [])


def test_a_created_template_waits_for_the_file_at_its_upload_url(results_cloud: None) -> None:
    answer = ask_sample("resultflow/templates/create", token=staff_token())

    assert answer.status == 201
    assert (answer.body["name"], answer.body["status"], answer.body["version"]) == ("Result letter", "pending", 0)
    assert f"/templates/{answer.body['id']}/" in answer.body["upload_url"]
    assert ".docx?" in answer.body["upload_url"]


def test_an_uploaded_file_is_checked_and_what_is_wrong_with_it_is_shown(results_cloud: None) -> None:
    template = ask_sample("resultflow/templates/create", token=staff_token()).body

    arrive(template, letter("Good day,", "Dear {{ name"))
    shown = asked("detail", template)

    assert (shown["status"], shown["version"]) == ("failed", 0)
    assert shown["problem"]["code"] == "template_broken_tag"
    assert shown["problem"]["paragraph"] == "Dear {{ name"

    arrive(template, letter("Dear {{ name }}"))
    shown = asked("detail", template)

    assert (shown["status"], shown["version"], shown["placeholders"]) == ("ready", 1, ["name"])
    assert shown["problem"] is None


def test_a_new_version_has_an_upload_url_of_its_own(results_cloud: None) -> None:
    template = upload(letter("Dear {{ name }}")).body

    first, second = asked("new_version", template), asked("new_version", template)

    assert (first["status"], first["version"]) == ("ready", 1)
    assert path_of(first) != path_of(second)
    arrive(first, letter("Dear {{ name }}, {{ fee }}"))
    assert asked("detail", template)["version"] == 2


def test_an_upload_address_takes_a_word_document_alone_and_where_its_size_is_told_that_size(
    results_cloud: None,
) -> None:
    template = upload(letter("Dear {{ name }}")).body

    sized = [
        ask_sample("resultflow/templates/create", token=staff_token(), body={"name": "Letter", "file_size": 4096}).body,
        answer_to("new_version", template, body={"file_size": 4096}).body,
    ]

    assert all("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost" in each["upload_url"] for each in sized)
    assert "X-Amz-SignedHeaders=content-type%3Bhost" in asked("new_version", template)["upload_url"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_who_may_not_change_templates_has_none_previewed(renderer: FakeRenderer, role: Role) -> None:
    upload(letter("Dear {{ name }}"))
    token = staff_token(replace(ADMIN, role=role))

    for sample in ("preview", "preview_with_values"):
        assert ask_sample(f"resultflow/templates/{sample}", token=token).status == 403
    assert renderer.asked == []


def test_what_a_template_is_called_can_be_changed_alone(results_cloud: None) -> None:
    template = upload(letter("Dear {{ name }}")).body

    changed = asked("update", template)

    assert changed["name"] == "Result letter, November"
    assert (changed["description"], changed["version"]) == (template["description"], 1)
    assert asked("detail", template) == changed


def test_a_change_of_nothing_is_refused(results_cloud: None) -> None:
    answer = answer_to("update", upload(letter("x")).body, body={})

    assert (answer.status, set(answer.body["error"]["details"])) == (400, {"name", "description"})


def test_a_deleted_template_is_gone(results_cloud: None) -> None:
    template = upload(letter("x")).body

    deleted = answer_to("delete", template)

    assert (deleted.status, deleted.text) == (204, "")
    assert ask_sample("resultflow/templates/list", token=staff_token()).body["templates"] == []
    for sample in ("delete", "detail", "update", "new_version", "preview", "preview_with_values"):
        assert answer_to(sample, template).status == 404


def test_a_preview_with_made_up_values_is_one_redirect_away(renderer: FakeRenderer) -> None:
    answer = answer_to("preview", upload(letter("Dear {{ name }}")).body)

    assert answer.status == 302
    assert "previews/preview.pdf?" in answer.headers["location"]
    assert [asked["preview"]["values"] for asked in renderer.asked] == [None]  # type: ignore[index]  # as it was asked


def test_a_preview_with_given_values_tells_where_it_is(renderer: FakeRenderer) -> None:
    values = {"name": "Amara", "fee": 42.5, "paid": True, "tests": [{"name": "Glucose", "value": 5}], "notes": None}

    answer = answer_to("preview_with_values", upload(letter("x")).body, body={"values": values})

    assert answer.status == 200
    assert "previews/preview.pdf?" in answer.body["pdf_url"]
    assert [asked["preview"]["values"] for asked in renderer.asked] == [values]  # type: ignore[index]  # as it was asked


@pytest.mark.parametrize("body", ["", {}, {"values": None}])
def test_a_preview_without_values_has_made_up_ones(renderer: FakeRenderer, body: object) -> None:
    assert answer_to("preview_with_values", upload(letter("x")).body, body=body).status == 200
    assert [asked["preview"]["values"] for asked in renderer.asked] == [None]  # type: ignore[index]  # as it was asked


def test_values_that_cannot_be_filled_in_are_refused_with_their_paragraph(renderer: FakeRenderer) -> None:
    fields = {"placeholder": "fee", "paragraph": "Fee: {{ fee }}"}
    renderer.answer = {"problem": {"code": "template_value_broken", "message": "No number.", "fields": fields}}

    answer = answer_to("preview_with_values", upload(letter("x")).body)

    assert (answer.status, answer.error) == (422, "template_value_broken")
    assert answer.body["error"]["details"] == fields


@pytest.mark.parametrize("values", [["x"], {"a": {"b": 1}}, {"a": [1]}, {"a": [{"b": [1]}]}])
def test_values_of_another_shape_are_refused(renderer: FakeRenderer, values: object) -> None:
    answer = answer_to("preview_with_values", upload(letter("x")).body, body={"values": values})

    assert (answer.status, renderer.asked) == (400, [])


def test_a_renderer_that_is_away_is_said_to_be_so(renderer: FakeRenderer) -> None:
    renderer.is_away = True

    assert answer_to("preview", upload(letter("x")).body).status == 503


def test_nobody_uploads_without_signing_in(results_cloud: None) -> None:
    answer = ask_sample("resultflow/templates/upload", token="nonsense")

    assert (answer.status, answer.error) == (401, "auth_required")


def answer_to(sample: str, template: dict[str, object], *, body: object = None) -> Answer:
    """What is answered to a sample, asked of this template."""
    path = (_sample_template(), str(template["id"]))
    return ask_sample(f"resultflow/templates/{sample}", token=staff_token(), path=path, body=body)


def asked(sample: str, template: dict[str, object]) -> dict[str, Any]:
    """The body of that answer."""
    return answer_to(sample, template).body


def path_of(awaited: dict[str, Any]) -> str:
    """Where in its bucket a file is awaited."""
    return urlsplit(str(awaited["upload_url"])).path.lstrip("/")


def arrive(awaited: dict[str, Any], content: bytes) -> None:
    """A file comes to an upload URL, and S3 tells."""
    uploads().put(path_of(awaited), content, content_type="")
    event = sample_event("workers/check_template/template_uploaded")
    event["detail"]["object"]["key"] = path_of(awaited)
    invoke("workers/check_template", event)


def _sample_template() -> str:
    return str(sample_event("resultflow/templates/detail")["pathParameters"]["proxy"])
