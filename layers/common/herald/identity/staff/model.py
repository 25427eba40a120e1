"""People in an organisation."""

from dataclasses import dataclass
from datetime import datetime

from herald.identity.accounts.model import Person
from herald.identity.model import Role


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a tenant. ``number`` is the integer by which iPerform knows them there."""

    tenant_id: str
    person_id: str
    role: Role
    number: int
    joined_at: datetime
    active: bool = True

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
    def may_sign_in(self) -> bool:
        """Whether neither the person nor their place in this tenant was suspended."""
        return self.membership.active and not self.person.suspended
