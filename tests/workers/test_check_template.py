"""Word files that arrive by upload URL: good ones become versions, hostile ones a reason."""

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from herald.adapters.aws.client import aws_client
from herald.adapters.word.package import MAX_INFLATED_BYTES
from herald.results.composition import results
from herald.results.templates.model import Template, TemplateStatus
from herald.results.templates.store import TemplateStore
from tests.adapters import letters
from tests.support.cloud import stored_items
from tests.support.events import TEMPLATE, sample_event
from tests.support.functions import invoke, started_anew
from tests.support.renderer import FakeRenderer
from tests.support.results import NOW, TENANT, documents, uploads

ARRIVED = "workers/check_template/template_uploaded"


@pytest.fixture(autouse=True)
def renderer(results_cloud: None) -> Iterator[FakeRenderer]:
    """Takes the place of the function that renders."""
    renderer = FakeRenderer()
    results().renderer = renderer
    with started_anew("workers/check_template"):
        yield renderer


@pytest.fixture(autouse=True)
def template(results_cloud: None) -> Template:
    """The samples' template, waiting for its file."""
    template = Template(TENANT, TEMPLATE, "Letter", "", 0, (), "", NOW, NOW, TemplateStatus.PENDING)
    assert TemplateStore().add(template)
    return template


def arrival(content: bytes) -> dict[str, Any]:
    """The event of a file that stands in its bucket."""
    event = sample_event(ARRIVED)
    uploads().put(event["detail"]["object"]["key"], content, content_type="")
    return event


def present() -> Template:
    return TemplateStore().get(TENANT, TEMPLATE)


def stored_documents() -> list[str]:
    found = aws_client("s3").list_objects_v2(Bucket="documents-bucket").get("Contents", [])
    return [item["Key"] for item in found]


def test_a_good_file_becomes_the_first_version(renderer: FakeRenderer) -> None:
    invoke("workers/check_template", arrival(letters.letter("Dear {{ name }}")))

    template = present()
    assert (template.status, template.version, template.placeholders) == (TemplateStatus.READY, 1, ("name",))
    assert documents().get(f"{TENANT}/templates/{TEMPLATE}/1.docx").startswith(b"PK")
    assert renderer.told == [{"merge_check": {"tenant_id": TENANT, "template_id": TEMPLATE, "version": 1}}]


def test_an_event_that_comes_twice_makes_one_version() -> None:
    event = arrival(letters.letter("Dear {{ name }}"))

    invoke("workers/check_template", event)
    invoke("workers/check_template", event)

    assert present().version == 1
    assert stored_documents() == [f"{TENANT}/templates/{TEMPLATE}/1.docx"]


def test_a_broken_tag_is_told_with_its_paragraph() -> None:
    invoke("workers/check_template", arrival(letters.letter("Good day,", "Dear {{ name")))

    problem = present().problem
    assert problem is not None
    assert (problem.code, problem.paragraph) == ("template_broken_tag", "Dear {{ name")


def test_an_upload_to_a_deleted_template_comes_to_nothing() -> None:
    event = arrival(letters.letter("x"))
    TemplateStore().remove(TENANT, TEMPLATE)

    invoke("workers/check_template", event)

    assert (stored_items("RESULTS_TABLE"), stored_documents()) == ([], [])


def with_macros() -> bytes:
    return letters.with_content_type("wordprocessingml.document.main+xml", "document.macroEnabled.main+xml")


@cache
def zip_bomb() -> bytes:
    return letters.with_parts(letters.letter("x"), {"word/media/a.png": bytes(MAX_INFLATED_BYTES + 1)})


def zip_without_a_document() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return written.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "html": lambda: b"<html><img src='http://127.0.0.1/a.png'></html>",
    "rtf": lambda: b"{\\rtf1\\ansi hello}",
    "doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "pdf": lambda: b"%PDF-1.7",
    "macros": with_macros,
    "remote picture": lambda: letters.linked_picture("http://127.0.0.1/a.png"),
    "remote template": lambda: letters.with_relationship("attachedTemplate", "http://127.0.0.1/evil.dotm"),
    "dde": lambda: letters.with_body(letters.field("DDEAUTO c:\\\\windows\\\\cmd.exe")),
    "another file inside": lambda: letters.with_body('<w:altChunk w:id="a"/>'),
    "injection": lambda: letters.letter("{{ ''.__class__ }}"),
    "half a zip": lambda: letters.letter("Dear {{ name }}")[:500],
    "a zip of something else": zip_without_a_document,
    "zip bomb": zip_bomb,
    "more than ten megabytes": lambda: b"PK" + bytes(10 * 1024 * 1024),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_the_reason_and_not_kept(kind: str, renderer: FakeRenderer) -> None:
    invoke("workers/check_template", arrival(HOSTILE[kind]()))

    template = present()
    assert (template.status, template.version) == (TemplateStatus.FAILED, 0)
    assert template.problem is not None
    assert template.problem.message.endswith(".")
    assert stored_documents() == []
    assert renderer.told == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_does_not_take_a_good_versions_place(kind: str) -> None:
    invoke("workers/check_template", arrival(letters.letter("Dear {{ name }}")))

    invoke("workers/check_template", arrival(HOSTILE[kind]()))

    template = present()
    assert (template.status, template.version) == (TemplateStatus.READY, 1)
    assert template.problem is not None
    assert stored_documents() == [f"{TENANT}/templates/{TEMPLATE}/1.docx"]
