"""Pictures from outside: PNG and JPEG alone, recognised by their bytes and measured by their headers.

Nothing is drawn or unpacked here. A file that passes is small, whole as far as its own lengths and checksums say, and
claims no more pixels than a renderer can hold.
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from herald.errors import Invalid

LARGEST_PICTURE_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
"""What a renderer unpacks to 64 MB; the photos of most telephones have twelve megapixels."""
LONGEST_SIDE = 8_000

DATA_URL = "data:image/"
PNG_TYPE, JPEG_TYPE = "image/png", "image/jpeg"
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_JPEG_MAGIC = b"\xff\xd8\xff"
_NAME = re.compile(r"[0-9a-f]{32}\.(?:png|jpg)")
_DATA_URL_HEAD = re.compile(r"data:image/(?:png|jpe?g);base64,", re.IGNORECASE)
_PNG_HEADER_BYTES = 13
# ITU T.81, table B.1: the frames that LibreOffice draws, and the markers that have no length.
_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_JPEG_SCAN = 0xDA
_JPEG_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_FRAME_BYTES = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its name, which is made of its content; the content itself is here only where it is needed.

    Two pictures are equal where their names are.
    """

    name: str
    content: bytes = field(default=b"", compare=False, repr=False)

    @property
    def content_type(self) -> str:
        """``image/png`` or ``image/jpeg``."""
        return PNG_TYPE if self.name.endswith(".png") else JPEG_TYPE

    @property
    def without_content(self) -> "Picture":
        """The picture as a row keeps it."""
        return replace(self, content=b"")


def named_picture(name: str) -> Picture:
    """A picture that was taken in before, by its name.

    Raises:
        ValueError: no picture is called so.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("no picture is called so")
    return Picture(name)


def read_picture(content: bytes) -> Picture:
    """Take in a picture from outside.

    Raises:
        Invalid: ``picture_unsupported`` for what is neither PNG nor JPEG, ``picture_damaged`` or ``picture_too_large``.
    """
    if len(content) > LARGEST_PICTURE_BYTES:
        raise Invalid(
            f"The picture is larger than {LARGEST_PICTURE_BYTES // (1024 * 1024)} MB. Make it smaller.",
            code="picture_too_large",
        )
    width, height = picture_size(content)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Invalid(
            f"The picture is larger than {MOST_PIXELS // 1_000_000} megapixels. Make it smaller.",
            code="picture_too_large",
        )
    extension = "png" if content.startswith(_PNG_MAGIC) else "jpg"
    return Picture(f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}", content)


def read_data_url(text: str) -> Picture:
    """Take in a picture that is spelled out in a text: ``data:image/png;base64,...``.

    Raises:
        Invalid: As `read_picture`.
    """
    head = _DATA_URL_HEAD.match(text)
    if head is None:
        raise _unsupported()
    if len(text) > 2 * LARGEST_PICTURE_BYTES:
        raise Invalid("The picture is too large.", code="picture_too_large")
    try:
        content = base64.b64decode("".join(text[head.end() :].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged() from error
    return read_picture(content)


def picture_size(content: bytes) -> tuple[int, int]:
    """A picture's width and height in pixels, as its header says.

    Raises:
        Invalid: ``picture_unsupported`` or ``picture_damaged``.
    """
    if content.startswith(_PNG_MAGIC):
        width, height = _png_size(content)
    elif content.startswith(_JPEG_MAGIC):
        width, height = _jpeg_size(content)
    else:
        raise _unsupported()
    if not width or not height:
        raise _damaged()
    return width, height


def _png_size(content: bytes) -> tuple[int, int]:
    chunks = list(_png_chunks(content))
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds:
        raise _damaged()
    header = chunks[0][1]
    if len(header) != _PNG_HEADER_BYTES:
        raise _damaged()
    return int.from_bytes(header[:4]), int.from_bytes(header[4:8])


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's kind and the beginning of its content (ISO/IEC 15948, 5.3), up to the last one."""
    start = len(_PNG_MAGIC)
    while start + 12 <= len(content):
        length = int.from_bytes(content[start : start + 4])
        end = start + 8 + length
        kind = content[start + 4 : start + 8]
        if zlib.crc32(content[start + 4 : end]) != int.from_bytes(content[end : end + 4]) or end + 4 > len(content):
            raise _damaged()
        yield kind, content[start + 8 : min(end, start + 8 + _PNG_HEADER_BYTES + 1)]
        if kind == b"IEND":
            return
        start = end + 4


def _jpeg_size(content: bytes) -> tuple[int, int]:
    size = None
    for marker, segment in _jpeg_segments(content):
        if marker in _JPEG_FRAMES and len(segment) >= _JPEG_FRAME_BYTES:
            if size is not None:
                raise _damaged()
            size = int.from_bytes(segment[3:5]), int.from_bytes(segment[1:3])
        if marker == _JPEG_SCAN and size is not None:
            return size
    raise _damaged()


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment's marker and the beginning of its content (ITU T.81, B.1.1), up to the first scan."""
    start = 2
    while start + 4 <= len(content) and content[start] == 0xFF:  # noqa: PLR2004 - how every marker begins
        marker = content[start + 1]
        if marker == 0xFF:  # noqa: PLR2004 - a marker may have any number of these before it
            start += 1
            continue
        if marker in _JPEG_BARE_MARKERS:
            start += 2
            continue
        length = int.from_bytes(content[start + 2 : start + 4])
        yield marker, content[start + 4 : start + 4 + min(max(length - 2, 0), _JPEG_FRAME_BYTES)]
        if marker == _JPEG_SCAN:
            return
        start += 2 + max(length, 2)


def _unsupported() -> Invalid:
    return Invalid("Pictures are taken as PNG or JPEG files only.", code="picture_unsupported")


def _damaged() -> Invalid:
    return Invalid("The picture is damaged.", code="picture_damaged")
