"""How many mails somebody gets."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from herald.identity.mails.model import MailKind
from herald.values.clock import epoch_seconds

MOST_MAILS = 3
"""Of one kind to one address within `MAILS_COUNTED_FOR`: nobody fills another's mailbox by asking."""
MAILS_COUNTED_FOR = timedelta(hours=1)
ANYBODY_CAN_CAUSE = frozenset(MailKind) - {MailKind.PASSWORD_CHANGED}
"""The kinds that are limited; to change a password takes a password or a mail."""


@dataclass(frozen=True, slots=True)
class RecentMail:
    """A mail that was let out, at a moment in epoch seconds."""

    mail_id: str
    at: int


def let_out(recent: tuple[RecentMail, ...], mail_id: str, now: datetime) -> tuple[RecentMail, ...] | None:
    """The recent mails with one more; ``None`` where there are too many. Another try at a mail is no other mail."""
    begin = epoch_seconds(now - MAILS_COUNTED_FOR)
    counted = tuple(mail for mail in recent if mail.at > begin)
    if any(mail.mail_id == mail_id for mail in counted):
        return counted
    return None if len(counted) >= MOST_MAILS else (*counted, RecentMail(mail_id, epoch_seconds(now)))
