"""The one table of what each role may do."""

import re
from pathlib import Path

import pytest

from herald.errors import Forbidden
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, may, permissions_of, require

DOCUMENT = Path(__file__).parents[2] / "docs" / "identity.md"


def documented() -> dict[Role, set[str]]:
    """The table in the documentation: by role, what it says yes to."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    head = next(line for line in lines if line.startswith("| Permission |"))
    roles = [Role(name) for name in re.findall(r"[A-Z]{2,}", head)]
    table: dict[Role, set[str]] = {role: set() for role in Role}
    for line in lines:
        row = re.fullmatch(r"\| `([a-z]+:[a-z]+)` \|(.*)\|", line)
        if row is None:
            continue
        for role, cell in zip(roles, row[2].split("|"), strict=True):
            table[role] |= {row[1]} if cell.strip() == "yes" else set()
    return table


def test_the_documented_table_is_the_one_in_force() -> None:
    assert documented() == {role: {permission.value for permission in permissions_of(role)} for role in Role}


def test_every_role_keeps_its_own_account_and_an_administrator_may_all() -> None:
    assert all(Permission.OWN_ACCOUNT in permissions_of(role) for role in Role)
    assert permissions_of(Role.ADMIN) == frozenset(Permission)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_manage_people_keys_and_the_organisation(role: Role) -> None:
    reserved = {Permission.STAFF_MANAGE, Permission.KEYS_MANAGE, Permission.TENANT_MANAGE}

    assert not reserved & permissions_of(role)


def test_a_key_may_what_both_its_role_and_its_scopes_allow() -> None:
    key = Principal("key", "tenant", Role.INTEGRATION, "key-1", frozenset({"audience:read", "staff:manage"}))

    assert [permission for permission in Permission if may(key, permission)] == [Permission.AUDIENCE_READ]


def test_whoever_may_not_is_told_which_permission_is_missing() -> None:
    viewer = Principal("user", "tenant", Role.VIEWER, "session")

    with pytest.raises(Forbidden) as refusal:
        require(viewer, Permission.STAFF_MANAGE)

    assert (refusal.value.code, refusal.value.fields) == ("permission_denied", {"permission": "staff:manage"})
