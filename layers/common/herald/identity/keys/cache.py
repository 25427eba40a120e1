"""Keys that were good a moment ago: so that a busy program costs one look-up a minute, not one a request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from herald.identity.keys.service import ApiKey, hash_of
from herald.values.clock import Clock, utc_now

REMEMBERED_FOR = timedelta(seconds=60)
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class _Remembered:
    key: ApiKey
    until: datetime


class KeyRing:
    """Verifies keys from memory; one that was revoked meanwhile is refused where its request is counted."""

    def __init__(self, verify: Callable[[str], ApiKey], *, clock: Clock = utc_now) -> None:
        """Choose who verifies a key that is not remembered (`herald.identity.keys.service.ApiKeys.verify`)."""
        self._verify = verify
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}

    def verify(self, text: str) -> ApiKey:
        """The key that a text is.

        Raises:
            Unauthenticated: it is none of ours, or has expired, or was revoked.
        """
        now, place = self._clock(), hash_of(text)
        remembered = self._remembered.get(place)
        if remembered is not None and now < remembered.until:
            return remembered.key
        self._remembered.pop(place, None)
        key = self._verify(text)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        until = now + REMEMBERED_FOR
        self._remembered[place] = _Remembered(key, min(until, key.expires_at) if key.expires_at else until)
        return key
