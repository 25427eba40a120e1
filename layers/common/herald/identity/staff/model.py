"""People in an organisation."""

from dataclasses import dataclass
from datetime import datetime

from herald.errors import Conflict
from herald.identity.accounts.model import Person
from herald.identity.model import Role
from herald.identity.tenants.model import Tenant

MOST_MEMBERS = 1000
"""Of one organisation; a list of staff looks at all of them."""
MOST_PROVISIONAL = 10
"""Of one address, over all organisations: each new password of its owner is compared with theirs."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a tenant. ``number`` is the integer by which iPerform knows them there."""

    tenant_id: str
    person_id: str
    role: Role
    number: int
    joined_at: datetime
    active: bool = True
    name: str = ""
    """What its administrators call the person there; empty for the person's own name. So with the phone number."""
    phone: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether this is one of the tenant's working administrators; there is always one."""
        return self.active and self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class User:
    """A person as a member of one of their tenants."""

    person: Person
    membership: Membership

    @property
    def user_id(self) -> str:
        """The person's id, the same in each of their tenants."""
        return self.person.person_id

    @property
    def tenant_id(self) -> str:
        """The tenant that this is about."""
        return self.membership.tenant_id

    @property
    def role(self) -> Role:
        """What the person is in this tenant."""
        return self.membership.role

    @property
    def name(self) -> str:
        """What the person is called in this tenant."""
        return self.membership.name or self.person.name

    @property
    def phone(self) -> str:
        """The person's phone number, as this tenant has it."""
        return self.membership.phone or self.person.phone

    @property
    def may_sign_in(self) -> bool:
        """Whether neither the person nor their place in this tenant was suspended."""
        return self.membership.active and not self.person.suspended


@dataclass(frozen=True, slots=True)
class OwnTenant:
    """An organisation as one of its members sees it."""

    tenant: Tenant
    membership: Membership


def check_member_count(members: int) -> None:
    """Refuses one more member where there are too many.

    Raises:
        Conflict: ``too_many_members``.
    """
    if members >= MOST_MEMBERS:
        raise Conflict(f"An organisation has at most {MOST_MEMBERS} members.", code="too_many_members")
