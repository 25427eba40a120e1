"""Why somebody is written to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class MailKind(StrEnum):
    """Why somebody is written to."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind of mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    ACCOUNT_LOCKED = "account_locked"
    INVITATION = "invitation"


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
