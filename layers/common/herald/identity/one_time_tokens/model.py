"""Tokens that are good once: they verify an address, set a forgotten password anew, accept an invitation."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from herald.errors import Invalid
from herald.identity.accounts.model import Person
from herald.values.ids import compact_id, derived_id

_SLOTS = "0d1f6a0c-3e57-4b0e-8c55-2f3f0a9f4c1e"
_SLOT_WIDTH = 22


class Purpose(StrEnum):
    """What a token is good for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    INVITATION = "invitation"


LIFETIME_OF = {
    Purpose.VERIFY_EMAIL: timedelta(days=7),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.INVITATION: timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """What a token stands for: an address, and the person and the tenant where these are known."""

    token_hash: str
    purpose: Purpose
    email: str
    expires_at: datetime
    person_id: str = ""
    tenant_id: str = ""
    fingerprint: str = ""
    """Of what must still be the same when it is used; empty for nothing."""

    @property
    def slot(self) -> str:
        """The one place of all tokens for the same purpose and address, and tenant: a newer one ends the older."""
        return slot_of(self.purpose, self.email, self.tenant_id)


def slot_of(purpose: Purpose, email: str, tenant_id: str) -> str:
    """Where a token is kept; its text begins with this."""
    return compact_id(derived_id(_SLOTS, f"{purpose}#{tenant_id}#{email}"))


def slot_in(text: str) -> str:
    """Where the token of this text would be kept."""
    return text[:_SLOT_WIDTH]


def hash_of(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def password_fingerprint(person: Person) -> str:
    """What changes with the password: a way to set a new one is good for the password that it was asked for."""
    return hash_of(person.password_hash)


def invalid_token() -> Invalid:
    """The one answer to every token that will not do."""
    return Invalid(
        "This link has expired or was used before; ask for a new one.",
        code="token_invalid",
        fields={"token": "expired or used"},
    )
