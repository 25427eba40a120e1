"""How an endpoint function's API is put together from its environment."""

from dataclasses import replace

from herald.http.access import SIGN_IN_LIMIT
from herald.http.authentication import Doorkeeper
from herald.http.cors import Cors
from herald.http.idempotency import IdempotentAnswers
from herald.http.resolver import HttpApi
from herald.identity.admissions.model import Limit
from herald.identity.composition import identity
from herald.settings import settings


def sign_in_limit() -> Limit:
    """The limit of the authentication endpoints, which an installation may raise."""
    return replace(SIGN_IN_LIMIT, requests=settings().sign_in_requests_per_minute)


def compose_api() -> HttpApi:
    """An API with sign-in, limits, safe retries, audit log and other sites' pages; the caller adds the routes."""
    doorkeeper = Doorkeeper(
        identity().access_tokens,
        identity().admissions,
        keys=identity().cached_api_keys,
        limits_of_tenant=identity().tenant_limits.of_tenant,
    )
    return HttpApi(
        doorkeeper,
        idempotent_answers=IdempotentAnswers(settings().idempotency_table),
        cors=Cors(settings().cors_origins.split(",")),
        audit=identity().audit,
    )
