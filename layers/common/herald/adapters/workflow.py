"""Step Functions: long work, started once per name."""

from collections.abc import Mapping

import orjson

from herald.adapters.aws import aws_client


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
