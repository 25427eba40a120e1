"""What data.yaml and template.yaml owe each other."""

import re

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
