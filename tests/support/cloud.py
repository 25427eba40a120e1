"""AWS in memory: the tables and secrets that rooms need, new for each test."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from herald.adapters import aws, secrets
from herald.storage import Row, dynamodb_client

SIGNING_KEY = "a signing key for tests, long enough for HS256"
TABLES: dict[str, tuple[str, ...]] = {
    "IDENTITY_TABLE": ("pk", "sk"),
    "ADMISSIONS_TABLE": ("pk", "sk"),
    "IDEMPOTENCY_TABLE": ("pk",),
}
"""Each table and its key. A table is called as the variable that names it, whichever module is imported first."""
_ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "SIGNING_KEY_SECRET": "signing-key",
    "POWERTOOLS_SERVICE_NAME": "herald",
    **{name: name for name in TABLES},
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
        yield
    _forget_clients()


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
    dynamodb_client.cache_clear()
    aws.aws_session.cache_clear()
    aws._make_client.cache_clear()
    secrets._kept.clear()
    for row in _row_classes(Row):
        row._connection = None


def _row_classes(kind: type[Row]) -> Iterator[type[Row]]:
    for row in kind.__subclasses__():
        yield row
        yield from _row_classes(row)
