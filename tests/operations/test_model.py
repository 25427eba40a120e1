"""What may be seen of a dead letter."""

import json

import pytest

from herald.operations.model import shown_content
from tests.support.events import sample_event

PERSONAL = ("+12025550002", "amina@greenfield.example", "{name}", "your results")


def test_a_letter_says_which_work_it_was() -> None:
    body = sample_event("workers/deliver/schedule_due")["Records"][0]["body"]

    content = shown_content(body)

    assert content["batch_id"] == "0192f3a4-6000-7000-8000-00000000b001"
    assert (content["first_row"], content["tries"]) == (2, 0)


@pytest.mark.parametrize("sample", ["deliver/schedule_due", "erase/person", "send_mail/mail_queued"])
def test_nothing_of_a_person_is_shown(sample: str) -> None:
    body = sample_event(f"workers/{sample}")["Records"][0]["body"]
    assert any(each in body for each in PERSONAL)

    shown = json.dumps(shown_content(body))

    assert "tenant_id" in shown
    assert not any(each in shown for each in PERSONAL)


def test_an_event_that_a_function_gave_up_says_which_file_and_why() -> None:
    event = sample_event("workers/ingest/workbook_uploaded")
    lost = {
        "requestContext": {
            "functionArn": "arn:aws:lambda:eu-west-1:123456789012:function:ingest:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event,
        "responsePayload": {"errorMessage": "Amina's cell is odd", "errorType": "Fault"},
    }

    content = shown_content(json.dumps(lost))

    assert content["key"] == event["detail"]["object"]["key"]
    assert (content["condition"], content["approximateInvokeCount"]) == ("RetriesExhausted", 3)
    assert content["errorType"] == "Fault"
    assert "Amina" not in json.dumps(content)


@pytest.mark.parametrize("body", ["", "no JSON", "[1]", "null", "[" * 100_000, '{"tenant_id": {"phone": "+1"}}'])
def test_what_is_no_work_of_ours_shows_nothing(body: str) -> None:
    assert shown_content(body) == {}


def test_what_is_shown_is_bounded() -> None:
    deep: dict[str, object] = {"row": 1}
    for _ in range(10):
        deep = {"within": deep}

    assert shown_content(json.dumps(deep)) == {}
    assert len(str(shown_content(json.dumps({"key": "x" * 100_000}))["key"])) == 300
