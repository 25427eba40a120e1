"""The published limits."""

import pytest

from herald.http.access import SIGN_IN
from herald.http.contracts import resultflow
from herald.http.contracts.prefixes import contract_of
from herald.identity.rate_limits.model import Limit

PER_MINUTE = 60
PER_HOUR = 3600
PATHS = (
    "/api/v1/admin/reports",
    "/api/v1/auth/me",
    "/api/v1/users",
    "/api/v1/campaigns",
    "/api/v1/leads",
    "/api/v1/flows",
    "/api/messaging/contacts",
)


@pytest.mark.parametrize(
    ("path", "user", "key", "stranger"),
    [
        ("/api/v1/admin/reports", (100, PER_MINUTE), (100, PER_MINUTE), None),
        ("/api/v1/auth/me", (100, PER_MINUTE), (100, PER_MINUTE), None),
        ("/api/v1/campaigns", (10_000, PER_HOUR), (10_000, PER_HOUR), (1000, PER_HOUR)),
        ("/api/v1/users/+14155550100", (10_000, PER_HOUR), (10_000, PER_HOUR), (1000, PER_HOUR)),
        ("/api/v1/users", (10_000, PER_HOUR), (10_000, PER_HOUR), (1000, PER_HOUR)),
        ("/api/v1/users/7", (1000, PER_MINUTE), (1000, PER_MINUTE), None),
        ("/api/v1/leads/7", (1000, PER_MINUTE), (1000, PER_MINUTE), None),
        ("/api/v1/flows", (1000, PER_MINUTE), (1000, PER_MINUTE), None),
        ("/api/messaging/contacts", (100, PER_MINUTE), (100, PER_MINUTE), None),
    ],
)
def test_the_limits_are_those_that_the_contracts_publish(
    path: str, user: tuple[int, int], key: tuple[int, int], stranger: tuple[int, int] | None
) -> None:
    limits = contract_of(path).limits

    assert (limits.user.requests, limits.user.seconds) == user
    assert (limits.key.requests, limits.key.seconds) == key
    found = limits.stranger and (limits.stranger.requests, limits.stranger.seconds)
    assert found == stranger


@pytest.mark.parametrize(
    ("limit", "requests"),
    [
        (resultflow.RECIPIENT_LIMIT, 20),
        (SIGN_IN, 5),
    ],
)
def test_what_a_contract_limits_apart_has_the_published_limit(limit: Limit, requests: int) -> None:
    assert (limit.requests, limit.seconds) == (requests, PER_MINUTE)


def test_counters_that_differ_have_names_that_differ() -> None:
    of_contracts = [contract_of(path).limits for path in PATHS]
    limits = {
        limit
        for each in of_contracts
        for limit in (each.user, each.key, each.stranger, each.recipient)
        if limit is not None
    } | {SIGN_IN}

    assert len({limit.name for limit in limits}) == len(limits)
