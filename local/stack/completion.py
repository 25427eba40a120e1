"""Calls that follow a deployment: what the engine's CloudFormation leaves out although its services know it."""

import json
from typing import TYPE_CHECKING

import boto3

from local.stack.addresses import Connection
from local.stack.settings import SENDER_EMAIL, secret_values
from local.stack.template import Resource, Template

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import LifecycleRuleTypeDef


def complete(template: Template, physical_names: dict[str, str], connection: Connection) -> None:
    """Make every follow-up call; each of them can be repeated.

    Args:
        template: The deployed template.
        physical_names: Physical names by logical id.
        connection: How to reach the engine.
    """
    found: dict[str, dict[str, Resource]] = {}
    for logical_id, resource in template["Resources"].items():
        if logical_id in physical_names:
            found.setdefault(resource["Type"], {})[logical_id] = resource.get("Properties", {})
    _expire_items(_named(found, "AWS::DynamoDB::Table", physical_names), connection)
    _expire_objects(_named(found, "AWS::S3::Bucket", physical_names), connection)
    _fill_secrets(physical_names, connection)
    boto3.client("ses", **connection).verify_email_identity(EmailAddress=SENDER_EMAIL)


def _named(
    found: dict[str, dict[str, Resource]], resource_type: str, physical_names: dict[str, str]
) -> dict[str, Resource]:
    """Properties by physical name."""
    return {physical_names[logical_id]: properties for logical_id, properties in found.get(resource_type, {}).items()}


def _expire_items(tables: dict[str, Resource], connection: Connection) -> None:
    database = boto3.client("dynamodb", **connection)
    for table, properties in tables.items():
        wanted = properties.get("TimeToLiveSpecification")
        if wanted is None:
            continue
        current = database.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if current.get("TimeToLiveStatus") != "ENABLED":
            database.update_time_to_live(
                TableName=table, TimeToLiveSpecification={"AttributeName": wanted["AttributeName"], "Enabled": True}
            )


def _expire_objects(buckets: dict[str, Resource], connection: Connection) -> None:
    storage = boto3.client("s3", **connection)
    for bucket, properties in buckets.items():
        rules = [_lifecycle_rule(rule) for rule in properties.get("LifecycleConfiguration", {}).get("Rules", [])]
        rules = [rule for rule in rules if "Expiration" in rule]
        if rules:
            storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(rule: Resource) -> "LifecycleRuleTypeDef":
    answer: LifecycleRuleTypeDef = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    for tag in rule.get("TagFilters", []):  # one per rule: several, or one with a prefix, would need another form
        answer["Filter"] = {"Tag": {"Key": tag["Key"], "Value": tag["Value"]}}
    if "Id" in rule:
        answer["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        answer["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    return answer


def _fill_secrets(physical_names: dict[str, str], connection: Connection) -> None:
    vault = boto3.client("secretsmanager", **connection)
    for logical_id, value in secret_values().items():
        if logical_id in physical_names:
            vault.put_secret_value(SecretId=physical_names[logical_id], SecretString=json.dumps(value))
