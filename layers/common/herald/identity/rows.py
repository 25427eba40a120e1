"""How identity is stored.

``person#{id}`` holds a person, their sessions and the names of their tenants: people stand outside of tenants, as they
belong to several. ``{tenant}#identity`` holds a tenant and its members. ``email#{id}`` and ``username#{id}`` lead to a
person, as they are asked before anything else is known; their existence is what keeps names unique.
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from herald.storage import Row, TableName
from herald.values.ids import derived_id

_NAMES = "7d3c9a52-6c1b-4f6e-9d6f-6b0f6f0f2f11"


class IdentityRow(Row):
    """What every row of identity has."""

    class Meta:
        table_name = TableName(lambda settings: settings.identity_table)


class PersonRow(IdentityRow):
    """Somebody who signs in."""

    person_id = UnicodeAttribute()
    email = UnicodeAttribute()
    username = UnicodeAttribute(default="")
    name = UnicodeAttribute()
    phone = UnicodeAttribute(default="")
    password_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    home_tenant_id = UnicodeAttribute()
    email_verified_at = UnicodeAttribute(null=True)
    suspended = BooleanAttribute(default=False)


class ClaimRow(IdentityRow):
    """Whose an e-mail address or a user name is."""

    person_id = UnicodeAttribute()


class TenantRow(IdentityRow):
    """An organisation."""

    tenant_id = UnicodeAttribute()
    name = UnicodeAttribute()
    number = NumberAttribute()
    created_at = UnicodeAttribute()
    active = BooleanAttribute(default=True)
    tax_number = UnicodeAttribute(default="")
    website = UnicodeAttribute(default="")
    industry = UnicodeAttribute(default="")
    members = NumberAttribute(default=0)
    """How many numbers were given to members so far."""
    admins = NumberAttribute(default=0)
    """How many active members are its ADMINs: never none."""


class MemberRow(IdentityRow):
    """A person in a tenant."""

    tenant_id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    role = UnicodeAttribute()
    number = NumberAttribute()
    joined_at = UnicodeAttribute()
    active = BooleanAttribute(default=True)


class BelongingRow(IdentityRow):
    """That a person belongs to a tenant, beside the person."""

    tenant_id = UnicodeAttribute()


class NumberRow(IdentityRow):
    """Who has a number in a tenant, or which tenant has a number."""

    identifier = UnicodeAttribute()


class CounterRow(IdentityRow):
    """The last number that was given to a tenant."""

    last = NumberAttribute(default=0)


class SessionRow(IdentityRow):
    """A sign-in; expires by itself."""

    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    last_used_at = UnicodeAttribute()
    ends_at = NumberAttribute()
    user_agent = UnicodeAttribute(default="")
    address = UnicodeAttribute(default="")


def tenant_partition(tenant_id: str) -> str:
    """Where a tenant and its members stand."""
    return f"{tenant_id}#identity"


def person_partition(person_id: str) -> str:
    """Where a person stands, with their sessions."""
    return f"person#{person_id}"


def name_id(name: str) -> str:
    """A stable id for an e-mail address or a user name as it is compared, so that neither stands in a key."""
    return derived_id(_NAMES, name)
