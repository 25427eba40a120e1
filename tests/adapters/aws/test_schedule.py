"""Messages at a moment, over EventBridge Scheduler."""

from datetime import datetime, timedelta, timezone

import pytest
from botocore.stub import Stubber

from herald.adapters.aws import client as aws
from herald.adapters.aws.schedule import Schedule
from herald.errors import Unavailable
from tests.support.cloud import cloud
from tests.support.results import NOW

__all__ = ["cloud"]

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:deliveries"
LETTERS = "arn:aws:sqs:eu-west-1:123456789012:deliveries-dead-letters"
ROLE = "arn:aws:iam::123456789012:role/schedules"


@pytest.fixture
def schedule(cloud: None) -> Schedule:
    aws.aws_client("scheduler").create_schedule_group(Name="group")
    return Schedule(group="group", queue_arn=QUEUE, dead_letters_arn=LETTERS, role_arn=ROLE)


def expression(name: str) -> str:
    return aws.aws_client("scheduler").get_schedule(GroupName="group", Name=name)["ScheduleExpression"]


def test_a_message_is_scheduled_once_for_its_queue_and_forgotten_afterwards(schedule: Schedule) -> None:
    assert schedule.put_once("one", NOW, {"a": "é"})

    kept = aws.aws_client("scheduler").get_schedule(GroupName="group", Name="one")
    target = kept["Target"]
    assert (target["Arn"], target["RoleArn"], target["DeadLetterConfig"]) == (QUEUE, ROLE, {"Arn": LETTERS})
    assert target["Input"] == '{"a":"é"}'
    assert (kept["ActionAfterCompletion"], kept["FlexibleTimeWindow"]) == ("DELETE", {"Mode": "OFF"})
    assert (kept["ScheduleExpression"], kept["ScheduleExpressionTimezone"]) == ("at(2026-11-22T12:00:00)", "UTC")


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (NOW + timedelta(milliseconds=1), "at(2026-11-22T12:00:01)"),
        (datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=3))), "at(2026-11-30T21:30:00)"),
    ],
)
def test_moments_are_written_in_utc_and_never_too_early(schedule: Schedule, moment: datetime, written: str) -> None:
    schedule.put_once("one", moment, {})

    assert expression("one") == written


def test_a_second_try_changes_nothing(schedule: Schedule) -> None:
    schedule.put_once("one", NOW, {})

    assert not schedule.put_once("one", NOW + timedelta(hours=1), {})
    assert expression("one") == "at(2026-11-22T12:00:00)"


def test_what_is_taken_back_is_gone_and_taking_it_back_again_is_harmless(schedule: Schedule) -> None:
    schedule.put_once("one", NOW, {})

    schedule.delete("one")
    schedule.delete("one")

    assert aws.aws_client("scheduler").list_schedules(GroupName="group")["Schedules"] == []


def test_a_busy_scheduler_is_unavailable(schedule: Schedule) -> None:
    with Stubber(aws.aws_client("scheduler")) as stubber:
        stubber.add_client_error("create_schedule", "ServiceQuotaExceededException")
        with pytest.raises(Unavailable):
            schedule.put_once("one", NOW, {})


def test_messages_are_taken_back_by_how_their_names_begin_some_at_a_time(schedule: Schedule) -> None:
    for number in range(3):
        schedule.put_once(f"one-{number}", NOW, {})
    schedule.put_once("other-1", NOW, {})

    assert schedule.delete_beginning("one-", at_most=2) == 2
    assert schedule.delete_beginning("one-", at_most=2) == 1
    assert schedule.delete_beginning("one-", at_most=2) == 0
    assert expression("other-1")
