"""Identifiers: UUIDs, ordered by time where a list must come newest first."""

import secrets
import time
import uuid
from collections.abc import Callable

_RANDOM_BITS_A = 12
_RANDOM_BITS_B = 62
_COMPACT_WIDTH = 22
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_id(*, nanoseconds: Callable[[], int] = time.time_ns) -> str:
    """A UUID version 7 (RFC 9562 section 5.7): its text sorts by the millisecond of creation."""
    milliseconds = nanoseconds() // 1_000_000
    value = milliseconds << 80
    value |= 0x7 << 76
    value |= secrets.randbits(_RANDOM_BITS_A) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(_RANDOM_BITS_B)
    return str(uuid.UUID(int=value))


def derived_id(namespace: str, name: str) -> str:
    """The same UUID (version 5) for the same namespace (a UUID) and name: a retry derives what the first derived."""
    return str(uuid.uuid5(uuid.UUID(namespace), name))


def compact_id(identifier: str) -> str:
    """A UUID in 22 letters and digits, for links that travel in a text message."""
    return _to_base62(uuid.UUID(identifier).int, width=_COMPACT_WIDTH)


def expand_id(compact: str) -> str:
    """The inverse of `compact_id`.

    Raises:
        ValueError: the text is not a compact UUID.
    """
    if len(compact) != _COMPACT_WIDTH:
        raise ValueError(f"A compact id has {_COMPACT_WIDTH} letters and digits.")
    value = 0
    for character in compact:
        value = value * 62 + _BASE62.index(character)
    return str(uuid.UUID(int=value))


def random_text(*, width: int) -> str:
    """Letters and digits from the system's random source; 22 of them carry 130 bits."""
    return "".join(secrets.choice(_BASE62) for _ in range(width))


def _to_base62(value: int, *, width: int) -> str:
    digits = []
    for _ in range(width):
        value, remainder = divmod(value, 62)
        digits.append(_BASE62[remainder])
    return "".join(reversed(digits))
