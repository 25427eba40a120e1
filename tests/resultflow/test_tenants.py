"""A second tenant reaches nothing of the first, by any id, at any endpoint."""

from typing import Any

import pytest

from herald.identity.model import Principal
from herald.results.reports.model import Report
from tests.support.cloud import queued_messages, stored_items
from tests.support.events import ADMIN, BATCH, STRANGER, TEMPLATE, keep_sample_link, staff_token
from tests.support.functions import ask_sample
from tests.support.requests import Answer
from tests.support.results import add_batch, add_template, rendered_batch

BY_ID = [
    "templates/detail",
    "batches/detail",
    "batches/status",
    "batches/status_for_pollers",
    "batches/send",
    "batches/delete",
    "batches/retry",
    "batches/upload",
    "batches/cancel_scheduled",
    "batches/make_passwords",
    "batches/create",
    "reports/list",
    "reports/detail",
    "reports/update",
    "reports/delete",
    "reports/retry",
    "reports/withdraw",
    "reports/pdf",
    "reports/send",
    "reports/cancel_scheduled",
]


@pytest.fixture
def report(results_cloud: None) -> Report:
    """What the first tenant has, under the samples' ids."""
    batch = add_batch(add_template(identifier=TEMPLATE), identifier=BATCH)
    _, reports = rendered_batch(2, batch=batch)
    keep_sample_link(reports[0])
    return reports[0]


def ask_as_stranger(sample: str) -> Answer:
    return ask_sample(f"resultflow/{sample}", token=staff_token(STRANGER))


@pytest.mark.parametrize("sample", BY_ID)
def test_nothing_is_there_under_the_first_tenants_ids(report: Report, sample: str) -> None:
    before = stored_items("RESULTS_TABLE")

    answer = ask_as_stranger(sample)

    assert (answer.status, answer.error) == (404, "not_found")
    assert stored_items("RESULTS_TABLE") == before
    assert queued_messages() == []


@pytest.mark.parametrize("sample", ["templates/list", "batches/list", "reports/search"])
def test_lists_are_empty(report: Report, sample: str) -> None:
    (entries, cursor) = ask_as_stranger(sample).body.values()

    assert (entries, cursor) == ([], None)


def test_the_same_idempotency_key_is_another_tenants_own(report: Report) -> None:
    first = ask_sample("resultflow/batches/create", token=staff_token())

    assert first.status == 201
    assert ask_as_stranger("batches/create").status == 404


def test_a_cursor_does_not_lead_out_of_its_tenant(report: Report) -> None:
    def page_of_one(principal: Principal, cursor: str = "") -> dict[str, Any]:
        more = f"&cursor={cursor}" if cursor else ""
        token = staff_token(principal)
        return ask_sample("resultflow/reports/list", token=token, path=("limit=20", f"limit=1{more}")).body

    cursor = page_of_one(ADMIN)["next_cursor"]

    assert page_of_one(ADMIN, cursor)["reports"][0]["row"] == 3
    assert page_of_one(STRANGER, cursor)["error"]["code"] == "not_found"
