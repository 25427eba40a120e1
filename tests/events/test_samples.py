"""Every function has sample events, and accepts them."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from herald.audience.composition import audience
from herald.audience.contacts.details import ContactDetails
from herald.identity.composition import identity
from herald.results.batches.model import BatchProblem
from herald.results.batches.store import BatchStore
from herald.results.composition import results
from herald.results.erasure.model import ErasureRequest
from herald.results.rendering.model import Rendered
from herald.results.templates.store import TemplateStore
from local.samples.workbook import write_sample_workbook
from tests.adapters.letters import letter
from tests.platform.documentation import docs_function
from tests.support.contacts import create
from tests.support.converter import in_place_of_office
from tests.support.events import (
    BATCH,
    ERASURE,
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
from tests.support.functions import ask, ask_sample, invoke, started_anew
from tests.support.mails import deliver_mails, invited
from tests.support.objects import etag_of
from tests.support.people import EMAIL, SignedUp, hire, sign_up_unverified
from tests.support.renderer import FakeRenderer
from tests.support.results import (
    NOW,
    FakeConverter,
    add_batch,
    add_template,
    fill_batch,
    outcome_store,
    rendered_batch,
    row_of,
    uploads,
)

SAMPLES = [sample for name in every_function() for sample in samples_of(name)]
FOR_RECIPIENTS = tuple(f"resultflow/customer/{kind}" for kind in ("report", "record_download", "pdf_from_page"))
OF_ACCOUNTS = (
    "platform/auth",
    "platform/account",
    "platform/operators",
    "platform/organisation",
    "platform/users",
    "mifumo/",
    "iperform/",
    "workers/send_mail",
)
"""Samples that speak of somebody who has signed up."""
OF_AUDIENCE = ("mifumo/audience",)
WITH_MAILS = ("platform/account", "mifumo/auth", "mifumo/tenants")


@pytest.mark.parametrize("name", every_function())
def test_every_function_has_a_sample_event(name: str) -> None:
    assert samples_of(name)


def test_every_sample_event_belongs_to_a_function() -> None:
    folders = {str(path.parent.relative_to(EVENTS)) for path in EVENTS.rglob("*.json")}

    assert folders <= set(every_function())


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_function_accepts_its_sample_event(
    results_cloud: None, stand_ins: ExitStack, tmp_path_factory: pytest.TempPathFactory, sample: str
) -> None:
    if not sample.startswith(OF_ACCOUNTS):
        prepare(sample, stand_ins, tmp_path_factory)
    event = sample_event(sample, **{"access_token": _token(sample), **_account(sample), **_etag(sample)})

    assert _is_accepted(sample, event)


@pytest.fixture
def stand_ins() -> Iterator[ExitStack]:
    """What stands in a function's outside world for one test."""
    with ExitStack() as stand_ins:
        yield stand_ins


def prepare(sample: str, stand_ins: ExitStack, folders: pytest.TempPathFactory) -> None:
    """What the samples speak of, as far along as this one needs it."""
    template = add_template(identifier=TEMPLATE, content=letter("Dear {{ name }},"))
    assert TemplateStore().get(template.tenant_id, TEMPLATE) == template
    batch = add_batch(template, identifier=BATCH)
    if sample.startswith("resultflow/templates/preview"):
        results().renderer = FakeRenderer()
        stand_ins.enter_context(started_anew("resultflow/templates"))
    if sample.startswith("workers/check_template"):
        key = sample_event(sample)["detail"]["object"]["key"]
        uploads().put(key, letter("Dear {{ name }},"), content_type="")
    if sample.startswith("workers/ingest"):
        workbook = folders.mktemp("workbook") / "workbook.xlsx"
        write_sample_workbook(workbook)
        uploads().put(sample_event(sample)["detail"]["object"]["key"], workbook.read_bytes(), content_type="")
        return
    if sample.startswith(("workers/render", "workers/finish_batch")):
        stand_ins.enter_context(in_place_of_office(FakeConverter()))
        fill_batch(batch, [row_of(batch, row) for row in (2, 3)])
        return
    if sample in {"resultflow/reports/retry", "resultflow/batches/retry"}:
        fill_batch(batch, [row_of(batch, 2)])
        slow = Rendered(2, problem=BatchProblem("pdf_timed_out", "LibreOffice took too long.", 2))
        outcome_store().record(batch.tenant_id, BATCH, [slow], now=NOW)
        BatchStore().complete(BatchStore().get(batch.tenant_id, BATCH), now=NOW)
        return
    _, reports = rendered_batch(batch=batch)
    keep_sample_link(reports[0])
    if sample.endswith("/cancel_scheduled"):
        schedule_samples(reports[0])
    if sample in {"resultflow/erasures/detail", "workers/erase/person"}:
        results().erasure_request_store.add(ErasureRequest(batch.tenant_id, ERASURE, NOW))
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
    return {"workbook_etag": etag_of("uploads-bucket", sample_event(sample)["detail"]["object"]["key"])}


def _account(sample: str) -> dict[str, str]:
    """What the samples know of somebody who has signed up, where a sample needs an account."""
    if not sample.startswith(OF_ACCOUNTS):
        return {}
    account = sign_up_unverified()
    [verification] = deliver_mails()
    identity().person_store.set_verified(identity().person_store.get(account.user_id))
    if sample.startswith("platform/users"):
        hire(account, "grace@greenfield.example")
    tokens = {
        "refresh_token": account.refresh_token,
        "access_token": account.token,
        "session_id": account.principal.session_id,
        "tenant_id": account.tenant_id,
        "user_id": account.user_id,
        "verify_email_token": verification.token,
        "key_id": _key_of(account) if sample.startswith("mifumo/keys") else "",
        "contact_id": _contact_of(account, sample) if sample.startswith(OF_AUDIENCE) else "",
    }
    return tokens | (_mailed(account) if sample.startswith(WITH_MAILS) else {})


def _key_of(account: SignedUp) -> str:
    new_key = ask_sample("mifumo/keys/generate", token=account.token)
    return str(new_key.body["data"]["id"])


def _contact_of(account: SignedUp, sample: str) -> str:
    contact = create(ContactDetails(phone="+255700000009", name="Asha"), tenant_id=account.tenant_id)
    if sample.endswith("/restore_contact"):
        audience().contacts.delete(account.tenant_id, contact.contact_id)
    return contact.contact_id


def _mailed(account: SignedUp) -> dict[str, str]:
    identity().recovery.ask_for_reset(EMAIL)
    [reset] = deliver_mails()
    return {
        "reset_password_token": reset.token,
        "invitation_token": invited(account, "grace@greenfield.example").token,
        "invitation_id": _invitation_of(account),
    }


def _invitation_of(account: SignedUp) -> str:
    [invitation] = identity().invitations.of_tenant(account.principal, account.tenant_id)
    return invitation.invitation_id
