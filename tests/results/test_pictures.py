"""Pictures from the cells of a workbook to the rows of a batch and into their documents."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.drawing.image import Image

from herald.adapters.aws.client import aws_client
from herald.adapters.word.template import compile_slimmed, compile_template
from herald.errors import Invalid, Unprocessable
from herald.results.batches.model import Batch, Chunk
from herald.results.batches.store import BatchStore
from herald.results.corrections.model import Correction, Corrector
from herald.results.ingesting.pictures import picture_key
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.merge_check import MergeCheck
from herald.results.rendering.pictures import LoadedPictures, PicturedTemplate
from herald.results.rendering.printing import Printer
from herald.results.rendering.recording import Recording
from herald.results.rendering.samples import sample_rows, sample_values
from herald.results.rendering.service import Rendering
from herald.results.rendering.slimming_check import SlimmingCheck
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.row_values import decode, encode, readable
from herald.results.templates.store import TemplateVersionStore
from herald.values.picture import Picture, read_picture
from herald.values.sheet import Value
from tests.adapters.letters import letter, parts_of
from tests.adapters.pictures import boasting_png, data_url, drawing, photo
from tests.support.clock import FakeClock
from tests.support.results import (
    NOW,
    PASSWORDS,
    FakeConverter,
    add_batch,
    add_template,
    all_reports,
    documents,
    outcome_store,
    reports_store,
)
from tests.support.workbook_reader import read_here
from tests.support.workbook_reading import ingest, ingesting, upload

PHOTO = read_picture(photo())
LOGO = read_picture(drawing())
LETTER = letter("{{ name }} {{ photo|image('3cm') }} {% for test in tests %}{{ test.plot|image }}{% endfor %}")


def workbook(path: Path, places: Mapping[str, bytes], photos: Mapping[int, str] | None = None) -> bytes:
    """Three people with pictures over these cells, and these texts in the column of photos."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Name", "Phone", "Photo", "Test 1 plot", "Test 2 plot"])
    for row in range(2, 5):
        sheet.append([f"Person {row}", f"+1202555010{row}", (photos or {}).get(row)])
    for place, content in places.items():
        sheet.add_image(Image(io.BytesIO(content)), place)
    book.save(path)
    return path.read_bytes()


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    return add_batch(add_template(content=LETTER, placeholders=("name", "photo", "tests")))


def read(batch: Batch, content: bytes, folder: Path) -> list[Report]:
    upload(batch, content)
    ingest(ingesting(read_here, FakeClock(NOW)), batch, folder)
    return all_reports(batch)


def stored(batch: Batch) -> dict[str, bytes]:
    found = aws_client("s3").list_objects_v2(
        Bucket=os.environ["DOCUMENTS_BUCKET"], Prefix=f"{batch.tenant_id}/{batch.batch_id}/pictures/"
    )
    return {entry["Key"]: documents().get(entry["Key"]) for entry in found.get("Contents", [])}


def render(batch: Batch) -> tuple[list[Report], FakeConverter]:
    converter, versions = FakeConverter(), TemplateVersionStore()
    templates = CompiledTemplates(documents(), compile_template, compile_slimmed)
    rendering = Rendering(
        BatchStore(),
        reports_store(),
        templates,
        Printer(converter, lambda _pdf, _text: True),
        SlimmingCheck(versions, templates, FakeConverter(), lambda _one, _other: False),
        MergeCheck(versions, FakeConverter(), lambda _one, _other: False, lambda _pdf: 1, lambda _pdf, _text: True),
        Recording(
            reports_store(), outcome_store(), documents(), PASSWORDS, lambda pdf, _password: pdf, clock=lambda: NOW
        ),
        LoadedPictures(documents()),
    )
    rendering.render(batch.tenant_id, batch.batch_id, Chunk(2, 4))
    return all_reports(batch), converter


def media(document: bytes) -> list[bytes]:
    return [part for name, part in parts_of(document).items() if "/media/" in name]


def test_pictures_are_stored_once_and_rows_keep_their_names(batch: Batch, tmp_path: Path) -> None:
    places = {"C2": PHOTO.content, "C3": PHOTO.content, "D2": LOGO.content, "E2": PHOTO.content}

    reports = read(batch, workbook(tmp_path / "w.xlsx", places), tmp_path)

    assert stored(batch) == {picture_key(batch, each): each.content for each in (PHOTO, LOGO)}
    assert [report.values["photo"] for report in reports] == [PHOTO, PHOTO, None]
    assert reports[0].values["tests"] == [{"plot": LOGO}, {"plot": PHOTO}]
    assert all(isinstance(cell, Picture) and not cell.content for cell in [reports[0].values["photo"]])
    assert len(encode(reports[0].values)) < 400


def test_pictures_are_kept_as_long_as_the_batchs_pdfs(batch: Batch, tmp_path: Path) -> None:
    read(batch, workbook(tmp_path / "w.xlsx", {"C2": PHOTO.content}), tmp_path)

    tags = aws_client("s3").get_object_tagging(Bucket=os.environ["DOCUMENTS_BUCKET"], Key=picture_key(batch, PHOTO))
    assert tags["TagSet"] == [{"Key": "retention", "Value": str(batch.retention_days)}]


def test_a_workbook_that_is_read_again_finds_its_pictures_stored(batch: Batch, tmp_path: Path) -> None:
    documents().put_once(picture_key(batch, PHOTO), PHOTO.content, content_type=PHOTO.content_type)

    reports = read(batch, workbook(tmp_path / "w.xlsx", {"C2": PHOTO.content}), tmp_path)

    assert reports[0].values["photo"] == PHOTO
    assert len(stored(batch)) == 1


def test_a_bad_picture_costs_its_row_and_says_where_and_why(batch: Batch, tmp_path: Path) -> None:
    content = workbook(tmp_path / "w.xlsx", {"C2": PHOTO.content, "C3": LOGO.content})
    bomb = boasting_png(60_000, 60_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "w.xlsx", "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, bomb if part == LOGO.content else part)

    reports = read(batch, (tmp_path / "w.xlsx").read_bytes(), tmp_path)

    assert [report.status for report in reports] == [ReportStatus.PENDING, ReportStatus.FAILED, ReportStatus.PENDING]
    problem = reports[1].problem
    assert problem is not None
    assert (problem.code, problem.column, problem.row) == ("picture_too_large", "Photo", 3)


def test_rows_are_rendered_with_their_own_pictures(batch: Batch, tmp_path: Path) -> None:
    places = {"C2": PHOTO.content, "D2": LOGO.content}
    read(batch, workbook(tmp_path / "w.xlsx", places, {3: "smile.jpg", 4: "https://example.org/a.png"}), tmp_path)

    reports, converter = render(batch)

    assert [report.status for report in reports] == [ReportStatus.READY, ReportStatus.FAILED, ReportStatus.FAILED]
    assert media(converter.printed[0]) == [PHOTO.content, LOGO.content]
    problems = [report.problem.message for report in reports if report.problem]
    assert "photo is not a picture" in problems[0]
    assert "addresses are never fetched" in problems[1]


def test_a_picture_that_is_gone_costs_its_row(batch: Batch, tmp_path: Path) -> None:
    read(batch, workbook(tmp_path / "w.xlsx", {"C2": PHOTO.content}), tmp_path)
    documents().delete(picture_key(batch, PHOTO))

    reports, _press = render(batch)

    assert [report.problem.code if report.problem else "" for report in reports] == ["template_picture_missing", "", ""]


def test_a_picture_is_looked_for_in_the_rows_own_batch_alone(batch: Batch) -> None:
    other = add_batch()
    documents().put(picture_key(other, PHOTO), PHOTO.content, content_type="image/jpeg")
    template = PicturedTemplate(compile_template(LETTER), batch, LoadedPictures(documents()))

    with pytest.raises(Invalid):
        template.fill({"name": "Zoë", "photo": PHOTO.without_content, "tests": []})


def test_the_same_picture_is_loaded_once(batch: Batch) -> None:
    documents().put(picture_key(batch, PHOTO), PHOTO.content, content_type="image/jpeg")
    loaded = LoadedPictures(documents())
    row: dict[str, Value] = {"name": "Zoë", "photo": PHOTO.without_content, "tests": [{"plot": PHOTO.without_content}]}
    template = PicturedTemplate(compile_template(LETTER), batch, loaded)

    template.fill(row)
    documents().delete(picture_key(batch, PHOTO))

    assert media(template.merge([row, row])) == [PHOTO.content]


# ---------------------------------------------------------------- stored and shown


def test_a_picture_is_stored_by_its_name() -> None:
    row: dict[str, Value] = {"photo": PHOTO, "tests": [{"plot": LOGO}]}

    assert decode(encode(row)) == row
    assert PHOTO.content not in encode(row).encode()
    assert readable(row) == {"photo": f"picture:{PHOTO.name}", "tests": [{"plot": f"picture:{LOGO.name}"}]}


@pytest.mark.parametrize("name", ["../../other/batch/pictures/" + "0" * 32 + ".png", "tenant-2/x.png", ""])
def test_a_stored_row_cannot_name_anything_but_a_picture_of_its_batch(name: str) -> None:
    with pytest.raises(ValueError, match="no picture"):
        decode(f'{{"photo":{{"picture":"{name}"}}}}')


def test_no_text_in_a_cell_becomes_a_picture() -> None:
    row: dict[str, Value] = {"photo": f"picture:{PHOTO.name}", "more": f'{{"picture":"{PHOTO.name}"}}'}

    assert decode(encode(row)) == row


# ---------------------------------------------------------------- corrected


def corrected(report: Report, batch: Batch, values: Mapping[str, Value]) -> Mapping[str, Value]:
    correcting = Corrector(batch, ("name", "photo", "tests"), PASSWORDS)
    return correcting.correct(report, Correction(values=values)).report.values


@pytest.fixture
def report(batch: Batch, tmp_path: Path) -> Report:
    return read(batch, workbook(tmp_path / "w.xlsx", {"C2": PHOTO.content, "D2": LOGO.content}), tmp_path)[0]


def test_a_picture_that_comes_back_as_it_was_shown_is_still_that_picture(batch: Batch, report: Report) -> None:
    shown = readable(report.values)
    swapped: dict[str, Value] = {"photo": f"picture:{LOGO.name}", "tests": [{"plot": f"picture:{PHOTO.name}"}]}

    assert corrected(report, batch, {"photo": shown["photo"]})["photo"] == PHOTO  # type: ignore[dict-item]  # a text
    assert corrected(report, batch, swapped) == {**report.values, "photo": LOGO, "tests": [{"plot": PHOTO}]}


def test_a_picture_can_be_taken_away(batch: Batch, report: Report) -> None:
    assert corrected(report, batch, {"photo": None})["photo"] is None


def test_another_rows_picture_cannot_be_named(batch: Batch, report: Report) -> None:
    stranger = f"picture:{read_picture(photo(shade=7)).name}"

    assert corrected(report, batch, {"photo": stranger})["photo"] == stranger


def test_a_picture_that_is_spelled_out_is_refused(batch: Batch, report: Report) -> None:
    for values in ({"photo": data_url(LOGO.content)}, {"tests": [{"plot": data_url(LOGO.content)}]}):
        with pytest.raises(Unprocessable) as caught:
            corrected(report, batch, values)
        assert caught.value.code == "picture_not_accepted"


# ---------------------------------------------------------------- samples


def test_samples_have_pictures_where_the_template_draws_some(results_cloud: None) -> None:
    template = compile_template(
        letter("{{ photo|image }} {{ code|qr }}{% for t in tests %}{{ t.plot|image }}{% endfor %}")
    )

    filled = [template.fill(row) for row in [sample_values(template.fields), *sample_rows(template.fields)]]

    assert [len(media(document)) for document in filled] == [2, 2, 2, 2, 0]
