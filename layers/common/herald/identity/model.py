"""Users, tenants, sessions and who may do what: pure rules."""

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


class Role(StrEnum):
    """What a user is in a tenant. A later table of permissions says what each may do."""

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


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asking at a customer's door: the one person that a link was sent to, for one report."""

    tenant_id: str
    report_id: str
    link_id: str


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in. E-mail addresses are unique over all tenants."""

    user_id: str
    tenant_id: str
    email: str
    name: str
    role: Role
    password_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. Only the newest refresh secret is good, and only its hash is kept."""

    session_id: str
    user_id: str
    tenant_id: str
    refresh_hash: str
    expires_at: datetime


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
