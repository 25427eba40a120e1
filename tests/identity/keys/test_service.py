"""API keys: shown once, kept as a hash, confined, and ended at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import Forbidden, Invalid, NotFound, Unauthenticated
from herald.identity.composition import identity
from herald.identity.keys.service import ApiKeys
from herald.identity.keys.store import KeyStore
from herald.identity.keys.text import is_api_key
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, may
from herald.identity.rate_limits.model import Limit, subject_of_user
from herald.identity.rate_limits.store import RateLimitStore
from herald.values.ids import compact_id, new_id
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.people import found

TENANT = "0192f3a4-5b6c-7d8e-9f00-112233445566"
OTHER_TENANT = "0192f3a4-5b6c-7d8e-9f00-aabbccddeeff"
ADMIN = Principal("user-1", TENANT, Role.ADMIN, "session-1")
STRANGER = Principal("user-2", OTHER_TENANT, Role.ADMIN, "session-2")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rate_limits(cloud: None, clock: FakeClock) -> RateLimitStore:
    return RateLimitStore(clock=clock)


@pytest.fixture
def keys(rate_limits: RateLimitStore, clock: FakeClock) -> ApiKeys:
    found(ADMIN)
    found(STRANGER)
    return ApiKeys(KeyStore(), identity().membership_store, rate_limits, clock=clock)


def generate(keys: ApiKeys, *scopes: str, days: int | None = None) -> str:
    return keys.generate(ADMIN, key_id=new_id(), name="Shop", scopes=scopes, days=days)[1]


def test_a_key_signs_its_program_in_as_an_integration_of_its_tenant(keys: ApiKeys) -> None:
    text = generate(keys)

    principal = keys.verify(text).principal

    assert is_api_key(text)
    assert (principal.tenant_id, principal.role) == (TENANT, Role.INTEGRATION)
    assert may(principal, Permission.CAMPAIGNS_SEND)


def test_nothing_that_is_stored_is_the_key(keys: ApiKeys) -> None:
    text = generate(keys)

    stored = str(stored_items("IDENTITY_TABLE"))

    assert text not in stored
    assert text[25:] not in stored


def test_a_key_does_what_its_scopes_say_and_nothing_else(keys: ApiKeys) -> None:
    principal = keys.verify(generate(keys, "audience:read")).principal

    assert [permission for permission in Permission if may(principal, permission)] == [Permission.AUDIENCE_READ]


@pytest.mark.parametrize("scope", ["account:own", "keys:manage", "staff:manage", "everything", ""])
def test_a_scope_that_programs_cannot_have_is_refused(scope: str, keys: ApiKeys) -> None:
    with pytest.raises(Invalid) as refusal:
        generate(keys, scope)

    assert "scopes" in refusal.value.fields


def test_a_revoked_key_is_refused_also_where_it_is_remembered(keys: ApiKeys, rate_limits: RateLimitStore) -> None:
    text = generate(keys)
    key = keys.verify(text)

    keys.revoke(ADMIN, key.key_id)

    with pytest.raises(Unauthenticated):
        rate_limits.admit(
            subject_of_user(ADMIN.tenant_id, key.key_id), Limit("staff", 100), session_id=f"key-{key.key_id}"
        )
    with pytest.raises(Unauthenticated):
        keys.verify(text)
    assert keys.of_tenant(ADMIN) == []


def test_a_key_ends_when_its_time_is_over(keys: ApiKeys, clock: FakeClock) -> None:
    text = generate(keys, days=1)
    clock.advance(24 * 3600 - 1)
    keys.verify(text)

    clock.advance(1)

    with pytest.raises(Unauthenticated) as refusal:
        keys.verify(text)
    assert refusal.value.code == "token_expired"


def test_a_key_of_which_no_end_was_said_ends_after_a_year(keys: ApiKeys, clock: FakeClock) -> None:
    text = generate(keys)
    clock.advance(365 * 24 * 3600 - 1)
    keys.verify(text)

    clock.advance(1)

    with pytest.raises(Unauthenticated):
        keys.verify(text)


def test_its_use_is_noted_once_an_hour(keys: ApiKeys, clock: FakeClock) -> None:
    text, first = generate(keys), clock()
    keys.verify(text)
    clock.advance(3599)
    keys.verify(text)
    assert [key.last_used_at for key in keys.of_tenant(ADMIN)] == [first]

    clock.advance(1)
    keys.verify(text)

    assert [key.last_used_at for key in keys.of_tenant(ADMIN)] == [first + timedelta(hours=1)]


def test_another_tenant_sees_and_ends_no_key_of_this_one(keys: ApiKeys) -> None:
    key = keys.verify(generate(keys))

    assert keys.of_tenant(STRANGER) == []
    with pytest.raises(NotFound):
        keys.revoke(STRANGER, key.key_id)


def test_a_key_that_is_made_while_its_maker_is_let_go_is_none(keys: ApiKeys) -> None:
    memberships = identity().membership_store
    admin = memberships.find(TENANT, ADMIN.user_id)
    assert admin is not None
    memberships.add(replace(admin, person_id="another", number=2))
    memberships.replace(admin, replace(admin, active=False))

    with pytest.raises(Forbidden):
        generate(keys)

    assert keys.of_tenant(ADMIN) == []


def test_a_key_with_another_tenants_id_in_it_is_no_key(keys: ApiKeys) -> None:
    text = generate(keys)

    with pytest.raises(Unauthenticated):
        keys.verify("hk_" + compact_id(OTHER_TENANT) + text[25:])


@pytest.mark.parametrize(
    "text", ["hk_", "hk_x", "hk_" + "!" * 54, "hk_" + "0" * 53, "hk_" + "0" * 55, "hk_" + "z" * 54]
)
def test_what_is_no_key_is_refused(text: str, keys: ApiKeys) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        keys.verify(text)

    assert refusal.value.code == "auth_required"
