"""Secrets Manager: read at first use, kept for five minutes so that a rotation reaches warm functions."""

import json
from threading import RLock

from cachetools import TTLCache, cached

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable

_KEPT_SECONDS = 300
_MOST_KEPT = 100


@cached(TTLCache(_MOST_KEPT, _KEPT_SECONDS), lock=RLock())  # PDFs are sealed and stored by several threads
def read_secret(name: str) -> dict[str, str]:
    """The JSON object stored under a secret's name or ARN.

    Raises:
        Unavailable: the secret is not a JSON object of texts.
    """
    text = aws_client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    value = json.loads(text)
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        raise Unavailable("A secret of this installation is malformed.", code="misconfigured")
    return value
