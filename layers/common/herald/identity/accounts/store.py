"""People, tenants and memberships in DynamoDB (see `herald.identity.rows`)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from herald.errors import Conflict, NotFound
from herald.identity.accounts.model import Person
from herald.identity.model import Role
from herald.identity.rows import (
    BelongingRow,
    ClaimRow,
    CounterRow,
    MemberRow,
    NumberRow,
    PersonRow,
    TenantRow,
    name_id,
    person_partition,
    tenant_partition,
)
from herald.identity.staff.model import Membership, User
from herald.identity.tenants.model import Tenant
from herald.identity.transactions import WordedTransaction, changed_meanwhile
from herald.values.clock import from_text, to_text

_NOBODY = "00000000-0000-0000-0000-000000000000"
_MOST_TENANTS = 100


class IdentityStore:
    """`Identities` over DynamoDB."""

    def next_tenant_number(self) -> int:
        """A number that no tenant has; one that is never used is lost."""
        row = CounterRow("counters", "tenants")
        row.update(actions=[CounterRow.last.add(1)])
        return int(row.last)

    def add_tenant(self, tenant: Tenant, first: Membership, *, person: Person | None = None) -> None:
        """Stores a tenant with its first member, and that person too where they are new, all at once.

        Raises:
            Conflict: ``email_taken`` or ``username_taken``.
        """
        row = _tenant_row(tenant)
        row.members, row.admins = first.number, 1
        with WordedTransaction() as writes:
            if person is not None:
                save_person(writes, person)
            save_member(writes, first)
            writes.save(row)
            writes.save(NumberRow("numbers", f"tenant#{tenant.number}", identifier=tenant.tenant_id))

    def add_member(self, membership: Membership, *, person: Person | None = None) -> None:
        """Stores a member of a tenant, and that person too where they are new, all at once.

        Raises:
            Conflict: ``email_taken``, ``username_taken`` or ``member_already``.
        """
        with WordedTransaction() as writes:
            if person is not None:
                save_person(writes, person)
            save_member(writes, membership)
            count_admins(writes, membership.tenant_id, int(membership.is_admin))

    def next_member_number(self, tenant_id: str) -> int:
        """A number that no member of the tenant has."""
        row = TenantRow(tenant_partition(tenant_id), "tenant")
        row.update(actions=[TenantRow.members.add(1)])
        return int(row.members)

    def find_by_email(self, email: str) -> Person | None:
        """The person with that (normal) e-mail address; takes as many reads for nobody as for somebody."""
        return self._find(f"email#{name_id(email)}")

    def find_by_username(self, username: str) -> Person | None:
        """The person with that (normal) user name; takes as many reads for nobody as for somebody."""
        return self._find(f"username#{name_id(username)}")

    def get_person(self, person_id: str) -> Person:
        """A person, or NotFound."""
        found = self._person(person_id)
        if found is None:
            raise NotFound("There is no such user.")
        return found

    def get_tenant(self, tenant_id: str) -> Tenant:
        """A tenant, or NotFound."""
        try:
            return _tenant(TenantRow.get(tenant_partition(tenant_id), "tenant", consistent_read=True))
        except DoesNotExist as error:
            raise NotFound("There is no such organisation.") from error

    def get_user(self, tenant_id: str, person_id: str) -> User:
        """A member of the tenant, or NotFound."""
        membership = self.find_membership(tenant_id, person_id)
        if membership is None:
            raise NotFound("There is no such user.")
        return User(self.get_person(person_id), membership)

    def find_membership(self, tenant_id: str, person_id: str) -> Membership | None:
        """A person's place in a tenant."""
        try:
            row = MemberRow.get(tenant_partition(tenant_id), f"member#{person_id}", consistent_read=True)
        except DoesNotExist:
            return None
        return _membership(row)

    def memberships_of(self, person_id: str) -> list[Membership]:
        """A person's places in all of their tenants, oldest first; no more than a hundred."""
        rows = BelongingRow.query(
            person_partition(person_id),
            BelongingRow.sort.startswith("tenant#"),
            limit=_MOST_TENANTS,
            consistent_read=True,
        )
        keys = [(tenant_partition(row.tenant_id), f"member#{person_id}") for row in rows]
        return sorted(map(_membership, MemberRow.read_many(keys)), key=lambda membership: membership.joined_at)

    def tenants(self, tenant_ids: list[str]) -> Iterator[Tenant]:
        """The tenants that exist among these, in no particular order."""
        return map(_tenant, TenantRow.read_many([(tenant_partition(tenant_id), "tenant") for tenant_id in tenant_ids]))

    def update_tenant(self, tenant: Tenant) -> None:
        """Changes what a tenant says of itself; harmless where it is gone."""
        TenantRow(tenant_partition(tenant.tenant_id), "tenant").update_if(
            [
                TenantRow.name.set(tenant.name),
                TenantRow.tax_number.set(tenant.tax_number),
                TenantRow.website.set(tenant.website),
                TenantRow.industry.set(tenant.industry),
            ],
            TenantRow.partition.exists(),
        )

    def find_member_by_number(self, tenant_id: str, number: int) -> Membership | None:
        """The member who has a number."""
        try:
            row = NumberRow.get(tenant_partition(tenant_id), f"number#{number:010d}", consistent_read=True)
        except DoesNotExist:
            return None
        return self.find_membership(tenant_id, row.identifier)

    def find_tenant_by_number(self, number: int) -> Tenant | None:
        """The tenant that has a number."""
        try:
            row = NumberRow.get("numbers", f"tenant#{number}", consistent_read=True)
        except DoesNotExist:
            return None
        return self.get_tenant(row.identifier)

    def members(self, tenant_id: str, *, at_most: int) -> list[Membership]:
        """The members of a tenant, by number."""
        rows = MemberRow.query(
            tenant_partition(tenant_id), MemberRow.sort.startswith("member#"), limit=at_most, consistent_read=True
        )
        return sorted(map(_membership, rows), key=lambda membership: membership.number)

    def people(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """The people that exist among these, by id."""
        rows = PersonRow.read_many([(person_partition(person_id), "person") for person_id in person_ids])
        return {row.person_id: _person(row) for row in rows}

    def replace_member(self, before: Membership, after: Membership) -> None:
        """Changes a member's role, and whether they are active, if nobody else did meanwhile.

        Raises:
            Conflict: ``last_admin`` where no active ADMIN would be left; ``changed_meanwhile``.
        """
        row = MemberRow(tenant_partition(before.tenant_id), f"member#{before.person_id}")
        with WordedTransaction() as writes:
            writes.update(
                row,
                [MemberRow.role.set(after.role.value), MemberRow.active.set(after.active)],
                condition=(MemberRow.role == before.role.value) & (MemberRow.active == before.active),
                refusal=changed_meanwhile(),
            )
            count_admins(writes, before.tenant_id, after.is_admin - before.is_admin)

    def rename_person(self, person_id: str, *, name: str, phone: str) -> None:
        """Gives a person another name and phone number; harmless where they are gone."""
        PersonRow(person_partition(person_id), "person").update_if(
            [PersonRow.name.set(name), PersonRow.phone.set(phone)], PersonRow.partition.exists()
        )

    def set_password(self, person_id: str, password_hash: str) -> None:
        """Replaces a person's password; harmless where they are gone."""
        PersonRow(person_partition(person_id), "person").update_if(
            [PersonRow.password_hash.set(password_hash)], PersonRow.partition.exists()
        )

    def set_verified(self, person_id: str, *, now: datetime) -> None:
        """Records that a person's e-mail address is theirs; harmless where they are gone."""
        PersonRow(person_partition(person_id), "person").update_if(
            [PersonRow.email_verified_at.set(to_text(now))], PersonRow.partition.exists()
        )

    def set_home(self, person_id: str, tenant_id: str) -> None:
        """Makes a tenant the one that the person's next sign-in opens."""
        row = PersonRow(person_partition(person_id), "person")
        row.update_if([PersonRow.home_tenant_id.set(tenant_id)], PersonRow.partition.exists())

    def _find(self, partition: str) -> Person | None:
        try:
            person_id = ClaimRow.get(partition, "claim", consistent_read=True).person_id
        except DoesNotExist:
            person_id = _NOBODY
        return self._person(person_id)

    def _person(self, person_id: str) -> Person | None:
        try:
            return _person(PersonRow.get(person_partition(person_id), "person", consistent_read=True))
        except DoesNotExist:
            return None


def save_person(writes: WordedTransaction, person: Person) -> None:
    """Adds a person to a transaction; it is refused with ``email_taken`` or ``username_taken``."""
    writes.save(
        ClaimRow(f"email#{name_id(person.email)}", "claim", person_id=person.person_id),
        condition=ClaimRow.partition.does_not_exist(),
        refusal=Conflict(
            "This e-mail address is registered already; sign in with it, or invite its owner.",
            code="email_taken",
            fields={"email": "already registered"},
        ),
    )
    if person.username:
        writes.save(
            ClaimRow(f"username#{name_id(person.username)}", "claim", person_id=person.person_id),
            condition=ClaimRow.partition.does_not_exist(),
            refusal=Conflict("This user name is taken.", code="username_taken", fields={"username": "already taken"}),
        )
    writes.save(_person_row(person))


def save_member(writes: WordedTransaction, membership: Membership) -> None:
    """Adds a member to a transaction; it is refused with ``member_already``. `count_admins` is another matter."""
    partition = tenant_partition(membership.tenant_id)
    writes.save(
        MemberRow(
            partition,
            f"member#{membership.person_id}",
            tenant_id=membership.tenant_id,
            person_id=membership.person_id,
            role=membership.role.value,
            number=membership.number,
            joined_at=to_text(membership.joined_at),
            active=membership.active,
        ),
        condition=MemberRow.partition.does_not_exist(),
        refusal=member_already(),
    )
    writes.save(NumberRow(partition, f"number#{membership.number:010d}", identifier=membership.person_id))
    writes.save(
        BelongingRow(
            person_partition(membership.person_id), f"tenant#{membership.tenant_id}", tenant_id=membership.tenant_id
        )
    )


def count_admins(writes: WordedTransaction, tenant_id: str, change: int) -> None:
    """Adds to a transaction that a tenant has one active ADMIN more or less; the last one stays (``last_admin``)."""
    if not change:
        return
    writes.update(
        TenantRow(tenant_partition(tenant_id), "tenant"),
        [TenantRow.admins.add(change)],
        condition=TenantRow.admins > 1 if change < 0 else TenantRow.partition.exists(),
        refusal=Conflict("This is the last administrator; make somebody else one first.", code="last_admin"),
    )


def member_already() -> Conflict:
    """Somebody was to join an organisation that they are in."""
    return Conflict("This person belongs to the organisation already.", code="member_already")


def _tenant_row(tenant: Tenant) -> TenantRow:
    return TenantRow(
        tenant_partition(tenant.tenant_id),
        "tenant",
        tenant_id=tenant.tenant_id,
        name=tenant.name,
        number=tenant.number,
        created_at=to_text(tenant.created_at),
        active=tenant.active,
        tax_number=tenant.tax_number,
        website=tenant.website,
        industry=tenant.industry,
    )


def _tenant(row: TenantRow) -> Tenant:
    return Tenant(
        tenant_id=row.tenant_id,
        name=row.name,
        number=int(row.number),
        created_at=from_text(row.created_at),
        active=row.active,
        tax_number=row.tax_number,
        website=row.website,
        industry=row.industry,
    )


def _person_row(person: Person) -> PersonRow:
    return PersonRow(
        person_partition(person.person_id),
        "person",
        person_id=person.person_id,
        email=person.email,
        username=person.username,
        name=person.name,
        phone=person.phone,
        password_hash=person.password_hash,
        created_at=to_text(person.created_at),
        home_tenant_id=person.home_tenant_id,
        email_verified_at=to_text(person.email_verified_at) if person.email_verified_at else None,
        suspended=person.suspended,
    )


def _person(row: PersonRow) -> Person:
    return Person(
        person_id=row.person_id,
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        created_at=from_text(row.created_at),
        home_tenant_id=row.home_tenant_id,
        username=row.username,
        phone=row.phone,
        email_verified_at=from_text(row.email_verified_at) if row.email_verified_at else None,
        suspended=row.suspended,
    )


def _membership(row: MemberRow) -> Membership:
    return Membership(
        row.tenant_id, row.person_id, Role(row.role), int(row.number), from_text(row.joined_at), row.active
    )
