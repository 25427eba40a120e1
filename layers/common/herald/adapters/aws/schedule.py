"""EventBridge Scheduler: one message to one queue, at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable

_NAMES_PER_LOOK = 100
"""Scheduler's limit for ListSchedules."""
_BUSY = {"ThrottlingException", "ServiceQuotaExceededException"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedules of one group, all for one queue.

    Attributes:
        group: the group that they stand in.
        queue_arn: where each puts its message.
        dead_letters_arn: where a message goes that the queue did not take.
        role_arn: who may put messages there; Scheduler takes it on.
    """

    group: str
    queue_arn: str
    dead_letters_arn: str
    role_arn: str

    def put_once(self, name: str, moment: datetime, message: Mapping[str, object]) -> bool:
        """Sends a message at a moment (up to a minute later), and then forgets about it.

        Args:
            name: the same for each try at the same message; up to 64 letters, digits, hyphens, dots and underscores.
            moment: aware, and in the future; parts of a second are rounded up.
            message: a JSON object.

        Returns:
            False where one of that name stands here already: that one stays as it is.

        Raises:
            Unavailable: Scheduler takes no more schedules now.
        """
        from botocore.exceptions import ClientError

        try:
            aws_client("scheduler").create_schedule(
                Name=name,
                GroupName=self.group,
                ScheduleExpression=f"at({_whole_seconds(moment):%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self.queue_arn,
                    "RoleArn": self.role_arn,
                    "Input": orjson.dumps(message).decode(),
                    "DeadLetterConfig": {"Arn": self.dead_letters_arn},
                },
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConflictException":
                return False
            if code in _BUSY:
                raise Unavailable("Nothing more can be scheduled at the moment; try again soon.") from error
            raise
        return True

    def delete(self, name: str) -> None:
        """Takes a message back; harmless where it was sent already or never was here."""
        from botocore.exceptions import ClientError

        try:
            aws_client("scheduler").delete_schedule(Name=name, GroupName=self.group)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def delete_beginning(self, beginning: str, *, at_most: int) -> int:
        """Takes back messages whose names begin so, a hundred per look; gives how many there were.

        Fewer than ``at_most`` means that none is left.
        """
        removed = 0
        while removed < at_most:
            found = aws_client("scheduler").list_schedules(
                GroupName=self.group, NamePrefix=beginning, MaxResults=min(_NAMES_PER_LOOK, at_most - removed)
            )
            for schedule in found["Schedules"]:
                self.delete(schedule["Name"])
            removed += len(found["Schedules"])
            if not found.get("NextToken"):
                break
        return removed


def _whole_seconds(moment: datetime) -> datetime:
    in_utc = moment.astimezone(UTC)
    return in_utc.replace(microsecond=0) + timedelta(seconds=bool(in_utc.microsecond))
