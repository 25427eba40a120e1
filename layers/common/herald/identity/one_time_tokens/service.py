"""Tokens that are good once: they verify an address, set a forgotten password anew, accept an invitation.

A token is 32 random letters and digits (190 bits); only its hash is kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from herald.errors import Invalid
from herald.identity.model import Role
from herald.values.clock import Clock, utc_now
from herald.values.ids import random_text

_CHARACTERS = 32


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
    """What a token stands for: an address, and the person, the tenant and the role where these are known."""

    token_hash: str
    purpose: Purpose
    email: str
    expires_at: datetime
    person_id: str = ""
    tenant_id: str = ""
    role: Role | None = None
    good_for: str = ""
    """What must still be so when it is used: a fingerprint, or nothing."""


class OneTimeRecords(Protocol):
    """Where tokens are kept."""

    def put(self, token: OneTimeToken) -> None:
        """Stores a new token."""
        ...

    def find(self, token_hash: str) -> OneTimeToken | None:
        """A token that was not used."""
        ...

    def take(self, token: OneTimeToken) -> bool:
        """Uses a token up; False where somebody else did."""
        ...


class OneTimeTokens:
    """Issues tokens, and takes each once."""

    def __init__(self, records: OneTimeRecords, *, clock: Clock = utc_now) -> None:
        self._records = records
        self._clock = clock

    def issue(
        self,
        purpose: Purpose,
        *,
        email: str,
        person_id: str = "",
        tenant_id: str = "",
        role: Role | None = None,
        good_for: str = "",
    ) -> str:
        """A new token; its text is known to its recipient alone."""
        text = random_text(width=_CHARACTERS)
        expires_at = self._clock() + LIFETIME_OF[purpose]
        self._records.put(OneTimeToken(hash_of(text), purpose, email, expires_at, person_id, tenant_id, role, good_for))
        return text

    def look(self, text: str, purpose: Purpose) -> OneTimeToken:
        """What a token stands for, without using it.

        Raises:
            Invalid: ``token_invalid``: unknown, used, expired, or for another purpose.
        """
        token = self._records.find(hash_of(text))
        if token is None or token.purpose is not purpose or token.expires_at <= self._clock():
            raise no_good()
        return token

    def take(self, text: str, purpose: Purpose) -> OneTimeToken:
        """Uses a token up.

        Raises:
            Invalid: as `look`; also for the second of two who come at once.
        """
        token = self.look(text, purpose)
        if not self._records.take(token):
            raise no_good()
        return token


def hash_of(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def no_good() -> Invalid:
    """The one answer to every token that will not do."""
    return Invalid(
        "This link has expired or was used before; ask for a new one.",
        code="token_invalid",
        fields={"token": "expired or used"},
    )
