"""One-time tokens in DynamoDB: ``once#{hash}``; they go by themselves."""

from pynamodb.attributes import UnicodeAttribute

from herald.identity.one_time_tokens.model import OneTimeToken, Purpose, invalid_token
from herald.identity.store import IdentityRow
from herald.storage import EnumAttribute, Transaction


class OneTimeTokenRow(IdentityRow):
    """A token that is good once."""

    token_hash = UnicodeAttribute()
    purpose = EnumAttribute(Purpose)
    email = UnicodeAttribute()
    person_id = UnicodeAttribute(null=True)
    tenant_id = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True, attr_name="good_for")


class OneTimeTokenStore:
    """Tokens, each at its own key, until they are used."""

    def put(self, token: OneTimeToken) -> None:
        OneTimeTokenRow.from_entity(token, *_key(token.token_hash)).save()

    def find(self, token_hash: str) -> OneTimeToken | None:
        """A token that was not used."""
        row = OneTimeTokenRow.find(*_key(token_hash))
        return row.to_entity(OneTimeToken, token_hash=token_hash) if row else None

    def redeem(self, token: OneTimeToken) -> bool:
        """Uses a token up; False where somebody else did."""
        return OneTimeTokenRow(*_key(token.token_hash)).delete_if(OneTimeTokenRow.partition.exists())


def redeem_token(writes: Transaction, token: OneTimeToken) -> None:
    """Adds to a transaction that a token is used up; it is refused with ``token_invalid``."""
    row = OneTimeTokenRow(*_key(token.token_hash))
    writes.delete(row, condition=OneTimeTokenRow.partition.exists(), refusal=invalid_token())


def _key(token_hash: str) -> tuple[str, str]:
    return f"once#{token_hash}", "token"
