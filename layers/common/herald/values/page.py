"""One page of a list and the cursor to the next."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from herald.errors import Invalid

Item = TypeVar("Item")

DEFAULT_PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 100
DEEPEST_PAGE = 10_000
"""Of lists by page number, which cost more the deeper they go; a cursor goes to the end."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list, in order, and the cursor that continues it (``None`` at the end)."""

    items: Sequence[Item]
    next_cursor: str | None


def encode_cursor(sort_key: str) -> str:
    """A sort key as an opaque cursor. It never holds the partition: a cursor cannot leave its tenant."""
    return base64.urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The sort key of a cursor.

    Raises:
        Invalid: the cursor was not made by `encode_cursor`.
    """
    try:
        sort_key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise unknown_cursor() from error
    # Python's decoder skips letters outside of the alphabet; what does not encode back was not ours.
    if not sort_key or encode_cursor(sort_key) != cursor:
        raise unknown_cursor()
    return sort_key


def unknown_cursor() -> Invalid:
    """What to raise for a cursor that no list of ours has given."""
    return Invalid("This cursor is not one of ours.", fields={"cursor": "unknown cursor"})
