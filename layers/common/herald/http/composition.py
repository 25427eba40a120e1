"""How an endpoint function's API is put together from its environment."""

import os
from datetime import timedelta

from herald.adapters.secrets import read_secret
from herald.http.authentication import Doorkeeper
from herald.http.idempotency import IdempotentAnswers
from herald.http.limits import AdmissionStore
from herald.http.resolver import HttpApi
from herald.identity.tokens import AccessTokens

_LONGEST_TOKEN_MINUTES = 24 * 60
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"; an installation may choose less."""


def access_tokens() -> AccessTokens:
    """Tokens signed with this installation's keys, read at first use."""
    minutes = int(os.environ.get("ACCESS_TOKEN_MINUTES", _LONGEST_TOKEN_MINUTES))
    return AccessTokens(
        lambda: read_secret(os.environ["SIGNING_KEY_SECRET"]),
        lifetime=timedelta(minutes=min(minutes, _LONGEST_TOKEN_MINUTES)),
    )


def doorkeeper() -> Doorkeeper:
    """Who lets requests in, over the admissions table."""
    return Doorkeeper(access_tokens(), AdmissionStore(os.environ["ADMISSIONS_TABLE"]))


def compose_api() -> HttpApi:
    """An API with sign-in, limits and safe retries; the caller adds the routes."""
    return HttpApi(doorkeeper(), idempotent_answers=IdempotentAnswers(os.environ["IDEMPOTENCY_TABLE"]))
