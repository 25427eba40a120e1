"""The worker that erases organisations, and what it is asked."""

import json

from herald.identity.closures.model import TenantErasure
from herald.identity.composition import identity
from herald.identity.deletion.model import Departure
from tests.support.cloud import TABLES, queued_messages, stored_items
from tests.support.functions import invoke

QUEUE = "TENANT_ERASURES_QUEUE_URL"


def tell_worker(message: dict[str, object]) -> bool:
    """Hands the worker one message of its queue; False where it is to come again."""
    record = {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "handle",
        "body": json.dumps(message),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:tenant-erasures",
        "awsRegion": "eu-west-1",
    }
    answer = invoke("workers/erase_tenant", {"Records": [record]})
    return bool(answer == {"batchItemFailures": []})


def erase_round(tenant_id: str, number: int) -> None:
    """One round of an erasing, from its first message to its last."""
    messages = [TenantErasure(tenant_id, number).to_message()]
    while messages:
        assert tell_worker(messages.pop(0))
        messages += queued_messages(QUEUE)  # the next round's comes some time later


def erase_wholly(tenant_id: str) -> int:
    """Round after round, until the organisation is gone; gives how many it took."""
    queued_messages(QUEUE)
    for number in range(1, 10):
        erase_round(tenant_id, number)
        if identity().tenant_store.get(tenant_id).name == "":
            return number
    raise AssertionError("it never ends")


def follow_departure(person_id: str, tenant_id: str) -> None:
    """What happens a while after somebody left."""
    assert tell_worker(Departure(person_id, tenant_id).to_message())


def where_it_says(*words: str) -> list[str]:
    """The tables, and the keys in them, of everything that has one of these words in it."""
    return [
        f"{table}: {item['pk']}{item.get('sk', '')}"
        for table in TABLES
        for item in stored_items(table)
        if any(word in str(item) for word in words)
    ]
