"""Issuing tokens that are good once, and redeeming them.

A token is where it is kept, which tells nothing to whoever has the mail, and 32 random letters and digits (190 bits);
only its hash is kept.
"""

import hmac

from herald.identity.one_time_tokens.model import (
    LIFETIME_OF,
    OneTimeToken,
    Purpose,
    hash_of,
    invalid_token,
    slot_in,
    slot_of,
)
from herald.identity.one_time_tokens.store import OneTimeTokenStore
from herald.values.clock import Clock, utc_now
from herald.values.ids import random_text

_CHARACTERS = 32


class OneTimeTokens:
    """Issues tokens, and redeems each once."""

    def __init__(self, store: OneTimeTokenStore, *, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock

    def issue(
        self, purpose: Purpose, *, email: str, person_id: str = "", tenant_id: str = "", fingerprint: str = ""
    ) -> str:
        """A new token, in place of the one for the same before; its text is known to its recipient alone."""
        text = slot_of(purpose, email, tenant_id) + random_text(width=_CHARACTERS)
        expires_at = self._clock() + LIFETIME_OF[purpose]
        self._store.put(OneTimeToken(hash_of(text), purpose, email, expires_at, person_id, tenant_id, fingerprint))
        return text

    def peek(self, text: str, purpose: Purpose) -> OneTimeToken:
        """What a token stands for, without using it.

        Raises:
            Invalid: ``token_invalid``: unknown, used, expired, followed by a newer one, or for another purpose.
        """
        token = self._store.find(slot_in(text))
        if token is None or not hmac.compare_digest(token.token_hash, hash_of(text)):
            raise invalid_token()
        if token.purpose is not purpose or token.expires_at <= self._clock():
            raise invalid_token()
        return token

    def redeem(self, text: str, purpose: Purpose) -> OneTimeToken:
        """Uses a token up.

        Raises:
            Invalid: as `peek`; also for the second of two who come at once.
        """
        token = self.peek(text, purpose)
        if not self._store.redeem(token):
            raise invalid_token()
        return token
