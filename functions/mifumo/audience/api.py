"""The API of this function, and what its groups of routes share."""

from herald.audience.consent.model import ConsentSource, Evidence
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO

api = compose_api(MIFUMO)


def by_caller(reason: str = "") -> Evidence:
    """That the caller of this request says something of a person's consent."""
    return Evidence(ConsentSource.API, actor=api.caller.user_id, reason=reason, reference=api.request_id)


def default_region() -> str:
    """Where a phone number without a country code is dialled; empty for nowhere."""
    from herald.results.composition import results

    return results().tenant_defaults.get(api.caller.tenant_id).country
