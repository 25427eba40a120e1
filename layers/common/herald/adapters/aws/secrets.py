"""Secrets Manager: read at first use, kept for five minutes so that a rotation reaches warm functions."""

import json
import time

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable

_KEPT_SECONDS = 300.0
_kept: dict[str, tuple[float, dict[str, str]]] = {}


def read_secret(name: str) -> dict[str, str]:
    """The JSON object stored under a secret's name or ARN.

    Raises:
        Unavailable: the secret is not a JSON object of texts.
    """
    now = time.monotonic()
    if name in _kept and _kept[name][0] > now:
        return _kept[name][1]
    text = aws_client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    value = json.loads(text)
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        raise Unavailable("A secret of this installation is malformed.", code="misconfigured")
    _kept[name] = (now + _KEPT_SECONDS, value)
    return value
