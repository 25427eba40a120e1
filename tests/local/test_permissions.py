"""What template.yaml lets the functions do."""

import json
from collections.abc import Iterator, Sequence

import pytest

from local.stack.running import ROOT
from local.stack.template import Resource, read_template

RESOURCES = read_template(ROOT / "template.yaml")["Resources"]
FUNCTIONS = {name: entry for name, entry in RESOURCES.items() if entry["Type"] == "AWS::Serverless::Function"}
BUCKETS = ("DocumentsBucket", "UploadsBucket")


def allowed(function: Resource, action: str) -> Iterator[str]:
    """The resources of an action, as they are written."""
    for policy in function["Properties"].get("Policies", []):
        for statement in statements_of(policy):
            if action in in_a_list(statement["Action"]):
                yield from map(json.dumps, in_a_list(statement["Resource"]))


def statements_of(policy: Resource) -> list[Resource]:
    """A function's own statements, or those of the policy that it shares."""
    shared = policy.get("Ref")
    document = RESOURCES[shared]["Properties"]["PolicyDocument"] if shared else policy
    statements: list[Resource] = document["Statement"]
    return statements


def in_a_list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def bucket_of(resource: str) -> str:
    """The bucket that an ARN is made of."""
    (bucket,) = [name for name in BUCKETS if name in resource]
    return bucket


READERS = [
    (name, bucket_of(resource))
    for name, function in FUNCTIONS.items()
    for resource in allowed(function, "s3:GetObject")
]


@pytest.mark.parametrize(("function", "bucket"), READERS)
def test_whoever_reads_a_bucket_may_list_it_so_that_a_missing_file_is_not_called_forbidden(
    function: str, bucket: str
) -> None:
    listed = list(allowed(FUNCTIONS[function], "s3:ListBucket"))

    assert bucket in map(bucket_of, listed)
    assert not any("/*" in resource for resource in listed), "s3:ListBucket is of the bucket, not of its objects"


def test_files_are_read_by_whom_we_think() -> None:
    assert ("RenderFunction", "DocumentsBucket") in READERS
    assert {name for name, bucket in READERS if bucket == "UploadsBucket"} == {
        "IngestFunction",
        "CheckTemplateFunction",
    }
