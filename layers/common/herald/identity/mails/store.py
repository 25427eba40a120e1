"""Sent mails in DynamoDB: ``mail#{id}``; they go by themselves."""

from datetime import timedelta

from herald.identity.store import IdentityRow
from herald.values.clock import utc_now

_REMEMBERED_FOR = timedelta(days=14)
"""As long as a queue keeps a message at most."""


class SentMailRow(IdentityRow):
    """That a mail went out."""


class SentMailStore:
    """Remembers which mails went out."""

    def was_sent(self, mail_id: str) -> bool:
        return SentMailRow.find(*_key(mail_id)) is not None

    def remember(self, mail_id: str) -> None:
        SentMailRow(*_key(mail_id), expires_at=utc_now() + _REMEMBERED_FOR).save()


def _key(mail_id: str) -> tuple[str, str]:
    return f"mail#{mail_id}", "sent"
