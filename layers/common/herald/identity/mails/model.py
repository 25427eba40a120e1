"""The mails of identity: why somebody is written to, and what a mail may say of others."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from herald.identity.accounts.model import Person
from herald.identity.one_time_tokens.model import hash_of
from herald.values.clock import epoch_seconds

MOST_MAILS = 3
"""Of one kind to one address within `MAILS_COUNTED_FOR`: nobody fills another's mailbox by asking."""
MAILS_COUNTED_FOR = timedelta(hours=1)
_LONGEST_NAME = 60
_LEADS_SOMEWHERE = re.compile(r"[/@:]|(?<=\w)\.(?=\w)")


class MailKind(StrEnum):
    """Why somebody is written to."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind of mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    ACCOUNT_LOCKED = "account_locked"
    INVITATION = "invitation"


ANYBODY_CAN_CAUSE = frozenset(MailKind) - {MailKind.PASSWORD_CHANGED}
"""The kinds that are limited; to change a password takes a password or a mail."""


@dataclass(frozen=True, slots=True)
class MailRequest:
    """A message of the mail queue: somebody is to be written to, if there is anybody of that login."""

    mail_id: str
    kind: MailKind
    login: str
    tenant_id: str = ""

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """What a queue's message asks for."""
        return cls(message["mail_id"], MailKind(message["kind"]), message["login"], message["tenant_id"])

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RecentMail:
    """A mail that was let out, at a moment in epoch seconds."""

    mail_id: str
    at: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text to one person."""

    to: str
    subject: str
    text: str


def let_out(recent: tuple[RecentMail, ...], mail_id: str, now: datetime) -> tuple[RecentMail, ...] | None:
    """The recent mails with one more; ``None`` where there are too many. Another try at a mail is no other mail."""
    begin = epoch_seconds(now - MAILS_COUNTED_FOR)
    counted = tuple(mail for mail in recent if mail.at > begin)
    if any(mail.mail_id == mail_id for mail in counted):
        return counted
    return None if len(counted) >= MOST_MAILS else (*counted, RecentMail(mail_id, epoch_seconds(now)))


def password_fingerprint(person: Person) -> str:
    """What changes with the password: a way to set a new one is good for the password that it was asked for."""
    return hash_of(person.password_hash)


def harmless_name(name: str) -> str:
    """A name as it may stand in a mail to somebody else: one short line that leads nowhere.

    Anybody may sign up with another's address and call themselves as they like.
    """
    line = " ".join(name.split())[:_LONGEST_NAME]
    return _LEADS_SOMEWHERE.sub(" ", line)
