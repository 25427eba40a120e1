"""What data.yaml and template.yaml owe each other."""

import re
from typing import Any

import pytest

from local.stack.running import ROOT
from local.stack.template import read_template

DATA = read_template(ROOT / "data.yaml")
KINDS_OF_DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret")
OF_A_DAY = ("AdmissionsTable", "IdempotencyTable")
"""Tables whose items are gone after a day; nobody would restore them."""
TABLES = [name for name, resource in DATA["Resources"].items() if resource["Type"] == "AWS::DynamoDB::Table"]


@pytest.mark.parametrize("name", DATA["Resources"])
def test_data_outlive_their_stack_and_their_place_in_it(name: str) -> None:
    resource = DATA["Resources"][name]

    assert resource["Type"] in KINDS_OF_DATA
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", [name for name in TABLES if name not in OF_A_DAY])
def test_a_table_can_be_restored_and_is_protected_in_production(name: str) -> None:
    properties = DATA["Resources"][name]["Properties"]

    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["IsProduction", True, False]}


@pytest.mark.parametrize("name", ["UploadsBucket", "DocumentsBucket"])
def test_a_bucket_is_called_as_in_no_other_account_or_region(name: str) -> None:
    called = DATA["Resources"][name]["Properties"]["BucketName"]["Fn::Sub"]

    assert {"${AWS::StackName}", "${AWS::AccountId}", "${AWS::Region}"} <= set(re.findall(r"\$\{[\w:]+\}", called))


def test_the_application_holds_no_data_and_imports_what_the_other_stack_exports() -> None:
    application = read_template(ROOT / "template.yaml")
    exported = {output["Export"]["Name"]["Fn::Sub"] for output in DATA["Outputs"].values()}
    imported = set(re.findall(r"\$\{DataStack\}-\w+", str(application)))

    assert not [name for name, resource in application["Resources"].items() if resource["Type"] in KINDS_OF_DATA]
    assert {name.replace("${DataStack}", "${AWS::StackName}") for name in imported} == exported
    assert "ImportValue" not in str(DATA)


def _queues_taken_from(function: dict[str, Any]) -> list[object]:
    return [event["Properties"]["Queue"] for event in function.get("Events", {}).values() if event["Type"] == "SQS"]


def _queues_sent_to(function: dict[str, Any]) -> list[object]:
    policies = [policy for policy in function.get("Policies", []) if "Statement" in policy]
    statements = [statement for policy in policies for statement in policy["Statement"]]
    return [statement["Resource"] for statement in statements if statement["Action"] == "sqs:SendMessage"]


def test_functions_that_send_messages_to_themselves_are_not_stopped_after_sixteen() -> None:
    resources = read_template(ROOT / "template.yaml")["Resources"]
    functions = {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    sending_to_themselves = {
        name
        for name, function in functions.items()
        if any(queue in _queues_sent_to(function) for queue in _queues_taken_from(function))
    }

    assert sending_to_themselves == {"DeliverFunction", "EraseFunction", "EraseTenantFunction"}
    assert {name for name, function in functions.items() if "RecursiveLoop" in function} == sending_to_themselves
