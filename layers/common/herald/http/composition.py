"""How an endpoint function's API is put together."""

from herald.http.access import SIGN_IN
from herald.http.api import HttpApi
from herald.http.authentication import Authenticator
from herald.http.contracts.contract import Contract
from herald.http.cors import Cors
from herald.http.idempotency import IdempotentAnswers
from herald.identity.composition import identity
from herald.identity.model import Principal
from herald.settings import settings


def compose_api(contract: Contract) -> HttpApi:
    """An API with sign-in, limits, safe retries, audit log and other sites' pages; the caller adds the routes."""
    authenticator = Authenticator(
        identity().access_tokens,
        identity().rate_limits,
        verify_key=_verify_key,
        standing_of_tenant=identity().tenant_standings.of_tenant,
        is_verified=identity().person_store.is_verified,
        limits_of_installation={SIGN_IN.name: settings().sign_in_requests_per_minute},
    )
    return HttpApi(
        authenticator,
        contract,
        idempotent_answers=IdempotentAnswers(settings().idempotency_table),
        cors=Cors(settings().cors_origins.split(",")),
        audit=identity().audit,
    )


def _verify_key(text: str) -> Principal:
    # Asked for with the first key that comes: until then, what looks keys up is not even imported.
    return identity().cached_api_keys.verify(text)
