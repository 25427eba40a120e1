"""AWS in memory, as data.yaml and template.yaml have it: new for each test.

DynamoDB is the local engine's, the rest is moto's.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.models import botocore_stubber
from moto.s3.models import FakeBucket
from moto.scheduler.models import scheduler_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ses.models import ses_backends
from moto.sqs.models import Queue
from moto.stepfunctions.models import StateMachine

from herald.adapters.aws import client as aws
from herald.adapters.aws.secrets import read_secret
from herald.adapters.password_hasher import Argon2PasswordHasher
from herald.audience.composition import audience
from herald.identity.composition import identity
from herald.messaging.composition import messaging
from herald.operations.composition import operations
from herald.results.composition import results
from herald.settings import settings
from herald.storage import dynamodb_client
from local.stack.running import ROOT
from local.stack.template import Resource, read_template
from tests.support import dynamodb
from tests.support.dynamodb import ACCOUNT_ID, REGION

SIGNING_KEY = "a signing key for tests, long enough for HS256"
PUBLIC_URL = "https://api.herald.example"
REPORT_PASSWORD_KEY = "a key for the hashes of report passwords"
CARRIER_TOKEN = "local-carrier-token"
MAIL_SENDER = "herald@example.org"
_PLACE = (ACCOUNT_ID, REGION)
_ACCOUNT = f"{REGION}:{ACCOUNT_ID}"
_MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def _variable(logical_id: str) -> str:
    """What functions know a resource by: ``RESULTS_TABLE`` for ResultsTable."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id).upper()


def _resources(file: str, kind: str) -> dict[str, Resource]:
    """The properties of a template's resources of one type, each under its variable."""
    found = read_template(ROOT / file)["Resources"].items()
    return {_variable(name): resource["Properties"] for name, resource in found if resource["Type"] == kind}


def _name(variable: str) -> str:
    """A name that S3 and SQS take as well."""
    return variable.lower().replace("_", "-")


TABLES = _resources("data.yaml", "AWS::DynamoDB::Table")
"""A table is called as its variable, whichever module is imported first."""
_BUCKETS = _resources("data.yaml", "AWS::S3::Bucket")
_QUEUES = _resources("template.yaml", "AWS::SQS::Queue")
_SECRETS = _resources("data.yaml", "AWS::SecretsManager::Secret")
_GENERATED = {
    "SIGNING_KEY_SECRET": SIGNING_KEY,
    "REPORT_PASSWORD_SECRET": REPORT_PASSWORD_KEY,
    "CARRIER_SECRET": CARRIER_TOKEN,
}
_ENVIRONMENT = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    **{table: table for table in TABLES},
    **{variable: _name(variable) for variable in (*_BUCKETS, *_SECRETS)},
    **{f"{queue}_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{_name(queue)}" for queue in _QUEUES},
    **{f"{queue}_ARN": f"arn:aws:sqs:{_ACCOUNT}:{_name(queue)}" for queue in _QUEUES},
    "PUBLIC_URL": PUBLIC_URL,
    "CARRIER_BASE_URL": "http://127.0.0.1:9",
    "SENDER": "+15005550006",
    "DELIVERIES_SCHEDULE_GROUP": "deliveries",
    "DELIVERIES_SCHEDULE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT_ID}:role/schedules",
    "MAIL_SENDER": MAIL_SENDER,
    "BATCH_MACHINE_ARN": f"arn:aws:states:{_ACCOUNT}:stateMachine:batch",
    "RENDER_FUNCTION": "render",
    "INGEST_FUNCTION": "ingest",
    "CHECK_TEMPLATE_FUNCTION": "check-template",
    "SIGN_IN_REQUESTS_PER_MINUTE": "5",
}


_one_request = RLock()


def _answer(event_name: str, request: AWSPreparedRequest, **context: object) -> AWSResponse | None:
    """One request after another: moto checks a condition and writes in two steps, which AWS does in one."""
    if botocore_stubber.enabled and dynamodb.is_asked(request):
        return dynamodb.answer(request)
    with _one_request:
        return botocore_stubber(event_name, request, **context)


BUILTIN_HANDLERS[BUILTIN_HANDLERS.index(("before-send", botocore_stubber))] = ("before-send", _answer)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty tables, secrets and queues, in memory; clients, which are costly to make, are kept."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    _forget()
    identity().password_hasher = Argon2PasswordHasher(memory_kib=8, passes=1)
    with _empty_aws():
        for table in TABLES:
            make_table(table, table)
        for secret, properties in _SECRETS.items():
            value = _GENERATED.get(secret, "a secret for tests")
            _make_secret(_ENVIRONMENT[secret], properties["GenerateSecretString"], value)
        for queue in _QUEUES:
            Queue.create_from_cloudformation_json(_name(queue), {"Properties": {}}, *_PLACE)
        ses_backends[ACCOUNT_ID][REGION].verify_email_identity(MAIL_SENDER)
        settings.cache_clear()  # a test may change the environment
        yield
    _forget()


@contextmanager
def _empty_aws() -> Iterator[None]:
    """botocore's requests are answered here; moto's ``mock_aws`` also registers 1,300 addresses for ``requests``."""
    dynamodb.forget_tables()
    BackendDict.reset()
    botocore_stubber.enabled = True
    yield
    botocore_stubber.enabled = False
    BackendDict.reset()
    reset_model_data()


@pytest.fixture
def results_cloud(cloud: None) -> None:
    """What results need beside: buckets, schedules and the machine."""
    for bucket in _BUCKETS:
        FakeBucket.create_from_cloudformation_json(_ENVIRONMENT[bucket], {}, *_PLACE)
    scheduler_backends[ACCOUNT_ID][REGION].create_schedule_group("deliveries", tags=[])
    machine = {"DefinitionString": json.dumps(_MACHINE), "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/batch"}
    StateMachine.create_from_cloudformation_json("batch", {"Properties": machine}, *_PLACE)


def queued_mails() -> list[dict[str, Any]]:
    """What can be taken from the mail queue now; it is taken."""
    return queued_messages("MAIL_QUEUE_URL")


def sent_mails() -> list[tuple[str, str, str]]:
    """Every mail that went out, oldest first: to whom, about what, and what it says."""
    messages = ses_backends[ACCOUNT_ID][REGION].sent_messages
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


def make_table(name: str, like: str = "IDENTITY_TABLE") -> None:
    """An empty table with the key and the indexes of one of the templates' tables."""
    dynamodb.create_table(name, TABLES[like])


def _make_secret(name: str, generated: dict[str, str], value: str) -> None:
    content = json.loads(generated["SecretStringTemplate"]) | {generated["GenerateStringKey"]: value}
    secretsmanager_backends[ACCOUNT_ID][REGION].create_secret(
        name=name,
        secret_string=json.dumps(content),
        secret_binary=None,
        description=None,
        tags=[],
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )


def stored_items(table: str) -> list[dict[str, object]]:
    """Everything in a table, as DynamoDB writes it."""
    return [dict(item) for item in dynamodb_client().scan(TableName=table)["Items"]]


def _forget() -> None:
    settings.cache_clear()
    identity.cache_clear()
    audience.cache_clear()
    messaging.cache_clear()
    operations.cache_clear()
    results.cache_clear()
    read_secret.cache_clear()
