"""Erasures over HTTP."""

import pytest

from herald.identity.model import Principal, Role
from tests.support.cloud import queued_messages, stored_items
from tests.support.events import STRANGER, staff_token
from tests.support.functions import ask_sample
from tests.support.results import TENANT


def test_an_erasure_is_asked_for_and_followed_without_anybody_reading_whose_it_is(results_cloud: None) -> None:
    asked = ask_sample("resultflow/erasures/request", token=staff_token())

    assert (asked.status, asked.body["status"], asked.body["reports"]) == (202, "running", 0)
    [message] = queued_messages("ERASURES_QUEUE_URL")
    assert (message["erasure_id"], message["phone"]) == (asked.body["id"], "+12025550002")
    stored = [*stored_items("RESULTS_TABLE"), *stored_items("IDENTITY_TABLE")]
    assert asked.body["id"] in str(stored)
    assert "2025550002" not in str(stored)
    path = ("0192f3a4-6000-7000-8000-00000000e001", asked.body["id"])
    assert ask_sample("resultflow/erasures/detail", token=staff_token(), path=path).body == asked.body
    assert ask_sample("resultflow/erasures/detail", token=staff_token(STRANGER), path=path).status == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_may_ask_for_one(results_cloud: None, role: Role) -> None:
    token = staff_token(Principal("user-3", TENANT, role, "session-3"))

    for sample in ("request", "detail"):
        assert ask_sample(f"resultflow/erasures/{sample}", token=token).status == 403


def test_what_is_no_number_is_refused_by_its_field(results_cloud: None) -> None:
    for body in ({"phone": "nobody"}, {}, {"phone": "+12025550002", "email": "amara@example.org"}):
        answer = ask_sample("resultflow/erasures/request", token=staff_token(), body=body)

        assert (answer.status, answer.error) == (400, "validation_error")
        assert "phone" in answer.body["error"]["details"]
