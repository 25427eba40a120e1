"""Sent mails in DynamoDB: ``mail#{id}``, and ``mails#{id of the address}`` for the latest; they go by themselves."""

from datetime import datetime, timedelta

from herald.errors import Unavailable
from herald.identity.mails.model import MailKind
from herald.identity.mails.recent import MAILS_COUNTED_FOR, MOST_MAILS, RecentMail, let_out
from herald.identity.model import login_id
from herald.identity.store import IdentityRow
from herald.storage import JsonAttribute
from herald.values.clock import utc_now

_REMEMBERED_FOR = timedelta(days=14)
"""As long as a queue keeps a message at most."""


class SentMailRow(IdentityRow):
    """That a mail went out."""


class RecentMailsRow(IdentityRow):
    """The mails of one kind that an address got of late."""

    recent = JsonAttribute[tuple[RecentMail, ...]](tuple[RecentMail, ...])


class SentMailStore:
    """Remembers which mails went out."""

    def let_out(self, mail_id: str, kind: MailKind, address: str, *, now: datetime) -> bool:
        """Counts a mail before it goes out; False where the address got too many of its kind.

        Raises:
            Unavailable: others write to the same address all the time.
        """
        key = f"mails#{login_id(address)}", kind.value
        for _ in range(MOST_MAILS + 1):  # who is always too late is late for the last of them
            row = RecentMailsRow.find(*key)
            recent = let_out(row.recent if row else (), mail_id, now)
            if recent is None:
                return False
            unchanged = RecentMailsRow.recent == row.recent if row else RecentMailsRow.partition.does_not_exist()
            if RecentMailsRow(*key, recent=recent, expires_at=now + MAILS_COUNTED_FOR).save_if(unchanged):
                return True
        raise Unavailable("Mails to this address are being written; try again in a moment.", code="database_busy")

    def was_sent(self, mail_id: str) -> bool:
        return SentMailRow.find(*_key(mail_id)) is not None

    def remember(self, mail_id: str) -> None:
        SentMailRow(*_key(mail_id), expires_at=utc_now() + _REMEMBERED_FOR).save()


def _key(mail_id: str) -> tuple[str, str]:
    return f"mail#{mail_id}", "sent"
