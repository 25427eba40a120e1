"""An organisation that is erased is erased everywhere: a new table, bucket or context is not forgotten."""

import importlib
import json
import re

import pytest

from herald.identity.composition import WITHOUT_TENANTS, tables_of_tenants
from herald.settings import Settings
from local.stack.running import ROOT
from local.stack.template import read_template
from tests.local.test_import_rules import CONTEXTS
from tests.local.test_permissions import FUNCTIONS, allowed
from tests.support.cloud import cloud

__all__ = ["cloud"]

DATA = read_template(ROOT / "data.yaml")["Resources"]
TABLES = sorted(name for name, resource in DATA.items() if resource["Type"] == "AWS::DynamoDB::Table")
BUCKETS = sorted(name for name, resource in DATA.items() if resource["Type"] == "AWS::S3::Bucket")


def setting(logical_id: str) -> str:
    """The setting that names a resource: ``results_table`` for ResultsTable."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id).lower()


def test_every_table_is_gone_through_or_known_to_hold_nothing_that_names_an_organisation() -> None:
    names = Settings({setting(table).upper(): table for table in TABLES})

    assert sorted([*tables_of_tenants(names), "IdempotencyTable"]) == TABLES
    assert {setting(table) for table in TABLES if table == "IdempotencyTable"} == WITHOUT_TENANTS


@pytest.mark.parametrize("table", [table for table in TABLES if setting(table) not in WITHOUT_TENANTS])
def test_the_worker_may_go_through_a_table_and_delete_from_it(table: str) -> None:
    for action in ("dynamodb:Scan", "dynamodb:BatchWriteItem"):
        assert any(f"{table}Arn" in resource for resource in allowed(FUNCTIONS["EraseTenantFunction"], action))


@pytest.mark.parametrize("bucket", BUCKETS)
def test_the_worker_may_list_a_bucket_and_delete_from_it(bucket: str) -> None:
    for action in ("s3:ListBucket", "s3:DeleteObject"):
        assert any(f"{bucket}Arn" in resource for resource in allowed(FUNCTIONS["EraseTenantFunction"], action))


@pytest.mark.parametrize("context", [context for context in CONTEXTS if context != "identity"])
def test_every_context_says_what_it_does_about_it_and_the_worker_does_it(cloud: None, context: str) -> None:
    container = getattr(importlib.import_module(f"herald.{context}.composition"), context)()
    worker = importlib.import_module("functions.workers.erase_tenant.app")

    assert container.tenant_erasing_parts.keys() <= worker.PARTS.keys()
    assert f"{context}()" in (ROOT / "functions/workers/erase_tenant/app.py").read_text(encoding="utf-8")


def test_whoever_closes_once_a_day_reads_closures_alone() -> None:
    [statement] = [
        statement
        for policy in FUNCTIONS["BeginErasuresFunction"]["Properties"]["Policies"]
        if "Statement" in policy
        for statement in policy["Statement"]
    ]

    assert json.dumps(statement["Condition"]) == ('{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["closures"]}}')
