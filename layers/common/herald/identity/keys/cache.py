"""Keys that were good a moment ago: so that a busy program costs one look-up a minute, not one a request."""

from cachetools import TLRUCache

from herald.identity.keys.model import ApiKey
from herald.identity.keys.service import ApiKeys
from herald.identity.keys.text import hash_of
from herald.identity.model import Principal
from herald.values.clock import Clock, utc_now

REMEMBERED_SECONDS = 60
_MOST_REMEMBERED = 1000


class CachedApiKeys:
    """Verifies keys from memory; one that was revoked meanwhile is refused where its request is counted."""

    def __init__(self, keys: ApiKeys, *, clock: Clock = utc_now) -> None:
        self._keys = keys
        self._verified: TLRUCache[str, ApiKey] = TLRUCache(
            _MOST_REMEMBERED, ttu=_remembered_until, timer=lambda: clock().timestamp()
        )

    def verify(self, text: str) -> Principal:
        """Who is asking when somebody comes with this key.

        Raises:
            Unauthenticated: it is none of ours, or has expired, or was revoked.
        """
        place = hash_of(text)
        key = self._verified.get(place)
        if key is None:
            key = self._verified[place] = self._keys.verify(text)
        return key.principal


def _remembered_until(_place: str, key: ApiKey, now: float) -> float:
    until = now + REMEMBERED_SECONDS
    return min(until, key.expires_at.timestamp()) if key.expires_at else until
