"""Work that was given up: counted, looked at, and sent back at least once."""

import json
from collections.abc import Mapping, Sequence

import pytest

from herald.adapters.aws.client import aws_client
from herald.adapters.aws.dead_letters import SqsDeadLetters
from herald.adapters.aws.queue import Queue
from herald.errors import NotFound, Unavailable, Unprocessable
from herald.operations.composition import operations
from herald.operations.model import Replayed
from herald.operations.service import DeadLetters, Letters, LostChanges, LostEvents
from herald.settings import settings
from tests.support.cloud import messages_in_queue, queued_messages
from tests.support.events import sample_event

EVENT = sample_event("workers/ingest/workbook_uploaded")


class Refusing:
    """A destination that takes nothing whose ``row`` is in its way."""

    def __init__(self, *rows: int) -> None:
        self._rows = rows
        self.taken: list[Mapping[str, object]] = []

    def offer(self, messages: Sequence[Mapping[str, object]]) -> Mapping[int, str]:
        """Takes what it takes."""
        self.taken += [message for message in messages if message["row"] not in self._rows]
        return {position: "busy" for position, message in enumerate(messages) if message["row"] in self._rows}


class Telling:
    """A function that remembers what it was told, or is busy."""

    def __init__(self, *, busy: bool = False) -> None:
        self._busy = busy
        self.told: list[Mapping[str, object]] = []

    def tell(self, payload: Mapping[str, object]) -> None:
        """Takes it, or not."""
        if self._busy:
            raise Unavailable("Later.", code="function_unavailable")
        self.told.append(payload)


def give_up(*messages: object, queue: str = "deliveries_dead_letters_url") -> None:
    """Puts messages among the dead letters; a text as it stands."""
    for message in messages:
        body = message if isinstance(message, str) else json.dumps(message)
        aws_client("sqs").send_message(QueueUrl=getattr(settings(), queue), MessageBody=body)


def lost(event: object, function: str = "ingest") -> dict[str, object]:
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{function}:$LATEST"
    return {"requestContext": {"functionArn": arn}, "requestPayload": event}


def deliveries(destination: Refusing) -> DeadLetters:
    return DeadLetters({"deliveries": Letters(SqsDeadLetters(settings().deliveries_dead_letters_url), destination)})


def test_each_queue_says_how_much_was_given_up_and_since_when(cloud: None) -> None:
    give_up({"row": 1}, {"row": 2})

    states = {state.name: state for state in operations().dead_letters.states()}

    assert len(states) == 10
    assert states["deliveries"].depth == 2
    assert states["deliveries"].oldest_at is not None
    assert (states["mails"].depth, states["mails"].oldest_at) == (0, None)
    assert {name for name, state in states.items() if not state.can_be_replayed} == {
        "follow-results",
        "follow-accounts",
        "follow-contacts",
    }


def test_letters_that_are_looked_at_stay(cloud: None) -> None:
    give_up({"row": 1, "phone": "+12025550002"}, "no JSON")

    for _ in range(2):
        contents = [letter.content for letter in operations().dead_letters.look("deliveries")]
        assert sorted(contents, key=str) == [{"row": 1}, {}]


def test_a_queue_that_is_not_there_is_said_so(cloud: None) -> None:
    with pytest.raises(NotFound, match="deliveries"):
        operations().dead_letters.look("nothing")
    with pytest.raises(NotFound):
        operations().dead_letters.replay("nothing", most=1)


def test_letters_go_back_to_where_they_came_from_as_they_were(cloud: None) -> None:
    rows = [{"row": row, "custom_message": "{name}, your results: {link}"} for row in range(25)]
    give_up(*rows)

    assert operations().dead_letters.replay("deliveries", most=100) == Replayed(replayed=25, left=0)
    assert sorted(queued_messages(), key=lambda message: int(message["row"])) == rows
    assert messages_in_queue("DELIVERIES_DEAD_LETTERS_URL") == 0


def test_no_more_are_sent_back_than_was_asked_for(cloud: None) -> None:
    give_up(*({"row": row} for row in range(15)))

    assert operations().dead_letters.replay("deliveries", most=12) == Replayed(replayed=12, left=3)
    assert len(queued_messages()) == 12


def test_what_is_not_taken_or_cannot_be_read_stays_with_the_reason(cloud: None) -> None:
    give_up({"row": 1}, {"row": 2}, {"row": 3}, "no JSON")
    destination = Refusing(2)

    replayed = deliveries(destination).replay("deliveries", most=100)

    assert replayed == Replayed(replayed=2, left=2, kept={"busy": 1, "unreadable": 1})
    assert sorted(str(message["row"]) for message in destination.taken) == ["1", "3"]


def test_changes_that_the_sums_cannot_take_any_more_are_not_sent_back(cloud: None) -> None:
    with pytest.raises(Unprocessable) as refusal:
        operations().dead_letters.replay("follow-results", most=1)

    assert refusal.value.code == "not_replayable"


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("erasures", "erasures_dead_letters_url", "ERASURES_QUEUE_URL"),
        ("tenant-erasures", "tenant_erasures_dead_letters_url", "TENANT_ERASURES_QUEUE_URL"),
        ("mails", "mail_dead_letters_url", "MAIL_QUEUE_URL"),
        ("report-messages", "report_messages_dead_letters_url", "REPORT_MESSAGES_QUEUE_URL"),
    ],
)
def test_each_queue_has_a_way_back_of_its_own(cloud: None, name: str, source: str, target: str) -> None:
    give_up({"tenant_id": "t"}, queue=source)

    assert operations().dead_letters.replay(name, most=10).replayed == 1
    assert queued_messages(target) == [{"tenant_id": "t"}]


def test_a_change_goes_to_the_queue_of_what_it_is_about_and_a_place_in_a_stream_stays(cloud: None) -> None:
    change = {"reference": "report#b1#2", "status": "sent"}
    place = {"DDBStreamBatchInfo": {"shardId": "shardId-1"}}
    give_up(change, place, {"reference": "campaign#1"}, queue="relay_messages_dead_letters_url")

    replayed = operations().dead_letters.replay("relay-messages", most=10)

    assert (replayed.replayed, replayed.kept) == (1, {"place_in_a_stream": 1, "unknown_kind": 1})
    assert queued_messages("REPORT_MESSAGES_QUEUE_URL") == [change]


def test_a_change_whose_queue_is_gone_stays(cloud: None) -> None:
    nowhere = Queue("https://sqs.eu-west-1.amazonaws.com/123456789012/nowhere")

    refused = LostChanges({"report": nowhere}).offer([{"reference": "report#b1#2"}])

    assert list(refused) == [0]


def test_an_event_goes_to_the_function_that_gave_it_up() -> None:
    ingest, check = Telling(), Telling()
    events = LostEvents({"ingest": ingest, "check-template": check})

    assert events.offer([lost(EVENT), lost({"detail": {}}, "check-template")]) == {}
    assert (ingest.told, check.told) == ([EVENT], [{"detail": {}}])


@pytest.mark.parametrize(
    "message", [{}, lost(EVENT, "another"), lost("text"), {"requestContext": 1, "requestPayload": {}}]
)
def test_an_event_of_no_function_that_we_know_stays(message: Mapping[str, object]) -> None:
    ingest = Telling()

    assert LostEvents({"ingest": ingest}).offer([message]) == {0: "unknown_function"}
    assert ingest.told == []


def test_an_event_whose_function_is_busy_stays() -> None:
    assert LostEvents({"ingest": Telling(busy=True)}).offer([lost(EVENT)]) == {0: "function_unavailable"}
