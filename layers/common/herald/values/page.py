"""One page of a list and the cursor to the next."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from herald.errors import Invalid

Item = TypeVar("Item")

DEFAULT_PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 100


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
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Invalid("This cursor is not one of ours.", fields={"cursor": "unknown cursor"}) from error
