"""People, the organisations they belong to, and their sessions: pure rules."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from herald.errors import Invalid

SESSION_LIFETIME = timedelta(hours=24)
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"."""
REFRESH_LIFETIME = timedelta(days=30)
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
LONGEST_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3: a path is at most 256 octets, two of them the angle brackets."""


_USERNAME = re.compile(r"[\w.-]{3,64}")


class Role(StrEnum):
    """What a person is in a tenant; `herald.identity.permissions` says what each may do."""

    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    AGENT = "AGENT"
    SALESPERSON = "SALESPERSON"
    VIEWER = "VIEWER"
    INTEGRATION = "INTEGRATION"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as their token says: one user, in one tenant, in one role, in one session."""

    user_id: str
    tenant_id: str
    role: Role
    session_id: str
    scopes: frozenset[str] | None = None
    """What an API key is confined to, within its role; ``None`` for people."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asking at a customer's door: the one person that a link was sent to, for one report."""

    tenant_id: str
    report_id: str
    link_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. E-mail addresses and user names are unique over all tenants."""

    person_id: str
    email: str
    name: str
    password_hash: str
    created_at: datetime
    home_tenant_id: str
    """The tenant that a sign-in opens: the one that was worked in last."""
    username: str = ""
    phone: str = ""
    email_verified_at: datetime | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation. ``number`` is the integer by which iPerform knows it."""

    tenant_id: str
    name: str
    number: int
    created_at: datetime
    active: bool = True
    tax_number: str = ""
    website: str = ""
    industry: str = ""


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


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, in one tenant. Only the newest refresh secret is good, and only its hash is kept."""

    session_id: str
    user_id: str
    tenant_id: str
    refresh_hash: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    user_agent: str = ""
    address: str = ""


def normal_email(text: str) -> str:
    """An e-mail address as it is compared: trimmed and in lower case.

    Raises:
        Invalid: it is not of the form ``name@domain``.
    """
    email = text.strip().lower()
    name, at, domain = email.rpartition("@")
    if not (name and at and "." in domain and len(email) <= LONGEST_EMAIL and not any(map(str.isspace, email))):
        raise Invalid("This is not an e-mail address.", fields={"email": "write it like name@example.com"})
    return email


def normal_username(text: str) -> str:
    """A user name as it is compared: trimmed and in lower case.

    Raises:
        Invalid: it is too short or too long, or has other characters than letters, digits, ``.``, ``_`` and ``-``.
    """
    username = text.strip().casefold()
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "This is not a user name.",
            fields={"username": "3 to 64 letters, digits, dots, hyphens or underscores"},
        )
    return username


def check_new_password(password: str, *, email: str) -> None:
    """Refuses a password that is too short, too long, or the e-mail address itself.

    Raises:
        Invalid: with the reason under ``password`` (NIST SP 800-63B section 5.1.1.2: at least eight characters).
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            f"The password needs at least {SHORTEST_PASSWORD} characters.",
            fields={"password": f"at least {SHORTEST_PASSWORD} characters"},
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(
            f"The password may have at most {LONGEST_PASSWORD} characters.",
            fields={"password": f"at most {LONGEST_PASSWORD} characters"},
        )
    if password.lower() in {email, email.partition("@")[0]}:
        raise Invalid("The password must differ from the e-mail address.", fields={"password": "too easy to guess"})
