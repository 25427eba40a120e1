"""Step Functions: long work, started once per name."""

from collections.abc import Mapping

import orjson

from herald.adapters.aws.client import aws_client

_NOTHING_TO_STOP = {"ExecutionDoesNotExist", "ValidationException"}


class Workflow:
    """One state machine."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:
        """Starts an execution; False where one of that name was started before (names last for ninety days)."""
        from botocore.exceptions import ClientError

        try:
            aws_client("stepfunctions").start_execution(
                stateMachineArn=self._arn, name=name, input=orjson.dumps(input_).decode()
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def was_started(self, name: str) -> bool:
        """Whether there is an execution of that name, running or ended (for ninety days)."""
        from botocore.exceptions import ClientError

        try:
            aws_client("stepfunctions").describe_execution(executionArn=self._execution(name))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
                return False
            raise
        return True

    def stop(self, name: str) -> None:
        """Stops an execution; harmless where there is none of that name, or where it has ended."""
        from botocore.exceptions import ClientError

        try:
            aws_client("stepfunctions").stop_execution(executionArn=self._execution(name), error="BatchDeleted")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOTHING_TO_STOP:
                raise

    def _execution(self, name: str) -> str:
        return f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
