"""The local stack with a project of one function, one table and one bucket: edits, refusals, permissions, restarts."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest

from local.stack.addresses import Ports, free_ports
from local.stack.deploy import Project
from local.stack.formation import DeploymentFailed
from local.stack.running import PROJECT, RunningStack, redeploy, running_stack
from local.stack.settings import APPLICATION_STACK, DATA_STACK

pytestmark = pytest.mark.stack

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  DataStack: {Type: String}
  PublicUrl: {Type: String}
Resources:
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/common}}
  WebFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/web/
      Handler: app.handler
      Runtime: python3.13
      Layers: [!Ref Layer]
      Environment: {Variables: {TABLE: &table {Fn::ImportValue: !Sub "${DataStack}-Table"}, PUBLIC_URL: !Ref PublicUrl}}
      Policies: [{DynamoDBReadPolicy: {TableName: *table}}]
      Events: {Any: {Type: HttpApi, Properties: {Path: '/{proxy+}', Method: ANY}}}
"""

DATA = """
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {LifecycleConfiguration: {Rules: [{Status: Enabled, Prefix: tmp/, ExpirationInDays: 1}]}}
Outputs:
  Table: {Value: !Ref Table, Export: {Name: !Sub "${AWS::StackName}-Table"}}
"""

FUNCTION = """
import os

import boto3

import herald


def handler(event, context):
    database = boto3.client("dynamodb")
    try:
        if event["rawPath"] == "/write":
            database.put_item(TableName=os.environ["TABLE"], Item={"id": {"S": "1"}})
        database.scan(TableName=os.environ["TABLE"])
    except database.exceptions.ClientError as error:
        return {"statusCode": 403, "body": error.response["Error"]["Code"]}
    return {"statusCode": 200, "body": f"{herald.ANSWER} at {os.environ['PUBLIC_URL']}"}
"""


def write(folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("project")
    write(folder, "data.yaml", DATA)
    write(folder, "template.yaml", TEMPLATE)
    write(folder, "functions/web/app.py", FUNCTION)
    write(folder, "layers/common/herald/__init__.py", "ANSWER = 'first'")
    templates = {DATA_STACK: folder / "data.yaml", APPLICATION_STACK: folder / "template.yaml"}
    return Project(folder, templates, PROJECT.deployment_python)


@pytest.fixture(scope="module")
def ports() -> Ports:
    return free_ports()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def small(project: Project, ports: Ports, state: Path) -> Iterator[RunningStack]:
    with running_stack(state, ports, project) as running:
        boto3.client("dynamodb", **running.connection).put_item(
            TableName=running.deployment.physical_names["Table"], Item={"id": {"S": "kept"}}
        )
    with running_stack(state, ports, project) as running:
        yield running


def test_the_api_answers_at_its_public_address(small: RunningStack) -> None:
    assert httpx.get(f"{small.api_url}/read").text == f"first at {small.api_url}"


def test_a_permission_the_template_does_not_give_is_missing_here_too(small: RunningStack) -> None:
    answer = httpx.get(f"{small.api_url}/write")

    assert (answer.status_code, answer.text) == (403, "AccessDeniedException")


def test_what_was_stored_survives_a_restart_and_nothing_is_deployed_again(small: RunningStack) -> None:
    items = boto3.client("dynamodb", **small.connection).scan(TableName=small.deployment.physical_names["Table"])[
        "Items"
    ]

    assert items == [{"id": {"S": "kept"}}]
    assert not small.deployment.changed


def test_expiry_holds_for_items_and_objects(small: RunningStack) -> None:
    names = small.deployment.physical_names
    table = boto3.client("dynamodb", **small.connection).describe_time_to_live(TableName=names["Table"])
    bucket = boto3.client("s3", **small.connection).get_bucket_lifecycle_configuration(Bucket=names["Bucket"])

    assert table["TimeToLiveDescription"] == {"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"}
    assert [(rule["Filter"], rule["Expiration"]) for rule in bucket["Rules"]] == [({"Prefix": "tmp/"}, {"Days": 1})]


def test_an_edit_of_the_layer_reaches_the_running_function(
    small: RunningStack, project: Project, ports: Ports, state: Path
) -> None:
    write(project.root, "layers/common/herald/__init__.py", "ANSWER = 'second'")

    assert redeploy(state, ports, project).changed
    assert httpx.get(f"{small.api_url}/read").text.startswith("second")
    assert not redeploy(state, ports, project).changed


def test_a_refused_template_names_the_reason_and_what_ran_before_still_runs(
    small: RunningStack, project: Project, ports: Ports, state: Path
) -> None:
    write(project.root, "template.yaml", TEMPLATE + "  Odd: {Type: AWS::Nothing::Here}\n")

    with pytest.raises(DeploymentFailed, match="AWS::Nothing::Here"):
        redeploy(state, ports, project)

    write(project.root, "template.yaml", TEMPLATE)
    assert not redeploy(state, ports, project).changed
    assert httpx.get(f"{small.api_url}/read").is_success
