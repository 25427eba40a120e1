"""How identity is stored.

``person#{id}`` holds a person, their sessions and the names of their tenants: people stand outside of tenants, as they
belong to several. ``{tenant}#identity`` holds a tenant and its members. ``email#{id}`` and ``username#{id}`` lead to a
person, as they are asked before anything else is known; their existence is what keeps names unique.
"""

from herald.storage import Row, TableName

_PERSON = "person#"


class IdentityRow(Row):
    """What every row of identity has."""

    class Meta:
        table_name = TableName(lambda settings: settings.identity_table)


def tenant_partition(tenant_id: str) -> str:
    """Where a tenant and its members stand."""
    return f"{tenant_id}#identity"


def person_partition(person_id: str) -> str:
    """Where a person stands, with their sessions."""
    return f"{_PERSON}{person_id}"


def person_of(partition: str) -> str:
    """The inverse of `person_partition`."""
    return partition.removeprefix(_PERSON)
