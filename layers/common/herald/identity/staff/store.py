"""Memberships in DynamoDB, beside their tenant, and what is written together with them."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from herald.errors import Conflict, NotFound
from herald.identity.accounts.model import Person
from herald.identity.accounts.store import PersonStore, add_person, remove_person
from herald.identity.model import Role
from herald.identity.staff.model import Membership, User
from herald.identity.store import IdentityRow, person_partition, tenant_partition
from herald.identity.tenants.model import MOST_TENANTS, Tenant
from herald.identity.tenants.store import add_tenant, count_admins, next_member_number, remove_tenant
from herald.storage import EnumAttribute, IntegerAttribute, TimestampAttribute, Transaction, TransactionRefused


class MembershipRow(IdentityRow):
    """A person in a tenant."""

    tenant_id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    role = EnumAttribute(Role)
    number = IntegerAttribute()
    joined_at = TimestampAttribute()
    active = BooleanAttribute(null=True)
    name = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)


class MemberNumberRow(IdentityRow):
    """Who has a number in a tenant."""

    person_id = UnicodeAttribute(attr_name="identifier")


class TenantOfPersonRow(IdentityRow):
    """That a person belongs to a tenant, beside the person."""

    tenant_id = UnicodeAttribute()


class MembershipStore:
    """Memberships, found by tenant, by person and by number."""

    def __init__(self, people: PersonStore) -> None:
        self._people = people

    def add_first(
        self,
        membership: Membership,
        tenant: Tenant,
        *,
        person: Person | None = None,
        instead_of: Person | None = None,
    ) -> None:
        """Stores a tenant with its first member, an ADMIN, and that person too where they are new, all at once.

        Args:
            membership: the first.
            tenant: as it begins.
            person: the member, where they are new.
            instead_of: who goes as they come, and leaves them the e-mail address.

        Raises:
            Conflict: ``email_taken``, ``username_taken`` or ``member_already``.
        """
        with Transaction() as writes:
            if person is not None:
                add_person(writes, person, instead_of=instead_of)
            _add_membership(writes, membership)
            add_tenant(writes, tenant)

    def add(self, membership: Membership, *, person: Person | None = None) -> None:
        """Stores a member of a tenant, and that person too where they are new, all at once.

        Raises:
            Conflict: ``email_taken``, ``username_taken`` or ``member_already``.
        """
        with Transaction() as writes:
            add_member(writes, membership, person=person)

    def replace(self, before: Membership, after: Membership) -> None:
        """Changes a member's role, and whether they are active, if nobody else did meanwhile.

        Raises:
            Conflict: ``last_admin`` where no active ADMIN would be left; ``changed_meanwhile``.
        """
        with Transaction() as writes:
            writes.update(
                MembershipRow(*_key(before.tenant_id, before.person_id)),
                [MembershipRow.role.set(after.role), MembershipRow.active.set(after.active)],
                condition=_is_unchanged(before),
                refusal=_changed(),
            )
            count_admins(writes, before.tenant_id, after.is_admin - before.is_admin)

    def remove_with_tenant(self, membership: Membership) -> bool:
        """Removes a tenant with its first member; False, and nothing removed, where others were ever to join it."""
        tenant_id, person_id = membership.tenant_id, membership.person_id
        try:
            with Transaction() as writes:
                remove_tenant(writes, tenant_id)
                writes.delete(MembershipRow(*_key(tenant_id, person_id)))
                writes.delete(MemberNumberRow(*_number_key(tenant_id, membership.number)))
                writes.delete(TenantOfPersonRow(*_tenant_key(membership)))
        except TransactionRefused:
            return False
        return True

    def remove(self, membership: Membership) -> None:
        """Ends somebody's belonging to a tenant, if nobody else changed it meanwhile.

        Raises:
            Conflict: ``last_admin`` where no active ADMIN would be left; ``changed_meanwhile``.
        """
        with Transaction() as writes:
            _remove_membership(writes, membership)
            writes.delete(MemberNumberRow(*_number_key(membership.tenant_id, membership.number)))
            count_admins(writes, membership.tenant_id, -int(membership.is_admin))

    def remove_erased(self, membership: Membership) -> None:
        """Forgets a member of a tenant that is being erased; harmless again."""
        TenantOfPersonRow(*_tenant_key(membership)).delete()
        MemberNumberRow(*_number_key(membership.tenant_id, membership.number)).delete()
        MembershipRow(*_key(membership.tenant_id, membership.person_id)).delete()

    def rename(self, membership: Membership, *, name: str, phone: str) -> None:
        """Changes what a member is called in the tenant; harmless where they are gone."""
        row = MembershipRow(*_key(membership.tenant_id, membership.person_id))
        row.update_if([MembershipRow.name.set(name), MembershipRow.phone.set(phone)], MembershipRow.partition.exists())

    def next_number(self, tenant_id: str) -> int:
        """A number that no member of the tenant has; one that is never used is lost."""
        return next_member_number(tenant_id)

    def find(self, tenant_id: str, person_id: str) -> Membership | None:
        """A person's place in a tenant."""
        row = MembershipRow.find(*_key(tenant_id, person_id))
        return row.to_entity(Membership) if row else None

    def find_by_number(self, tenant_id: str, number: int) -> Membership | None:
        """The member who has a number."""
        row = MemberNumberRow.find(*_number_key(tenant_id, number))
        return self.find(tenant_id, row.person_id) if row else None

    def find_user(self, tenant_id: str, person_id: str) -> User | None:
        """A member of the tenant."""
        membership, person = self.find(tenant_id, person_id), self._people.find(person_id)
        return User(person, membership) if membership and person else None

    def get_user(self, tenant_id: str, person_id: str) -> User:
        """A member of the tenant, or NotFound."""
        user = self.find_user(tenant_id, person_id)
        if user is None:
            raise NotFound("There is no such user.")
        return user

    def of_tenant(self, tenant_id: str, *, at_most: int) -> list[Membership]:
        """The members of a tenant, by number."""
        rows = MembershipRow.query(
            tenant_partition(tenant_id), MembershipRow.sort.startswith("member#"), limit=at_most, consistent_read=True
        )
        return sorted((row.to_entity(Membership) for row in rows), key=lambda membership: membership.number)

    def of_person(self, person_id: str) -> list[Membership]:
        """A person's places in all of their tenants, oldest first; no more than a hundred."""
        tenants = TenantOfPersonRow.query(
            person_partition(person_id),
            TenantOfPersonRow.sort.startswith("tenant#"),
            limit=MOST_TENANTS,
            consistent_read=True,
        )
        rows = MembershipRow.read_many([_key(tenant.tenant_id, person_id) for tenant in tenants])
        return sorted((row.to_entity(Membership) for row in rows), key=lambda membership: membership.joined_at)


def add_member(writes: Transaction, membership: Membership, *, person: Person | None) -> None:
    """Adds a member, and that person where they are new, to a transaction.

    It is refused with ``email_taken``, ``username_taken`` or ``member_already``.
    """
    if person is not None:
        add_person(writes, person)
    _add_membership(writes, membership)
    count_admins(writes, membership.tenant_id, int(membership.is_admin))


def replace_provisional(
    writes: Transaction, provisional: User, membership: Membership, *, person: Person | None
) -> None:
    """Adds to a transaction that a member comes in the place of a provisional one, and that person where they are new.

    It is refused with ``email_taken``, ``member_already`` or, where the place was changed meanwhile,
    ``changed_meanwhile``.
    """
    if person is not None:
        add_person(writes, person, instead_of=provisional.person)
    else:
        remove_person(writes, provisional.person)
    _remove_membership(writes, provisional.membership)
    _add_membership(writes, membership)


def _remove_membership(writes: Transaction, place: Membership) -> None:
    writes.delete(
        MembershipRow(*_key(place.tenant_id, place.person_id)), condition=_is_unchanged(place), refusal=_changed()
    )
    writes.delete(TenantOfPersonRow(*_tenant_key(place)))


def _add_membership(writes: Transaction, membership: Membership) -> None:
    tenant_id, person_id = membership.tenant_id, membership.person_id
    writes.save(
        MembershipRow.from_entity(membership, *_key(tenant_id, person_id)),
        condition=MembershipRow.partition.does_not_exist(),
        refusal=Conflict("This person belongs to the organisation already.", code="member_already"),
    )
    writes.save(MemberNumberRow(*_number_key(tenant_id, membership.number), person_id=person_id))
    writes.save(TenantOfPersonRow(*_tenant_key(membership), tenant_id=tenant_id))


def _is_unchanged(membership: Membership) -> Condition:
    is_unchanged: Condition = (MembershipRow.role == membership.role) & (MembershipRow.active == membership.active)
    return is_unchanged


def _changed() -> Conflict:
    return Conflict("Somebody changed this at the same moment; look again, then try again.", code="changed_meanwhile")


def _key(tenant_id: str, person_id: str) -> tuple[str, str]:
    return tenant_partition(tenant_id), f"member#{person_id}"


def _tenant_key(membership: Membership) -> tuple[str, str]:
    return person_partition(membership.person_id), f"tenant#{membership.tenant_id}"


def _number_key(tenant_id: str, number: int) -> tuple[str, str]:
    return tenant_partition(tenant_id), f"number#{number:010d}"
