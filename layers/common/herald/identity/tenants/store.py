"""Tenants in DynamoDB, beside their members, and the numbers by which others know them."""

from collections.abc import Iterable, Iterator, Mapping

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from herald.errors import Conflict, NotFound
from herald.identity.store import IdentityRow, tenant_partition
from herald.identity.tenants.model import Standing, Tenant, TenantState
from herald.storage import IntegerAttribute, TimestampAttribute, Transaction, dynamodb_client
from herald.values.page import Page, decode_cursor, encode_cursor, unknown_cursor

_NUMBERS = "numbers"
_NUMBER = "tenant#"


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
    closed_at = TimestampAttribute(null=True)
    erase_at = TimestampAttribute(null=True)
    erasing_since = TimestampAttribute(null=True)
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
        row = TenantRow.find(*tenant_key(tenant_id))
        return row.to_entity(Tenant) if row else None

    def find_id(self, number: int) -> str | None:
        """The id of the tenant that has a number."""
        row = TenantNumberRow.find(*tenant_number_key(number))
        return row.tenant_id if row else None

    def get_many(self, tenant_ids: Iterable[str]) -> Iterator[Tenant]:
        """The tenants that exist among these, in no particular order."""
        rows = TenantRow.read_many([tenant_key(tenant_id) for tenant_id in tenant_ids])
        return (row.to_entity(Tenant) for row in rows)

    def page(self, *, size: int, cursor: str | None) -> Page[Tenant]:
        """Every tenant there is, in the order of their numbers as text.

        Raises:
            Invalid: the cursor is not one of this list's.
        """
        found = TenantNumberRow.query(
            _NUMBERS,
            TenantNumberRow.sort.startswith(_NUMBER),
            limit=size,
            last_evaluated_key=_position_of(cursor) if cursor else None,
        )
        rows = list(found)
        tenants = {tenant.tenant_id: tenant for tenant in self.get_many(row.tenant_id for row in rows)}
        shown = [tenants[row.tenant_id] for row in rows if row.tenant_id in tenants]
        return Page(shown, encode_cursor(rows[-1].sort) if len(rows) == size else None)

    def update(self, tenant: Tenant) -> None:
        """Changes what a tenant says of itself; harmless where it is gone, or going."""
        TenantRow(*tenant_key(tenant.tenant_id)).update_if(
            [
                TenantRow.name.set(tenant.name),
                TenantRow.website.set(tenant.website),
                TenantRow.industry.set(tenant.industry),
            ],
            TenantRow.partition.exists() & TenantRow.erasing_since.does_not_exist(),
        )

    def standing(self, tenant_id: str) -> Standing:
        """The limits agreed with a tenant, and whether it is there for its people, in one read of little."""
        partition, sort = tenant_key(tenant_id)
        answer = dynamodb_client().get_item(
            TableName=TenantRow.table(),
            Key={"pk": {"S": partition}, "sk": {"S": sort}},
            ProjectionExpression="#limits, closed_at, erasing_since",
            ExpressionAttributeNames={"#limits": "limits"},
        )
        item = answer.get("Item", {})
        agreed = item.get("limits", {}).get("M", {})
        limits = {name: int(value["N"]) for name, value in agreed.items() if "N" in value}
        if "erasing_since" in item:
            return Standing(limits, TenantState.ERASING)
        return Standing(limits, TenantState.CLOSED if "closed_at" in item else TenantState.OPEN)

    def set_limits(self, tenant_id: str, limits: Mapping[str, int]) -> bool:
        """Agrees these limits with a tenant, and no others; False where it is gone, or going."""
        agreed = Path("limits")
        action = agreed.set(dict(limits)) if limits else agreed.remove()
        is_there = TenantRow.partition.exists() & TenantRow.erasing_since.does_not_exist()
        return TenantRow(*tenant_key(tenant_id)).update_if([action], is_there)


def next_member_number(tenant_id: str) -> int:
    """A number that no member of the tenant has."""
    row = TenantRow(*tenant_key(tenant_id))
    row.update(actions=[TenantRow.members.add(1)])
    return row.members


def add_tenant(writes: Transaction, tenant: Tenant) -> None:
    """Adds a tenant to a transaction, counted with its first member, an ADMIN, who is another matter."""
    writes.save(TenantRow.from_entity(tenant, *tenant_key(tenant.tenant_id), members=1, admins=1))
    writes.save(TenantNumberRow(*tenant_number_key(tenant.number), tenant_id=tenant.tenant_id))


def remove_tenant(writes: Transaction, tenant_id: str) -> None:
    """Adds to a transaction that a tenant goes; it is refused where anybody but its first member got a number."""
    row = TenantRow.find(*tenant_key(tenant_id))
    if row is not None:
        writes.delete(TenantNumberRow(*tenant_number_key(row.number)))
    writes.delete(TenantRow(*tenant_key(tenant_id)), condition=TenantRow.members == 1)


def count_admins(writes: Transaction, tenant_id: str, change: int) -> None:
    """Adds to a transaction that a tenant has one active ADMIN more or less; the last one stays (``last_admin``)."""
    if not change:
        return
    writes.update(
        TenantRow(*tenant_key(tenant_id)),
        [TenantRow.admins.add(change)],
        condition=TenantRow.admins > 1 if change < 0 else TenantRow.partition.exists(),
        refusal=Conflict("This is the last administrator; make somebody else one first.", code="last_admin"),
    )


def tenant_key(tenant_id: str) -> tuple[str, str]:
    """Where a tenant's own row stands."""
    return tenant_partition(tenant_id), "tenant"


def tenant_number_key(number: int) -> tuple[str, str]:
    """Where it stands which tenant has a number."""
    return _NUMBERS, f"{_NUMBER}{number}"


def _position_of(cursor: str) -> dict[str, dict[str, str]]:
    sort = decode_cursor(cursor)
    if not sort.startswith(_NUMBER) or not sort.removeprefix(_NUMBER).isdecimal():
        raise unknown_cursor()
    return {"pk": {"S": _NUMBERS}, "sk": {"S": sort}}
