"""From the stream of messages through the relay and a queue to the reports that the messages are about."""

import json
import os
from typing import Any

import pytest

from herald.adapters.aws.client import aws_client
from herald.messaging.model import MessageStatus, StatusReport
from herald.messaging.store import MessageStore
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report
from tests.support.cloud import messages_in_queue, queued_messages
from tests.support.events import MESSAGE, claim_sample_message, sample_event
from tests.support.functions import invoke
from tests.support.log import ReadLog, read_log
from tests.support.results import NOW, TENANT, current, rendered_batch
from tests.support.stream import TableStream

__all__ = ["read_log"]

QUEUE = "REPORT_MESSAGES_QUEUE_URL"
DEAD_LETTERS = "RELAY_MESSAGES_DEAD_LETTERS_URL"
TEXT_SENT = "workers/relay_messages/text_sent"


@pytest.fixture
def sent(results_cloud: None) -> Report:
    """A report whose text is with the carrier."""
    _, (report,) = rendered_batch(1)
    assert DeliveryStore().begin(report.place, now=NOW, delivery_id=MESSAGE, from_statuses=[DeliveryStatus.NOT_SENT])
    claim_sample_message(report)
    return current(report)


def test_what_became_of_a_text_is_told_to_its_report(sent: Report) -> None:
    stream = TableStream("MESSAGES_TABLE")
    changes = stream.new_records()
    MessageStore().advance(StatusReport(TENANT, MESSAGE, MessageStatus.UNDELIVERED, "SM1", "30003"))
    changes += stream.new_records()

    assert invoke("workers/relay_messages", {"Records": changes}) == {"batchItemFailures": []}
    assert invoke("workers/follow_messages", _event_of(queued_messages(QUEUE))) == {"batchItemFailures": []}

    assert current(sent).delivery_status is DeliveryStatus.UNDELIVERED
    assert current(sent).delivery_error == "30003"


def test_a_sent_text_moves_its_report_on(sent: Report) -> None:
    answer = invoke("workers/follow_messages", _event_of([_change(sent, "sending"), _change(sent, "sent")]))

    assert answer == {"batchItemFailures": []}
    assert current(sent).delivery_status is DeliveryStatus.SENT


def test_a_removed_message_is_told_to_nobody(sent: Report) -> None:
    answer = invoke("workers/relay_messages", sample_event("workers/relay_messages/claim_released"))

    assert answer == {"batchItemFailures": []}
    assert messages_in_queue(QUEUE) == 0


def test_neither_the_number_nor_the_words_of_a_text_are_told(results_cloud: None, read_log: ReadLog) -> None:
    invoke("workers/relay_messages", sample_event(TEXT_SENT))

    told = queued_messages(QUEUE)

    assert [change["status"] for change in told] == ["sending", "sent"]
    assert "+1202" not in json.dumps(told)
    assert "Amara" not in json.dumps(told)
    assert "+1202" not in json.dumps(read_log())


def test_an_invocation_writes_one_line_with_what_was_told_and_dropped(results_cloud: None, read_log: ReadLog) -> None:
    event = sample_event(TEXT_SENT)
    event["Records"][0]["dynamodb"]["NewImage"]["reference"] = {"S": "campaign#7#1"}

    invoke("workers/relay_messages", event)

    (line,) = read_log()
    assert (line["outcome"], line["records"]) == ("ok", 2)
    assert (line["told"], line["dropped"], line["refused"]) == ({"report": 1}, {"campaign": 1}, {})


def test_a_status_that_nobody_knows_costs_only_its_own_change(sent: Report) -> None:
    event = sample_event(TEXT_SENT)
    event["Records"][0]["dynamodb"]["NewImage"]["status"] = {"S": "a status of next year"}

    assert invoke("workers/relay_messages", event) == {"batchItemFailures": []}
    unknown, _ = queued_messages(QUEUE)
    answer = invoke("workers/follow_messages", _event_of([unknown, _change(sent, "sent")]))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert current(sent).delivery_status is DeliveryStatus.SENT


def test_what_a_queue_refuses_waits_among_the_dead_letters_and_is_taken_from_there_later(
    sent: Report, read_log: ReadLog
) -> None:
    _delete_queue(QUEUE)
    MessageStore().advance(StatusReport(TENANT, MESSAGE, MessageStatus.UNDELIVERED, "SM1", "30003"))

    answer = invoke("workers/relay_messages", {"Records": TableStream("MESSAGES_TABLE").new_records()})

    (line,) = read_log()
    assert (answer, line["outcome"]) == ({"batchItemFailures": []}, "refused")
    assert invoke("workers/follow_messages", _event_of(queued_messages(DEAD_LETTERS))) == {"batchItemFailures": []}
    assert current(sent).delivery_status is DeliveryStatus.UNDELIVERED


def test_what_the_dead_letters_refuse_too_comes_again(sent: Report) -> None:
    _delete_queue(QUEUE)
    _delete_queue(DEAD_LETTERS)
    event = sample_event(TEXT_SENT)

    answer = invoke("workers/relay_messages", event)

    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    assert answer == {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def _delete_queue(variable: str) -> None:
    aws_client("sqs").delete_queue(QueueUrl=os.environ[variable])


def _change(report: Report, status: str) -> dict[str, Any]:
    reference = f"report#{report.batch_id}#{report.row}"
    return {"tenant_id": TENANT, "message_id": MESSAGE, "reference": reference, "status": status, "error_code": ""}


def _event_of(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """What SQS hands to a function: messages of a queue, ``message-0`` the first of them."""
    (record, *_) = sample_event("workers/follow_messages/text_sent")["Records"]
    records = [
        record | {"messageId": f"message-{number}", "body": json.dumps(message)}
        for number, message in enumerate(messages)
    ]
    return {"Records": records}
