"""Whether two PDFs show the same pages."""

import itertools
from collections.abc import Callable
from operator import eq
from typing import TYPE_CHECKING, Final

from herald.values.expected_text import ExpectedText

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage  # type: ignore[import-untyped]  # it brings no types

# 48 pixels to the inch: a line of text that moves by a point shows, the smoothing of an edge does not.
_SCALE: Final = 48 / 72
# Enough to tell one digit from another in the smallest print.
_FINE_SCALE: Final = 96 / 72
_NOTICEABLE: Final = 48
_NOTICEABLE_SHARE: Final = 0.0005


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has.

    Raises:
        ValueError: It is no PDF.
    """
    with _opened(pdf) as document:
        return len(document)


def shows_text(pdf: bytes, expected: ExpectedText) -> bool:
    """Whether a PDF says what is expected of it.

    Raises:
        ValueError: It is no PDF.
    """
    with _opened(pdf) as document:
        return expected.stands_in([_text(page) for page in document])


def same_pages(one: bytes, other: bytes) -> bool:
    """Whether two PDFs have the same number of pages, with the same texts that look alike.

    Args:
        one: The bytes of a PDF.
        other: The bytes of another.

    Raises:
        ValueError: One of them is no PDF.
    """
    return _match(one, other, _SCALE, _look_alike)


def identical_pages(one: bytes, other: bytes) -> bool:
    """Whether two PDFs have the same number of pages, with the same texts and the same pixels.

    Args:
        one: The bytes of a PDF.
        other: The bytes of another.

    Raises:
        ValueError: One of them is no PDF.
    """
    return _match(one, other, _FINE_SCALE, eq)


def _opened(pdf: bytes) -> "PdfDocument":
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(pdf)
    except PdfiumError as error:
        raise ValueError("This is not a PDF.") from error


def _match(one: bytes, other: bytes, scale: float, alike: Callable[[bytes, bytes], bool]) -> bool:
    with _opened(one) as first, _opened(other) as second:
        return len(first) == len(second) and all(
            page.get_size() == its_like.get_size()
            and _text(page) == _text(its_like)
            and alike(_picture(page, scale), _picture(its_like, scale))
            for page, its_like in zip(first, second, strict=True)
        )


def _look_alike(first: bytes, second: bytes) -> bool:
    if first == second:
        return True
    differing = sum(abs(a - b) > _NOTICEABLE for a, b in zip(first, second, strict=True))
    return differing <= len(first) * _NOTICEABLE_SHARE


def _text(page: "PdfPage") -> str:
    return str(page.get_textpage().get_text_bounded())


def _picture(page: "PdfPage", scale: float) -> bytes:
    """The page in shades of grey, row by row."""
    bitmap = page.render(scale=scale, grayscale=True)
    rows = range(0, bitmap.stride * bitmap.height, bitmap.stride)
    pixels = bytes(bitmap.buffer)
    return b"".join(itertools.chain(pixels[start : start + bitmap.width] for start in rows))
