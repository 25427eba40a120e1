"""The pictures that stand in a Word template: of four kinds, told by their bytes, and small enough to be unpacked.

LibreOffice goes by what a picture holds, whatever its name and type say, and draws some thirty formats. Of these, SVG
brings in files of the machine; EMF and WMF carry other files and bitmaps of any size, drawn by parsers as old as they
are; a TIFF is a container of many pictures. None of them can be measured without being drawn, so none is let in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from herald.adapters.word.media import MAX_MEDIA_PIXELS
from herald.errors import Invalid
from herald.values.picture import LONGEST_SIDE, MOST_PIXELS, picture_size

_TYPES: Final = {
    "image/png": "png",
    "image/x-png": "png",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/pjpeg": "jpeg",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/x-bmp": "bmp",
    "image/x-ms-bmp": "bmp",
}
_MAGICS: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
)
# The GIF specification of 1989: what begins a block, and what stands in front of the blocks.
_GIF_EXTENSION, _GIF_FRAME, _GIF_END = b"!", b",", b";"
_GIF_HEADER_BYTES: Final = 13
_GIF_FRAME_BYTES: Final = 10
# The header of a bitmap in the form of OS/2, whose sides have two bytes each; in all later ones they have four.
_BMP_SHORT_HEADER: Final = 12
_BMP_HEADER_BYTES: Final = 26


@dataclass(slots=True)
class PictureAllowance:
    """How many pixels the pictures of one template may still have; as many as those that its values bring in."""

    _pixels_left: int = MAX_MEDIA_PIXELS

    def spend(self, name: str, content: bytes, content_type: str) -> None:
        """Check a picture and count it in.

        Args:
            name: The part's name, for the error.
            content: The picture.
            content_type: What the package says that it is.

        Raises:
            Invalid: ``template_unsupported_part`` for another format or for one that is not what it says it is,
                ``template_picture_damaged``, or ``template_picture_too_large``.
        """
        sizes = _sizes(name, content, content_type)
        pixels = sum(width * height for width, height in sizes)
        if pixels > MOST_PIXELS or any(max(size) > LONGEST_SIDE for size in sizes):
            raise _too_large(name, f"A picture in the Word file is larger than {MOST_PIXELS // 1_000_000} megapixels.")
        self._pixels_left -= pixels
        if self._pixels_left < 0:
            raise _too_large(
                name, f"The pictures in the Word file have more than {MAX_MEDIA_PIXELS // 1_000_000} megapixels."
            )


def _sizes(name: str, content: bytes, content_type: str) -> list[tuple[int, int]]:
    """The width and height of everything that is drawn of a picture."""
    kind = next((kind for magic, kind in _MAGICS if content.startswith(magic)), "")
    if not kind or _TYPES.get(content_type.casefold()) != kind:
        raise Invalid(
            "The Word file holds a picture that is not a PNG, JPEG, GIF or BMP (but an EMF, WMF, SVG or TIFF, or "
            "something under the name of a picture). Save it as a PNG or JPEG picture and insert that instead.",
            code="template_unsupported_part",
            fields={"part": name},
        )
    try:
        if kind == "gif":
            return _gif_sizes(content)
        return [_bmp_size(content) if kind == "bmp" else picture_size(content)]
    except (Invalid, IndexError) as error:
        raise Invalid(
            "A picture in the Word file is damaged. Save it anew as a PNG or JPEG picture and insert that instead.",
            code="template_picture_damaged",
            fields={"part": name},
        ) from error


def _gif_sizes(content: bytes) -> list[tuple[int, int]]:
    """The frames of a GIF, each at least as large as its screen, for that is what a frame is drawn on."""
    screen = _little(content, 6, 2), _little(content, 8, 2)
    frames = list(_gif_frames(content))
    return [(max(width, screen[0]), max(height, screen[1])) for width, height in frames] or [screen]


def _gif_frames(content: bytes) -> Iterator[tuple[int, int]]:
    start = _GIF_HEADER_BYTES + _gif_colours(content[10])
    while content[start : start + 1] not in {_GIF_END, b""}:
        block = content[start : start + 1]
        if block == _GIF_FRAME:
            yield _little(content, start + 5, 2), _little(content, start + 7, 2)
            # One byte more, after the colours: how the picture is packed.
            start = _after_gif_chain(content, start + _GIF_FRAME_BYTES + _gif_colours(content[start + 9]) + 1)
        elif block == _GIF_EXTENSION:
            start = _after_gif_chain(content, start + 2)
        else:
            raise IndexError("a GIF has no such block")


def _gif_colours(flags: int) -> int:
    """How many bytes the list of colours takes that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_gif_chain(content: bytes, start: int) -> int:
    while content[start]:
        start += content[start] + 1
    return start + 1


def _bmp_size(content: bytes) -> tuple[int, int]:
    if len(content) < _BMP_HEADER_BYTES:
        raise IndexError("a bitmap's header is longer")
    if _little(content, 14, 4) == _BMP_SHORT_HEADER:
        return _little(content, 18, 2), _little(content, 20, 2)
    # A negative height means that the rows go from top to bottom.
    width, height = (int.from_bytes(content[place : place + 4], "little", signed=True) for place in (18, 22))
    return abs(width), abs(height)


def _little(content: bytes, start: int, length: int) -> int:
    if start + length > len(content):
        raise IndexError("the picture ends too soon")
    return int.from_bytes(content[start : start + length], "little")


def _too_large(name: str, sentence: str) -> Invalid:
    return Invalid(f"{sentence} Make it smaller.", code="template_picture_too_large", fields={"part": name})
