import pytest

from herald.http.allowances import allowance_of
from herald.http.dialects import _BY_PREFIX

PER_MINUTE = 60
PER_HOUR = 3600


@pytest.mark.parametrize(
    ("path", "user", "key", "stranger"),
    [
        ("/api/v1/admin/reports", (100, PER_MINUTE), (100, PER_MINUTE), None),
        ("/api/v1/auth/me", (100, PER_MINUTE), (100, PER_MINUTE), None),
        ("/api/v1/campaigns", (10_000, PER_HOUR), (10_000, PER_HOUR), (1000, PER_HOUR)),
        ("/api/v1/users/+14155550100", (10_000, PER_HOUR), (10_000, PER_HOUR), (1000, PER_HOUR)),
        ("/api/v1/leads/7", (1000, PER_MINUTE), (1000, PER_MINUTE), None),
        ("/api/v1/flows", (1000, PER_MINUTE), (1000, PER_MINUTE), None),
        ("/api/messaging/contacts", (100, PER_MINUTE), (100, PER_MINUTE), None),
        ("/api/messaging/contacts/bulk-import", (10, PER_MINUTE), (10, PER_MINUTE), None),
        ("/api/messaging/sms/send", (10, PER_MINUTE), (10, PER_MINUTE), None),
        ("/api/messaging/campaigns/7/start", (50, PER_MINUTE), (50, PER_MINUTE), None),
        ("/api/messaging/campaigns-of-others", (100, PER_MINUTE), (100, PER_MINUTE), None),
    ],
)
def test_the_limits_are_those_that_the_contracts_publish(
    path: str, user: tuple[int, int], key: tuple[int, int], stranger: tuple[int, int] | None
) -> None:
    allowance = allowance_of(path)

    assert (allowance.user.requests, allowance.user.seconds) == user
    assert (allowance.key.requests, allowance.key.seconds) == key
    found = allowance.stranger and (allowance.stranger.requests, allowance.stranger.seconds)
    assert found == stranger


def test_every_path_has_a_limit() -> None:
    for prefix, _ in (*_BY_PREFIX, ("/api/v1/users", None)):
        assert allowance_of(prefix).user.requests > 0


def test_counters_that_differ_have_names_that_differ() -> None:
    limits = {
        limit
        for prefix, _ in _BY_PREFIX
        for limit in (allowance_of(prefix).user, allowance_of(prefix).key, allowance_of(prefix).stranger)
        if limit is not None
    }

    assert len({limit.name for limit in limits}) == len(limits)
