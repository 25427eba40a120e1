"""One-time tokens and sent mails in DynamoDB: ``once#{hash}`` and ``mail#{id}``; both go by themselves."""

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from herald.identity.model import Role
from herald.identity.one_time_tokens.service import OneTimeToken, Purpose
from herald.identity.rows import IdentityRow
from herald.values.clock import epoch_seconds, utc_now

_REMEMBERED_FOR = timedelta(days=14)


class OneTimeRow(IdentityRow):
    """A token that is good once."""

    purpose = UnicodeAttribute()
    email = UnicodeAttribute()
    ends_at = NumberAttribute()
    person_id = UnicodeAttribute(default="")
    tenant_id = UnicodeAttribute(default="")
    role = UnicodeAttribute(default="")
    good_for = UnicodeAttribute(default="")


class SentMailRow(IdentityRow):
    """That a mail went out; remembered for longer than a queue keeps its message."""


class OneTimeStore:
    """`OneTimeRecords` over DynamoDB."""

    def put(self, token: OneTimeToken) -> None:
        """Stores a new token."""
        ends_at = epoch_seconds(token.expires_at)
        OneTimeRow(
            f"once#{token.token_hash}",
            "token",
            purpose=token.purpose.value,
            email=token.email,
            ends_at=ends_at,
            expires_at=token.expires_at,
            person_id=token.person_id,
            tenant_id=token.tenant_id,
            role=token.role.value if token.role else "",
            good_for=token.good_for,
        ).save()

    def find(self, token_hash: str) -> OneTimeToken | None:
        """A token that was not used."""
        try:
            row = OneTimeRow.get(f"once#{token_hash}", "token", consistent_read=True)
        except DoesNotExist:
            return None
        return OneTimeToken(
            token_hash=token_hash,
            purpose=Purpose(row.purpose),
            email=row.email,
            expires_at=datetime.fromtimestamp(row.ends_at, UTC),
            person_id=row.person_id,
            tenant_id=row.tenant_id,
            role=Role(row.role) if row.role else None,
            good_for=row.good_for,
        )

    def take(self, token: OneTimeToken) -> bool:
        """Uses a token up; False where somebody else did."""
        return OneTimeRow(f"once#{token.token_hash}", "token").delete_if(OneTimeRow.partition.exists())


class SentMailStore:
    """`SentMails` over DynamoDB."""

    def was_sent(self, mail_id: str) -> bool:
        """Whether this mail went out before."""
        try:
            SentMailRow.get(f"mail#{mail_id}", "sent", consistent_read=True)
        except DoesNotExist:
            return False
        return True

    def remember(self, mail_id: str) -> None:
        """Records that it did."""
        SentMailRow(f"mail#{mail_id}", "sent", expires_at=utc_now() + _REMEMBERED_FOR).save()
