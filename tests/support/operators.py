"""Whoever runs the installation, as the API lets them through: with a signature that IAM has verified."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tests.support.functions import function
from tests.support.requests import Caller, Handler

ARN = "arn:aws:iam::123456789012:user/olga"


def operator(handler: Handler | None = None, *, arn: str = ARN) -> Caller:
    """Somebody who signs what they ask, by default of the operators' own function."""
    asked: Handler = handler or function("platform/operators").handler

    def signed(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        event["requestContext"]["authorizer"] = {"iam": {"userArn": arn, "accessKey": "AKIAIOSFODNN7EXAMPLE"}}
        return asked(event, context)

    return Caller(signed)
