"""How an endpoint function's API is put together from its environment."""

import os

from herald.adapters.secrets import read_secret
from herald.http.authentication import Doorkeeper
from herald.http.idempotency import IdempotentAnswers
from herald.http.limits import AdmissionStore
from herald.http.resolver import HttpApi
from herald.identity.tokens import AccessTokens


def access_tokens() -> AccessTokens:
    """Tokens signed with this installation's key, read at first use."""
    return AccessTokens(lambda: read_secret(os.environ["SIGNING_KEY_SECRET"])["signing_key"])


def doorkeeper() -> Doorkeeper:
    """Who lets requests in, over the admissions table."""
    return Doorkeeper(access_tokens(), AdmissionStore(os.environ["ADMISSIONS_TABLE"]))


def compose_api() -> HttpApi:
    """An API with sign-in, limits and safe retries; the caller adds the routes."""
    return HttpApi(doorkeeper(), idempotent_answers=IdempotentAnswers(os.environ["IDEMPOTENCY_TABLE"]))
