"""Tenants in DynamoDB, beside their members, and the numbers by which others know them."""

from collections.abc import Iterable, Iterator, Mapping

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from herald.errors import Conflict, NotFound
from herald.identity.store import IdentityRow, tenant_partition
from herald.identity.tenants.model import Tenant
from herald.storage import IntegerAttribute, TimestampAttribute, Transaction, dynamodb_client


class TenantRow(IdentityRow):
    """An organisation; an operator may add ``limits``, a map of numbers."""

    tenant_id = UnicodeAttribute()
    name = UnicodeAttribute()
    number = IntegerAttribute()
    created_at = TimestampAttribute()
    active = BooleanAttribute(null=True)
    tax_number = UnicodeAttribute(null=True)
    website = UnicodeAttribute(null=True)
    industry = UnicodeAttribute(null=True)
    members = IntegerAttribute(null=True)
    """How many numbers were given to members so far."""
    admins = IntegerAttribute(null=True)
    """How many active members are its ADMINs: never none."""


class TenantNumberRow(IdentityRow):
    """Which tenant has a number."""

    tenant_id = UnicodeAttribute(attr_name="identifier")


class CounterRow(IdentityRow):
    """The last number that was given to a tenant."""

    last = IntegerAttribute(null=True)


class TenantStore:
    """Tenants, each in its own partition."""

    def next_number(self) -> int:
        """A number that no tenant has; one that is never used is lost."""
        row = CounterRow("counters", "tenants")
        row.update(actions=[CounterRow.last.add(1)])
        return row.last

    def get(self, tenant_id: str) -> Tenant:
        """A tenant, or NotFound."""
        tenant = self.find(tenant_id)
        if tenant is None:
            raise NotFound("There is no such organisation.")
        return tenant

    def find(self, tenant_id: str) -> Tenant | None:
        """A tenant, if there is one of this id."""
        row = TenantRow.find(*_key(tenant_id))
        return row.to_entity(Tenant) if row else None

    def find_id(self, number: int) -> str | None:
        """The id of the tenant that has a number."""
        row = TenantNumberRow.find(*_number_key(number))
        return row.tenant_id if row else None

    def get_many(self, tenant_ids: Iterable[str]) -> Iterator[Tenant]:
        """The tenants that exist among these, in no particular order."""
        rows = TenantRow.read_many([_key(tenant_id) for tenant_id in tenant_ids])
        return (row.to_entity(Tenant) for row in rows)

    def update(self, tenant: Tenant) -> None:
        """Changes what a tenant says of itself; harmless where it is gone."""
        TenantRow(*_key(tenant.tenant_id)).update_if(
            [
                TenantRow.name.set(tenant.name),
                TenantRow.website.set(tenant.website),
                TenantRow.industry.set(tenant.industry),
            ],
            TenantRow.partition.exists(),
        )

    def limits(self, tenant_id: str) -> Mapping[str, int]:
        """The limits agreed with a tenant, by their names; empty where there are none."""
        partition, sort = _key(tenant_id)
        answer = dynamodb_client().get_item(
            TableName=TenantRow.table(),
            Key={"pk": {"S": partition}, "sk": {"S": sort}},
            ProjectionExpression="#limits",
            ExpressionAttributeNames={"#limits": "limits"},
        )
        agreed = answer.get("Item", {}).get("limits", {}).get("M", {})
        return {name: int(value["N"]) for name, value in agreed.items() if "N" in value}


def next_member_number(tenant_id: str) -> int:
    """A number that no member of the tenant has."""
    row = TenantRow(*_key(tenant_id))
    row.update(actions=[TenantRow.members.add(1)])
    return row.members


def add_tenant(writes: Transaction, tenant: Tenant) -> None:
    """Adds a tenant to a transaction, counted with its first member, an ADMIN, who is another matter."""
    writes.save(TenantRow.from_entity(tenant, *_key(tenant.tenant_id), members=1, admins=1))
    writes.save(TenantNumberRow(*_number_key(tenant.number), tenant_id=tenant.tenant_id))


def remove_tenant(writes: Transaction, tenant_id: str) -> None:
    """Adds to a transaction that a tenant goes; it is refused where anybody but its first member got a number."""
    row = TenantRow.find(*_key(tenant_id))
    if row is not None:
        writes.delete(TenantNumberRow(*_number_key(row.number)))
    writes.delete(TenantRow(*_key(tenant_id)), condition=TenantRow.members == 1)


def count_admins(writes: Transaction, tenant_id: str, change: int) -> None:
    """Adds to a transaction that a tenant has one active ADMIN more or less; the last one stays (``last_admin``)."""
    if not change:
        return
    writes.update(
        TenantRow(*_key(tenant_id)),
        [TenantRow.admins.add(change)],
        condition=TenantRow.admins > 1 if change < 0 else TenantRow.partition.exists(),
        refusal=Conflict("This is the last administrator; make somebody else one first.", code="last_admin"),
    )


def _key(tenant_id: str) -> tuple[str, str]:
    return tenant_partition(tenant_id), "tenant"


def _number_key(number: int) -> tuple[str, str]:
    return "numbers", f"tenant#{number}"
