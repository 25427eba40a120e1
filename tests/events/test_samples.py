"""Every function has sample events, and accepts them."""

from typing import Any

import pytest

from herald.results.batches.store import BatchStore
from herald.results.model import BatchProblem, Rendered
from herald.results.templates.store import TemplateStore
from local.samples.workbook import write_sample_workbook
from tests.adapters.letters import letter
from tests.platform.documentation import docs_function
from tests.support.events import (
    BATCH,
    EVENTS,
    TEMPLATE,
    claim_sample_message,
    every_function,
    keep_sample_link,
    recipient_token,
    sample_event,
    samples_of,
    schedule_samples,
    staff_token,
)
from tests.support.functions import ask, function, invoke
from tests.support.objects import etag_of
from tests.support.press import install_press
from tests.support.renderer import TameRenderer
from tests.support.results import (
    NOW,
    PdfPress,
    add_batch,
    add_template,
    fill_batch,
    rendered_batch,
    row_of,
    settlements,
    uploads,
)

SAMPLES = [sample for name in every_function() for sample in samples_of(name)]
FOR_RECIPIENTS = tuple(f"resultflow/customer/{kind}" for kind in ("report", "record_download", "pdf_from_page"))
PASSWORD = "securePassword123"


@pytest.mark.parametrize("name", every_function())
def test_every_function_has_a_sample_event(name: str) -> None:
    assert samples_of(name)


def test_every_sample_event_belongs_to_a_function() -> None:
    folders = {str(path.parent.relative_to(EVENTS)) for path in EVENTS.rglob("*.json")}

    assert folders <= set(every_function())


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_function_accepts_its_sample_event(
    results_cloud: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, sample: str
) -> None:
    prepare(sample, monkeypatch, tmp_path_factory)
    event = sample_event(sample, **{"access_token": _token(sample), **_session(sample), **_etag(sample)})

    assert _is_accepted(sample, event)


def prepare(sample: str, monkeypatch: pytest.MonkeyPatch, folders: pytest.TempPathFactory) -> None:
    """What the samples speak of, as far along as this one needs it."""
    template = add_template(identifier=TEMPLATE, content=letter("Dear {{ name }},"))
    assert TemplateStore().get(template.tenant_id, TEMPLATE) == template
    batch = add_batch(template, identifier=BATCH)
    if sample.startswith("resultflow/templates/preview"):
        monkeypatch.setattr(function("resultflow/templates").previews, "_renderer", TameRenderer())
    if sample.startswith("workers/check_template"):
        key = sample_event(sample)["Records"][0]["s3"]["object"]["key"]
        uploads().put(key, letter("Dear {{ name }},"), content_type="")
    if sample.startswith("workers/ingest"):
        workbook = folders.mktemp("workbook") / "workbook.xlsx"
        write_sample_workbook(workbook)
        uploads().put(sample_event(sample)["Records"][0]["s3"]["object"]["key"], workbook.read_bytes(), content_type="")
        return
    if sample.startswith(("workers/render", "workers/finish_batch")):
        install_press(monkeypatch, PdfPress())
        fill_batch(batch, [row_of(batch, row) for row in (2, 3)])
        return
    if sample in {"resultflow/reports/retry", "resultflow/batches/retry"}:
        fill_batch(batch, [row_of(batch, 2)])
        slow = Rendered(2, problem=BatchProblem("pdf_timeout", "LibreOffice took too long.", 2))
        settlements().settle(batch.tenant_id, BATCH, [slow], now=NOW)
        BatchStore().complete(batch, now=NOW)
        return
    _, reports = rendered_batch(batch=batch)
    keep_sample_link(reports[0])
    if sample.endswith("/cancel_scheduled"):
        schedule_samples(reports[0])
    if sample.startswith("platform/docs"):
        docs_function()
    if sample.startswith("platform/webhooks"):
        claim_sample_message(reports[0])


def _is_accepted(sample: str, event: dict[str, Any]) -> bool:
    name = sample.rpartition("/")[0]
    if name.startswith("workers/"):
        answer = invoke(name, event)
        return not (isinstance(answer, dict) and answer.get("batchItemFailures"))
    return ask(name, event).status < 400


def _token(sample: str) -> str:
    return recipient_token() if sample.startswith(FOR_RECIPIENTS) else staff_token()


def _etag(sample: str) -> dict[str, str]:
    """The ETag of the workbook that a sample is about."""
    if not sample.startswith("workers/ingest"):
        return {}
    return {"workbook_etag": etag_of("uploads-bucket", sample_event(sample)["Records"][0]["s3"]["object"]["key"])}


def _session(sample: str) -> dict[str, str]:
    """The tokens of somebody who has signed up, where a sample needs an account."""
    if sample.rpartition("/")[2] not in ("login", "refresh", "logout", "me"):
        return {}
    registration = sample_event("platform/auth/register")
    registration["body"] = registration["body"].replace("grace@", "amina@")
    signed_in = ask("platform/auth", registration).body
    return {"refresh_token": signed_in["refresh_token"], "access_token": signed_in["token"]}
