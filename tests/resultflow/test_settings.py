"""Settings over HTTP."""

import pytest

from tests.support.events import STRANGER, TEMPLATE, staff_token
from tests.support.functions import ask_sample
from tests.support.results import add_template


def test_settings_are_shown_as_they_were_put(results_cloud: None) -> None:
    before = ask_sample("resultflow/settings/get", token=staff_token())
    put = ask_sample("resultflow/settings/put", token=staff_token())
    after = ask_sample("resultflow/settings/get", token=staff_token())

    assert before.body == {"retention_days": 365, "country": None}
    assert put.body == after.body == {"retention_days": 90, "country": "KE"}
    assert ask_sample("resultflow/settings/get", token=staff_token(STRANGER)).body == before.body


def test_a_country_can_be_taken_back(results_cloud: None) -> None:
    ask_sample("resultflow/settings/put", token=staff_token())

    answer = ask_sample("resultflow/settings/put", token=staff_token(), body={"retention_days": 7, "country": None})

    assert answer.body == {"retention_days": 7, "country": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"retention_days": 31, "country": None}, "retention_days"),
        ({"retention_days": 30, "country": "XX"}, "country"),
        ({"country": "KE"}, "retention_days"),
        ({"retention_days": 30}, "country"),
        ({"retention_days": "long", "country": None}, "retention_days"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(results_cloud: None, body: dict[str, object], field: str) -> None:
    answer = ask_sample("resultflow/settings/put", token=staff_token(), body=body)

    assert (answer.status, answer.error) == (400, "validation_error")
    assert list(answer.body["error"]["details"]) == [field]


def test_a_new_batch_keeps_what_was_decided(results_cloud: None) -> None:
    add_template(identifier=TEMPLATE)
    ask_sample("resultflow/settings/put", token=staff_token())

    created = ask_sample("resultflow/batches/create", token=staff_token()).body
    listed = ask_sample("resultflow/batches/list", token=staff_token()).body["batches"]

    assert listed[0]["id"] == created["id"]
    assert listed[0]["country"] == "KE"
