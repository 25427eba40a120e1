"""Pictures that values bring into a filled document, and how its parts refer to them."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from herald.adapters.word.broken_value import BrokenValue
from herald.adapters.word.relationships import OFFICE_RELATIONSHIPS, Relationship

MEDIA_TYPES: Final = {"png": "image/png", "jpeg": "image/jpeg"}
MAX_MEDIA_BYTES: Final = 20 * 1024 * 1024
# What LibreOffice unpacks to 400 MB.
MAX_MEDIA_PIXELS: Final = 100_000_000
_IMAGE: Final = f"{OFFICE_RELATIONSHIPS}/image"
_HASH_LENGTH: Final = 16
# Beyond what rows of a merged document number their own drawings with (`sections.make_own`).
_FIRST_DRAWING: Final = 2_000_000_000


@dataclass(slots=True)
class Media:
    """The pictures of one document: each is kept once, however many of its rows and parts show it.

    Attributes:
        files: The content of each picture, by the name of its part in the package.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    _size: int = 0
    _pixels: int = 0
    _drawings: int = 0

    def add(self, content: bytes, extension: str, pixels: int) -> str:
        """Take a picture into the document; gives the name of its part.

        Raises:
            BrokenValue: The document would hold too many pictures, or too large ones.
        """
        name = f"word/media/herald-{hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]}.{extension}"
        if name not in self.files:
            self._size += len(content)
            self._pixels += pixels
            if self._size > MAX_MEDIA_BYTES or self._pixels > MAX_MEDIA_PIXELS:
                raise BrokenValue("the pictures are too large for one document")
            self.files[name] = content
        return name

    def next_drawing(self) -> int:
        """A number that no other drawing of the document has."""
        self._drawings += 1
        return _FIRST_DRAWING + self._drawings


@dataclass(slots=True)
class Pictures:
    """What one part shows of its document's pictures."""

    media: Media
    _shown: dict[str, None] = field(default_factory=dict)

    def add(self, content: bytes, extension: str, pixels: int) -> str:
        """Show a picture in this part.

        Args:
            content: Its bytes, already checked.
            extension: A key of `MEDIA_TYPES`.
            pixels: How many it has.

        Returns:
            The relationship id that a ``w:drawing`` in this part calls it by.

        Raises:
            BrokenValue: As `Media.add`.
        """
        name = self.media.add(content, extension, pixels)
        self._shown[name] = None
        return _relationship_id(name)

    def relationships(self) -> list[Relationship]:
        """How the part refers to each of its pictures."""
        return [Relationship(_relationship_id(name), _IMAGE, f"/{name}") for name in self._shown]


def _relationship_id(name: str) -> str:
    return f"rIdHerald{name.rpartition('-')[2].partition('.')[0]}"
