"""The filters ``image`` and ``qr``: a picture in a cell, and a QR code of a cell's text, drawn into the line."""

import io
import re
from dataclasses import dataclass
from typing import Final, Protocol
from xml.sax.saxutils import quoteattr

from herald.adapters.word.broken_value import BrokenValue
from herald.adapters.word.cells import Cell
from herald.adapters.word.media import Pictures
from herald.adapters.word.relationships import OFFICE_RELATIONSHIPS
from herald.adapters.word.values import Drawing, is_empty, is_missing, plain_text
from herald.errors import Invalid
from herald.values.picture import DATA_URL, Picture, picture_size, read_data_url

# What a picture filter finds its part's pictures under; no template can write this name.
PICTURES: Final = "__pictures"
PICTURE_FILTERS: Final = frozenset({"image", "qr"})
WIDTH: Final = re.compile(r"(?P<amount>\d{1,3}(?:\.\d{1,2})?) ?(?P<unit>cm|mm|in)")
SHORTEST_WIDTH_CM: Final = 0.5
# The text of an A4 or Letter page between Word's usual margins.
WIDEST_CM: Final = 16
_TALLEST_CM: Final = 24
_QR_WIDTH: Final = "3cm"

# ECMA-376 part 1, 20.1.10.16: lengths in a drawing are English Metric Units.
_EMU_PER_CM: Final = 360_000
_CM_PER_UNIT: Final = {"cm": 1.0, "mm": 0.1, "in": 2.54}
# 914,400 units to an inch of 96 pixels.
_EMU_PER_PIXEL: Final = 9_525

# ISO/IEC 18004: more digits than that no QR code of error correction M holds, and letters it holds fewer.
_MOST_QR_CHARACTERS: Final = 5_596
_QR_PIXELS_PER_MODULE: Final = 8
_QUIET_ZONE_MODULES: Final = 4
_ADDRESSES: Final = ("http:", "https:", "ftp:", "file:", "www.")

_DRAWING_MAIN: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DRAWING_PICTURE: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_DRAWING_IN_WORD: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"


class Context(Protocol):
    """What Jinja knows while it renders."""

    def resolve(self, key: str) -> object:
        """What a name stands for."""
        ...


@dataclass(frozen=True, slots=True)
class _Size:
    """In English Metric Units."""

    width: int
    height: int

    @property
    def fitted(self) -> "_Size":
        """The same shape, no larger than a page's text."""
        scale = min(1.0, WIDEST_CM * _EMU_PER_CM / self.width, _TALLEST_CM * _EMU_PER_CM / self.height)
        return _Size(max(1, round(self.width * scale)), max(1, round(self.height * scale)))


def image(context: Context, value: object, placeholder: str, width: str = "") -> object:
    """The filter ``image``: the picture in a cell.

    Args:
        context: Where the part's pictures are gathered.
        value: A `Picture`, a text that spells one out as a ``data:`` URL, or nothing, which gives nothing.
        placeholder: The name to blame.
        width: For example ``4cm``; by default 96 pixels are an inch. Never more than a page's text.

    Raises:
        BrokenValue: The value is no picture.
    """
    if is_missing(value):
        return value
    if is_empty(value):
        return ""
    content = _content(value.content if isinstance(value, Cell) else value, placeholder)
    columns, rows = _pixels(content, placeholder)
    size = _Size(columns * _EMU_PER_PIXEL, rows * _EMU_PER_PIXEL)
    if width:
        wanted = length(width)
        size = _Size(wanted, max(1, round(wanted * rows / columns)))
    extension = "jpeg" if content.startswith(b"\xff") else "png"
    return _drawn(context, content, extension, size.fitted, placeholder, pixels=columns * rows)


def qr(context: Context, value: object, placeholder: str, width: str = _QR_WIDTH) -> object:
    """The filter ``qr``: a QR code of a cell's text, with error correction M or better.

    Args:
        context: Where the part's pictures are gathered.
        value: A text, a number or a date; nothing gives nothing.
        placeholder: The name to blame.
        width: Of the code with the quiet zone around it.

    Raises:
        BrokenValue: The text is longer than a QR code holds.
    """
    if is_missing(value):
        return value
    if is_empty(value):
        return ""
    content = _qr_code(plain_text(value, placeholder), placeholder)
    columns, rows = picture_size(content)
    side = length(width)
    return _drawn(context, content, "png", _Size(side, side).fitted, placeholder, pixels=columns * rows)


def length(text: str) -> int:
    """A length like ``3cm``, ``25mm`` or ``1.5in`` in English Metric Units.

    Raises:
        BrokenValue: It is not written so, or no page has room for it.
    """
    written = WIDTH.fullmatch(text)
    centimetres = float(written["amount"]) * _CM_PER_UNIT[written["unit"]] if written else 0
    if not SHORTEST_WIDTH_CM <= centimetres <= WIDEST_CM:
        raise BrokenValue(f'a width looks like "3cm" or "25mm", from {SHORTEST_WIDTH_CM:g} to {WIDEST_CM} cm')
    return round(centimetres * _EMU_PER_CM)


def _content(value: object, placeholder: str) -> bytes:
    if isinstance(value, Picture) and value.content:
        return value.content
    if isinstance(value, str) and value.strip().casefold().startswith(DATA_URL):
        return _spelled_out(value.strip(), placeholder)
    if isinstance(value, str) and value.strip().casefold().startswith(_ADDRESSES):
        raise BrokenValue(
            f"{placeholder} is the address of a picture, and addresses are never fetched; put the picture itself "
            "into the cell",
            placeholder,
        )
    raise BrokenValue(f"{placeholder} is not a picture", placeholder)


def _spelled_out(text: str, placeholder: str) -> bytes:
    try:
        return read_data_url(text).content
    except Invalid as error:
        raise BrokenValue(f"{placeholder} is not a picture that can be used: {_clause(error)}", placeholder) from error


def _pixels(content: bytes, placeholder: str) -> tuple[int, int]:
    try:
        return picture_size(content)
    except Invalid as error:
        raise BrokenValue(f"{placeholder} is not a picture that can be used: {_clause(error)}", placeholder) from error


def _clause(error: Invalid) -> str:
    return error.message[:1].lower() + error.message[1:].rstrip(".")


def _qr_code(text: str, placeholder: str) -> bytes:
    import segno

    too_long = BrokenValue(f"{placeholder} is longer than a QR code holds", placeholder)
    if len(text) > _MOST_QR_CHARACTERS:
        raise too_long
    try:
        code = segno.make_qr(text, error="m")
    except segno.DataOverflowError as error:
        raise too_long from error
    written = io.BytesIO()
    code.save(written, kind="png", scale=_QR_PIXELS_PER_MODULE, border=_QUIET_ZONE_MODULES)
    return written.getvalue()


def _drawn(context: Context, content: bytes, extension: str, size: _Size, placeholder: str, *, pixels: int) -> Drawing:
    pictures = context.resolve(PICTURES)
    if not isinstance(pictures, Pictures):
        raise TypeError("the part's pictures are missing")
    relationship = pictures.add(content, extension, pixels)
    number = pictures.media.next_drawing()
    name = quoteattr(placeholder)
    extent = f'cx="{size.width}" cy="{size.height}"'
    return Drawing(
        f'</w:t><w:drawing><wp:inline xmlns:wp="{_DRAWING_IN_WORD}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {extent}/><wp:docPr id="{number}" name={name} descr={name}/>'
        f'<a:graphic xmlns:a="{_DRAWING_MAIN}"><a:graphicData uri="{_DRAWING_PICTURE}">'
        f'<pic:pic xmlns:pic="{_DRAWING_PICTURE}"><pic:nvPicPr><pic:cNvPr id="{number}" name={name}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{OFFICE_RELATIONSHIPS}" r:embed="{relationship}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
        '<w:t xml:space="preserve">'
    )
