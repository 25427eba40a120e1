"""One-time tokens in DynamoDB: ``once#{slot}``; they go by themselves."""

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
    """The newest token of each slot, until it is used."""

    def put(self, token: OneTimeToken) -> None:
        """Stores a token in place of the older one of its slot."""
        OneTimeTokenRow.from_entity(token, *_key(token.slot)).save()

    def find(self, slot: str) -> OneTimeToken | None:
        """The token of a slot, unless it was used."""
        row = OneTimeTokenRow.find(*_key(slot))
        return row.to_entity(OneTimeToken) if row else None

    def redeem(self, token: OneTimeToken) -> bool:
        """Uses a token up; False where somebody else did, or a newer one has taken its place."""
        return OneTimeTokenRow(*_key(token.slot)).delete_if(OneTimeTokenRow.token_hash == token.token_hash)

    def delete(self, slot: str) -> None:
        """Makes the token of a slot good no more; harmless where there is none."""
        OneTimeTokenRow(*_key(slot)).delete()


def redeem_token(writes: Transaction, token: OneTimeToken) -> None:
    """Adds to a transaction that a token is used up; it is refused with ``token_invalid``."""
    row = OneTimeTokenRow(*_key(token.slot))
    writes.delete(row, condition=OneTimeTokenRow.token_hash == token.token_hash, refusal=invalid_token())


def _key(slot: str) -> tuple[str, str]:
    return f"once#{slot}", "token"
