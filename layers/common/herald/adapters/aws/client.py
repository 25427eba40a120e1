"""botocore clients: one per service and process, made at first use."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from herald.runtime.session import aws_session

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client
    from types_boto3_scheduler import EventBridgeSchedulerClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient


@overload
def aws_client(service: Literal["s3"]) -> "S3Client": ...
@overload
def aws_client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def aws_client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def aws_client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def aws_client(service: Literal["stepfunctions"]) -> "SFNClient": ...
@overload
def aws_client(service: Literal["scheduler"]) -> "EventBridgeSchedulerClient": ...
@overload
def aws_client(service: Literal["lambda"]) -> "LambdaClient": ...


def aws_client(service: str) -> object:
    """The client of a service.

    S3 addresses buckets by path where an endpoint of another place is set (the local stack), by host otherwise; its
    presigned URLs are always signature version 4, for the region's own host.
    """
    return _make_client(service)


@cache
def _make_client(service: str) -> object:
    from botocore.config import Config

    options: dict[str, Any] = {
        "connect_timeout": 3,
        "read_timeout": 30,
        "retries": {"mode": "standard", "total_max_attempts": 4},
    }
    if service == "lambda":
        # An answer that is late is not asked for again: the function still works on it.
        options |= {"read_timeout": 25, "retries": {"mode": "standard", "total_max_attempts": 1}}
    if service == "s3":
        style = "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"
        options |= {
            "signature_version": "s3v4",
            "s3": {"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
        }
    return cast("object", aws_session().create_client(service, config=Config(**options)))
