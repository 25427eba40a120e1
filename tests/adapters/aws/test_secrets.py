"""Secrets are texts by name."""

import json

import pytest

from herald.adapters.aws import client as aws
from herald.adapters.aws.secrets import read_secret
from herald.errors import Unavailable
from tests.support.cloud import cloud

__all__ = ["cloud"]


def store(content: object) -> None:
    aws.aws_client("secretsmanager").put_secret_value(SecretId="carrier-secret", SecretString=json.dumps(content))


@pytest.mark.parametrize("content", ["a text", {"auth_token": 1}])
def test_a_malformed_secret_is_said_without_its_content(cloud: None, content: object) -> None:
    store(content)

    with pytest.raises(Unavailable, match="malformed"):
        read_secret("carrier-secret")
