"""AWS in memory: the tables and secrets that rooms need, new for each test."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from moto.ses.models import ses_backends

from herald.adapters.aws import client as aws
from herald.adapters.aws import secrets
from herald.messaging.composition import messaging
from herald.runtime.session import aws_session
from herald.settings import settings
from herald.storage import Row, dynamodb_client

SIGNING_KEY = "a signing key for tests, long enough for HS256"
TABLES: dict[str, tuple[str, ...]] = {
    "IDENTITY_TABLE": ("pk", "sk"),
    "ADMISSIONS_TABLE": ("pk", "sk"),
    "IDEMPOTENCY_TABLE": ("pk",),
    "MESSAGES_TABLE": ("pk", "sk"),
}
"""Each table and its key. A table is called as the variable that names it, whichever module is imported first."""
BUCKETS = ("UPLOADS_BUCKET", "DOCUMENTS_BUCKET")
"""Each bucket is called as its variable, in lower case and with hyphens."""
PUBLIC_URL = "https://api.herald.example"
REPORT_PASSWORD_KEY = "a key for the hashes of report passwords"
CARRIER_ACCOUNT = "AC" + "0" * 32
CARRIER_TOKEN = "local-carrier-token"
MAIL_SENDER = "herald@example.org"
_ACCOUNT_ID = "123456789012"
_ACCOUNT = f"eu-west-1:{_ACCOUNT_ID}"
_QUEUES = ("deliveries", "erasures")
_MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "SIGNING_KEY_SECRET": "signing-key",
    "POWERTOOLS_SERVICE_NAME": "herald",
    **{name: name for name in (*TABLES, "RESULTS_TABLE")},
    **{name: name.lower().replace("_", "-") for name in BUCKETS},
    "PUBLIC_URL": PUBLIC_URL,
    "REPORT_PASSWORD_SECRET": "report-password",
    "CARRIER_SECRET": "carrier",
    "CARRIER_BASE_URL": "http://127.0.0.1:9",
    "SENDER": "+15005550006",
    "DELIVERIES_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/deliveries",
    "DELIVERIES_QUEUE_ARN": "arn:aws:sqs:eu-west-1:123456789012:deliveries",
    "DELIVERIES_DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-1:123456789012:deliveries-dead-letters",
    "DELIVERIES_SCHEDULE_GROUP": "deliveries",
    "DELIVERIES_SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/schedules",
    "ERASURES_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/erasures",
    "MAIL_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/mails",
    "MAIL_SENDER": MAIL_SENDER,
    "BATCH_MACHINE_ARN": f"arn:aws:states:{_ACCOUNT}:stateMachine:batch",
    "RENDER_FUNCTION": "render",
    "SIGN_IN_REQUESTS_PER_MINUTE": "5",
}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty tables and the signing key, in memory; every client is made anew, and gone afterwards."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    _forget_clients()
    with mock_aws():
        for table, key in TABLES.items():
            make_table(table, key)
        aws.aws_client("secretsmanager").create_secret(
            Name="signing-key", SecretString=json.dumps({"signing_key": SIGNING_KEY})
        )
        aws.aws_client("sqs").create_queue(QueueName="mails")
        aws.aws_client("sesv2").create_email_identity(EmailIdentity=MAIL_SENDER)
        yield
    _forget_clients()


@pytest.fixture
def results_cloud(cloud: None) -> None:
    """What the rooms around results need beside: their table with its indexes, buckets, secrets, queue and machine."""
    dynamodb_client().create_table(
        TableName="RESULTS_TABLE",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "report_key", "failed_key")
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "ReportIndex",
                "KeySchema": [{"AttributeName": "report_key", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "IndexName": "FailedIndex",
                "KeySchema": [
                    {"AttributeName": "failed_key", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
    )
    for bucket in BUCKETS:
        aws.aws_client("s3").create_bucket(
            Bucket=_ENVIRONMENT[bucket], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    for name, secret in {
        "report-password": {"report_password_key": REPORT_PASSWORD_KEY},
        "carrier": {"account_sid": CARRIER_ACCOUNT, "auth_token": CARRIER_TOKEN},
    }.items():
        aws.aws_client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(secret))
    for queue in _QUEUES:
        aws.aws_client("sqs").create_queue(QueueName=queue)
    aws.aws_client("scheduler").create_schedule_group(Name="deliveries")
    aws.aws_client("stepfunctions").create_state_machine(
        name="batch", definition=json.dumps(_MACHINE), roleArn="arn:aws:iam::123456789012:role/batch"
    )


def queued_mails() -> list[dict[str, Any]]:
    """What can be taken from the mail queue now; it is taken."""
    return queued_messages("MAIL_QUEUE_URL")


def sent_mails() -> list[tuple[str, str, str]]:
    """Every mail that went out, oldest first: to whom, about what, and what it says."""
    messages = ses_backends[_ACCOUNT_ID]["eu-west-1"].sent_messages
    return [(message.destinations["ToAddresses"][0], message.subject, message.body) for message in messages]


def queued_messages(queue: str = "DELIVERIES_QUEUE_URL") -> list[dict[str, Any]]:
    """What can be taken from a queue now, by default that of the deliveries; it is taken."""
    sqs, url = aws.aws_client("sqs"), _ENVIRONMENT[queue]
    found: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
    return found


def waiting_schedules() -> list[dict[str, Any]]:
    """What is scheduled for the delivery queue: its name, its expression and the message that it will send."""
    scheduler, group = aws.aws_client("scheduler"), _ENVIRONMENT["DELIVERIES_SCHEDULE_GROUP"]
    names = [schedule["Name"] for schedule in scheduler.list_schedules(GroupName=group)["Schedules"]]
    schedules = [scheduler.get_schedule(GroupName=group, Name=name) for name in names]
    return [
        {
            "name": schedule["Name"],
            "expression": schedule["ScheduleExpression"],
            "message": json.loads(schedule["Target"]["Input"]),
        }
        for schedule in schedules
    ]


def messages_in_queue(queue: str = "DELIVERIES_QUEUE_URL") -> int:
    """How many messages a queue holds, by default that of the deliveries, those that are still delayed included."""
    answer = aws.aws_client("sqs").get_queue_attributes(
        QueueUrl=_ENVIRONMENT[queue],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"],
    )
    return sum(map(int, answer["Attributes"].values()))


def started_executions() -> list[dict[str, Any]]:
    """The inputs of the state machine's executions, oldest first."""
    client = aws.aws_client("stepfunctions")
    executions = client.list_executions(stateMachineArn=_ENVIRONMENT["BATCH_MACHINE_ARN"])["executions"]
    arns = [execution["executionArn"] for execution in sorted(executions, key=lambda each: each["startDate"])]
    return [json.loads(client.describe_execution(executionArn=arn)["input"]) for arn in arns]


def status_of_execution(name: str) -> str:
    """How an execution of the state machine stands, e.g. ``RUNNING``."""
    machine = _ENVIRONMENT["BATCH_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
    return str(aws.aws_client("stepfunctions").describe_execution(executionArn=f"{machine}:{name}")["status"])


def make_table(name: str, key: tuple[str, ...] = ("pk", "sk")) -> None:
    """A table with a text key of one or two attributes."""
    dynamodb_client().create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in key],
        KeySchema=[
            {"AttributeName": attribute, "KeyType": "RANGE" if place else "HASH"} for place, attribute in enumerate(key)
        ],
    )


def stored_items(table: str) -> list[dict[str, object]]:
    """Everything in a table, as DynamoDB writes it."""
    return [dict(item) for item in dynamodb_client().scan(TableName=table)["Items"]]


def _forget_clients() -> None:
    settings.cache_clear()
    messaging.cache_clear()
    dynamodb_client.cache_clear()
    aws_session.cache_clear()
    aws._make_client.cache_clear()
    secrets._kept.clear()
    for row in _row_classes(Row):
        row._connection = None


def _row_classes(kind: type[Row]) -> Iterator[type[Row]]:
    for row in kind.__subclasses__():
        yield row
        yield from _row_classes(row)
