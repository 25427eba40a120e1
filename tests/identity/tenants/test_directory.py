"""What whoever runs the installation does with organisations."""

import pytest

from herald.errors import Invalid, NotFound
from herald.http.contracts.published import PUBLISHED_LIMITS
from herald.identity.composition import identity
from herald.identity.tenants.directory import TenantDirectory
from herald.values.ids import new_id
from herald.values.page import encode_cursor
from tests.support.people import sign_up


@pytest.fixture
def directory(cloud: None) -> TenantDirectory:
    return identity().tenant_directory(PUBLISHED_LIMITS)


def agreed(directory: TenantDirectory, tenant_id: str) -> dict[str, int | None]:
    return {limit.published.name: limit.agreed for limit in directory.limits_of(tenant_id)}


def test_every_tenant_is_listed_once_page_by_page(directory: TenantDirectory) -> None:
    signed_up = {sign_up(f"person{number}@greenfield.example").tenant_id for number in range(11)}
    listed, cursor = [], None
    while True:
        page = directory.page(size=4, cursor=cursor)
        listed += [tenant.tenant_id for tenant in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(listed) == len(set(listed))
    assert set(listed) == signed_up


@pytest.mark.parametrize("cursor", ["nonsense", encode_cursor("tenant#x"), encode_cursor("user#1")])
def test_a_cursor_of_another_list_is_refused(directory: TenantDirectory, cursor: str) -> None:
    with pytest.raises(Invalid):
        directory.page(size=4, cursor=cursor)


def test_limits_hold_as_published_until_others_are_agreed(directory: TenantDirectory) -> None:
    tenant_id = sign_up().tenant_id
    assert set(agreed(directory, tenant_id).values()) == {None}

    directory.set_limits(tenant_id, {"staff": 500, "mifumo": 7})

    assert agreed(directory, tenant_id) == dict.fromkeys(PUBLISHED_LIMITS) | {"staff": 500, "mifumo": 7}
    by_name = {limit.published.name: limit.requests for limit in directory.limits_of(tenant_id)}
    assert (by_name["staff"], by_name["pytake"]) == (500, PUBLISHED_LIMITS["pytake"].requests)


def test_what_is_left_out_holds_as_published_again(directory: TenantDirectory) -> None:
    tenant_id = sign_up().tenant_id
    directory.set_limits(tenant_id, {"staff": 500, "mifumo": 7})

    directory.set_limits(tenant_id, {"mifumo": 8})
    assert agreed(directory, tenant_id) == dict.fromkeys(PUBLISHED_LIMITS) | {"mifumo": 8}

    directory.set_limits(tenant_id, {})
    assert set(agreed(directory, tenant_id).values()) == {None}
    assert directory.get(tenant_id).name == "Amina Otieno"


@pytest.mark.parametrize(
    ("name", "requests"),
    [("staff", 0), ("staff", -1), ("staff", 60_001), ("event_stream", 3_600_001), ("sign_in", 5), ("nothing", 5)],
)
def test_what_cannot_be_agreed_is_refused_by_name_and_changes_nothing(
    directory: TenantDirectory, name: str, requests: int
) -> None:
    tenant_id = sign_up().tenant_id

    with pytest.raises(Invalid) as refusal:
        directory.set_limits(tenant_id, {"mifumo": 7, name: requests})

    assert set(refusal.value.fields) == {f"limits.{name}"}
    assert set(agreed(directory, tenant_id).values()) == {None}


def test_the_highest_limit_is_what_can_be_counted(directory: TenantDirectory) -> None:
    directory.set_limits(sign_up().tenant_id, {"staff": 60_000, "event_stream": 3_600_000})


def test_a_tenant_that_is_not_there_gets_no_limits(directory: TenantDirectory) -> None:
    with pytest.raises(NotFound):
        directory.set_limits(new_id(), {"staff": 5})
    with pytest.raises(NotFound):
        directory.set_limits(new_id(), {})


def test_the_limits_that_can_be_agreed_are_those_of_every_contract() -> None:
    assert set(PUBLISHED_LIMITS) == {"staff", "event_stream", "iperform", "pytake", "mifumo"}
